"""The audit trail: who changed what, from what to what, who read what is sensitive; when and from where."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import exists, func, null, select, update

from careloom.platform.access import Actor, Permission
from careloom.platform.database.scope import within
from careloom.platform.database.transactions import Tx, widened
from careloom.platform.ids import first_id_at, new_id
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.reads import VERBS
from careloom.platform.redaction.values import redact_values
from careloom.platform.strictness import strictest
from careloom.platform.tables import audit_entry, audit_seal
from careloom.platform.wire import reader, to_plain


class AuditEntry(Struct, frozen=True):
    """One change, or one reading of what is sensitive. `before` and `after` hold only the fields that changed.

    `number` and `hash` are its place in its chain; None for a moment, until it is sealed. `glass_id` is the emergency
    access during which it was written.
    """

    id: UUID
    at: datetime
    person_id: UUID | None
    api_key_id: UUID | None
    actor_name: str
    action: str
    subject_type: str
    subject_id: UUID
    client_id: UUID | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    ip: str | None
    request_id: str | None
    glass_id: UUID | None
    erased_at: datetime | None
    number: int | None
    hash: str | None


class Erasure(Struct, frozen=True):
    """Why the content of entries is erased."""

    reason: str


_read = reader(AuditEntry)


async def record(
    tx: Tx,
    actor: Actor,
    action: str,
    subject_id: UUID,
    *,
    client_id: UUID | None = None,
    provider_id: UUID | None = None,
    before: object = None,
    after: object = None,
) -> None:
    """Writes one entry in the open transaction; `action` is `noun.verb`, the noun is the subject's type."""
    old, new = _changed(_plain(before), _plain(after))
    if old or new:
        # An entry is sealed: what must not stand in an export never gets into the trail.
        chosen = await strictest(tx, client_id)
        old, new = redact_values(chosen, old), redact_values(chosen, new)
    statement = audit_entry.insert().values(
        id=new_id(),
        client_id=client_id,
        provider_id=provider_id,
        person_id=actor.person_id,
        api_key_id=actor.api_key_id,
        actor_name=actor.name,
        action=action,
        subject_type=action.partition(".")[0],
        subject_id=subject_id,
        before=old,
        after=new,
        ip=actor.ip,
        request_id=actor.request_id,
        glass_id=actor.glass_id,
    )
    if client_id is not None or provider_id is not None:
        await tx.execute(statement)
        return
    # An entry that no client or provider owns is the installation's, which those who cause it need not see.
    async with widened(tx):
        await tx.execute(statement)


async def erase_content(tx: Tx, actor: Actor, subject_id: UUID, client_id: UUID | None, reason: str) -> int:
    """Erases what the sealed entries about a subject in one chain say changed, for good; answers of how many.

    Who did what and when stays, the chain stays right, and an entry about each erased one says why.
    """
    entry, seal = audit_entry.c, audit_seal.c
    sealed = exists().where(seal.entry_id == entry.id)
    mine = (entry.client_id == client_id, entry.subject_id == subject_id, entry.erased_at.is_(None), sealed)
    blank = {"before": null(), "after": null(), "salt": null(), "erased_at": func.now()}
    erased = (await tx.execute(update(audit_entry).where(*mine).values(**blank).returning(entry.id))).all()
    for row in erased:
        await record(tx, actor, "audit_entry.erase", row.id, client_id=client_id, after=Erasure(reason))
    return len(erased)


async def list_audit(
    tx: Tx,
    actor: Actor,
    *,
    client_id: UUID | None = None,
    subject_id: UUID | None = None,
    person_id: UUID | None = None,
    glass_id: UUID | None = None,
    reads: bool | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
    after: str | None = None,
) -> Page[AuditEntry]:
    """Audit entries that the actor may read, newest first; `reads` chooses between readings and changes, `since` and
    `until` those begun from the one on and before the other.
    """
    actor.require(Permission.AUDIT_READ, client_id=client_id)
    table = audit_entry.c
    statement = select(audit_entry, audit_seal.c.number, audit_seal.c.hash)
    statement = statement.outerjoin(audit_seal, audit_seal.c.entry_id == table.id)
    mine = within(actor, Permission.AUDIT_READ, table.client_id)
    statement = statement.where(mine if client_id is None else table.client_id == client_id)
    if subject_id is not None:
        statement = statement.where(table.subject_id == subject_id)
    if person_id is not None:
        statement = statement.where(table.person_id == person_id)
    if glass_id is not None:
        statement = statement.where(table.glass_id == glass_id)
    if reads is not None:
        of_reading = func.split_part(table.action, ".", 2).in_(VERBS)
        statement = statement.where(of_reading if reads else ~of_reading)
    if since is not None:
        statement = statement.where(table.id >= first_id_at(since))
    if until is not None:
        statement = statement.where(table.id < first_id_at(until))
    statement = keyset(statement, [table.id], after, limit, descending=True)
    return cut([_read(row) for row in await tx.execute(statement)], limit, lambda entry: [entry.id])


def _plain(value: object) -> dict[str, Any] | None:
    if value is None:
        return None
    plain: Any = to_plain(value)
    return plain if isinstance(value, (Struct, dict)) else {"value": plain}


def _changed(
    before: dict[str, Any] | None, after: dict[str, Any] | None
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    if before is None or after is None:
        return before, after
    keys = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    return {key: before.get(key) for key in keys}, {key: after.get(key) for key in keys}
