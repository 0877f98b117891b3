"""The audit trail: who changed what, from what to what, when and from where."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select

from careloom.platform.access import Actor, Permission
from careloom.platform.database.scope import within
from careloom.platform.database.transactions import Tx, widened
from careloom.platform.ids import new_id
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.tables import audit_entry
from careloom.platform.wire import reader, to_plain


class AuditEntry(Struct, frozen=True):
    """One change. `before` and `after` hold only the fields that changed."""

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
    old, new = _changed(_fields(before), _fields(after))
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
    )
    if client_id is not None or provider_id is not None:
        await tx.execute(statement)
        return
    # An entry that no client or provider owns is the installation's, which those who cause it need not see.
    async with widened(tx):
        await tx.execute(statement)


async def list_audit(
    tx: Tx,
    actor: Actor,
    *,
    client_id: UUID | None = None,
    subject_id: UUID | None = None,
    person_id: UUID | None = None,
    limit: int = 50,
    after: str | None = None,
) -> Page[AuditEntry]:
    """Audit entries that the actor may read, newest first."""
    actor.require(Permission.AUDIT_READ, client_id=client_id)
    table = audit_entry.c
    statement = select(audit_entry)
    if client_id is not None:
        statement = statement.where(table.client_id == client_id)
    elif actor.clients_for(Permission.AUDIT_READ) is not None:
        statement = statement.where(within(actor, Permission.AUDIT_READ, table.client_id))
    if subject_id is not None:
        statement = statement.where(table.subject_id == subject_id)
    if person_id is not None:
        statement = statement.where(table.person_id == person_id)
    statement = keyset(statement, [table.id], after, limit, descending=True)
    return cut([_read(row) for row in await tx.execute(statement)], limit, lambda entry: [entry.id])


def _fields(value: object) -> dict[str, Any] | None:
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
