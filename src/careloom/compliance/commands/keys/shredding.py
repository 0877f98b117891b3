"""Destroys a client's keys, and with them all that they sealed: one person asks, another confirms."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update

from careloom.compliance.errors import HeldError, SecondPersonError, StepRefusedError
from careloom.compliance.events import RetentionChanged
from careloom.compliance.queries.keys import get_shredding, open_shredding, read_shredding
from careloom.compliance.queries.retention import require_seen, spared_by_holds
from careloom.compliance.tables import key_rotation, purge_record, shredding
from careloom.compliance.types.keys import NewShredding, Shredding
from careloom.compliance.types.retention import PurgedClass
from careloom.integrations.commands.exports import end_archives
from careloom.organizations.queries import as_stored, get_client
from careloom.organizations.types import ClientId
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.disposal import Spared, digest
from careloom.platform.errors import FieldError, InvalidInputError
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id
from careloom.platform.keys.errors import ShreddedError
from careloom.platform.keys.lives import destroy_versions
from careloom.platform.keys.ring import KeyVersion, keys_of

_TERM: Final = timedelta(days=7)
_WRITE: Final = Permission.COMPLIANCE_WRITE


async def ask_for_shredding(tx: Tx, actor: Actor, client_id: ClientId, new: NewShredding) -> Shredding:
    """Waits seven days for another person. Raises NotFoundError, InvalidInputError for another client's name,
    HeldError, ShreddedError, StepRefusedError where it was asked before.
    """
    require_seen(actor, client_id, _WRITE)
    await require_shreddable(tx, actor, client_id, new.client_name)
    if await open_shredding(tx, client_id) is not None:
        raise StepRefusedError("This was asked before; another person may confirm it.")
    at = now()
    values = {
        "client_id": client_id,
        "id": new_id(),
        "reason": new.reason.strip(),
        "asked_by_id": actor.person_id,
        "asked_by": actor.name,
        "asked_at": at,
        "until": at + _TERM,
    }
    values = await as_stored(tx, client_id, shredding, values)
    made = read_shredding((await tx.execute(shredding.insert().values(**values).returning(shredding))).one())
    await _tell(tx, actor, "client_key.ask_shredding", made)
    return made


async def confirm_shredding(tx: Tx, actor: Actor, shredding_id: UUID, client_name: str) -> Shredding:
    """Destroys the keys. Raises SecondPersonError for whoever asked, and what asking raises."""
    one = await get_shredding(tx, actor, shredding_id, _WRITE)
    _require_open(one)
    if actor.person_id is None or actor.person_id == one.asked_by_id:
        raise SecondPersonError
    await require_shreddable(tx, actor, one.client_id, client_name)
    after = await _write(tx, one, confirmed_by=actor.name, confirmed_at=now())
    await shred(tx, actor, one.client_id, one.reason)
    return after


async def withdraw_shredding(tx: Tx, actor: Actor, shredding_id: UUID) -> Shredding:
    """Nothing is destroyed. Raises NotFoundError, StepRefusedError."""
    one = await get_shredding(tx, actor, shredding_id, _WRITE)
    _require_open(one)
    after = await _write(tx, one, withdrawn_by=actor.name, withdrawn_at=now())
    await _tell(tx, actor, "client_key.withdraw_shredding", after)
    return after


async def shred(tx: Tx, actor: Actor, client_id: ClientId, reason: str) -> list[KeyVersion]:
    """Destroys all versions of the client's key and leaves the proof among the purges; at once, everywhere. Archives
    that wait to be fetched were sealed with it: they expire.

    The caller has checked that the actor may, and that nothing speaks against it.
    """
    await end_archives(tx, client_id)
    gone = await destroy_versions(tx, client_id)
    c = key_rotation.c
    under_way = update(key_rotation).where(c.client_id == client_id, c.finished_at.is_(None))
    await tx.execute(under_way.values(finished_at=now()))
    words = await as_stored(tx, client_id, shredding, {"reason": reason})
    await _prove(tx, client_id, words["reason"], gone)
    await publish(tx, RetentionChanged(client_id=client_id, kind="keys"))
    told = {"versions": [one.version for one in gone], "masters": sorted({one.master for one in gone})}
    await audit.record(tx, actor, "client_key.shred", client_id, client_id=client_id, after=told)
    return gone


async def _prove(tx: Tx, client_id: ClientId, reason: str, gone: Sequence[KeyVersion]) -> None:
    at = now()
    names = [f"{one.version} {one.master} {one.made_at.isoformat()}" for one in gone]
    keys = await keys_of(tx, client_id)
    await tx.execute(
        purge_record.insert().values(
            client_id=client_id,
            id=new_id(),
            data_class=PurgedClass.KEYS,
            before=at,
            rule=f"shredding: {reason}",
            counts={"client_key": len(gone)},
            items=len(gone),
            digest=digest("", names),
            oldest=gone[0].made_at if gone else None,
            newest=gone[-1].made_at if gone else None,
            left_over=0 if keys.shredded else 1,
            started_at=at,
            finished_at=now(),
        )
    )


async def require_shreddable(tx: Tx, actor: Actor, client_id: ClientId, client_name: str) -> None:
    """Raises InvalidInputError for another name than the client's, HeldError, ShreddedError."""
    client = await get_client(tx, actor, client_id)
    if client_name.strip() != client.name:
        raise InvalidInputError(errors=(FieldError("/client_name", "Type the client's name as it is written."),))
    if await spared_by_holds(tx, client_id) != Spared():
        raise HeldError
    if (await keys_of(tx, client_id)).shredded:
        raise ShreddedError


def _require_open(one: Shredding) -> None:
    if one.confirmed_at is not None or one.withdrawn_at is not None or one.until <= now():
        raise StepRefusedError("This was confirmed, withdrawn, or not confirmed in time; ask again.")


async def _write(tx: Tx, one: Shredding, **values: Any) -> Shredding:
    c = shredding.c
    statement = update(shredding).where(c.client_id == one.client_id, c.id == one.id).values(**values)
    return read_shredding((await tx.execute(statement.returning(shredding))).one())


async def _tell(tx: Tx, actor: Actor, action: str, one: Shredding) -> None:
    await publish(tx, RetentionChanged(client_id=one.client_id, kind="keys"))
    await audit.record(tx, actor, action, one.id, client_id=one.client_id, after={"until": one.until})
