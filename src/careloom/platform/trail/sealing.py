"""Seals entries: gives each its number and hash in its client's chain, in the order of the trail, soon after.

Whoever writes an entry waits for nobody: one process at a time follows behind and seals in short batches.
"""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import bindparam, exists, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from careloom.platform.access import system_actor
from careloom.platform.clock import now
from careloom.platform.database.links import LOST
from careloom.platform.database.transactions import Database, Tx
from careloom.platform.eventlog.lookout import Lookout
from careloom.platform.ids import new_id
from careloom.platform.tables import audit_chain, audit_entry, audit_progress, audit_seal
from careloom.platform.trail.link import FIRST, Link, content_hash, instant, link_hash
from careloom.platform.trail.rows import ENTRY, plain

log = structlog.get_logger()
TRAIL = "audit"
_SYSTEM = system_actor("audit")
_BATCH = 500
_REST_SECONDS = 0.5
_ALONE = text("SELECT pg_try_advisory_xact_lock(hashtext('careloom_audit_seal'))")


class Sealer:
    """Follows the trail; of several processes one works and the others stand by."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lookout = Lookout("audit_entry", "position")

    async def run(self) -> None:
        """Works until cancelled; survives the loss of its database connection."""
        while True:
            try:
                full = await self.seal_batch() == _BATCH
            except LOST as error:
                log.warning("sealer_lost_database", error=type(error).__name__)
                full = False
            if not full:
                await asyncio.sleep(_REST_SECONDS)

    async def seal_batch(self) -> int:
        """Seals what is there, at most a batch; answers how many entries."""
        async with self._database.transaction(_SYSTEM) as tx:
            if not (await tx.execute(_ALONE)).scalar_one():
                return 0
            position = await _position(tx)
            upto = await self._lookout.safe(tx)
            if upto <= position:
                return 0
            rows = await _following(tx, position, upto)
            unsealed = [row for row in rows if not row.sealed]
            if unsealed:
                await _seal(tx, unsealed)
            if rows:
                await _move(tx, rows[-1].position)
            return len(rows)


async def _position(tx: Tx) -> int:
    statement = select(audit_progress.c.position).where(audit_progress.c.trail == TRAIL)
    return int((await tx.execute(statement)).scalar_one_or_none() or 0)


async def _move(tx: Tx, position: int) -> None:
    made = upsert(audit_progress).values(trail=TRAIL, position=position)
    moved = {"position": position, "updated_at": now()}
    await tx.execute(made.on_conflict_do_update(index_elements=["trail"], set_=moved))


async def continue_chain(tx: Tx, client_id: UUID) -> None:
    """Lets a chain whose sealed entries were restored from elsewhere go on behind its last one."""
    last = select(audit_seal.c.number, audit_seal.c.hash).where(audit_seal.c.client_id == client_id)
    row = (await tx.execute(last.order_by(audit_seal.c.number.desc()).limit(1))).one_or_none()
    if row is not None:
        head = {"number": row.number, "hash": row.hash, "verified_hash": FIRST}
        await tx.execute(insert(audit_chain).values(id=new_id(), client_id=client_id, **head))


async def _following(tx: Tx, position: int, upto: int) -> Sequence[Any]:
    """The next entries; those of a restored trail are `sealed`."""
    place = audit_entry.c.position
    sealed = exists().where(audit_seal.c.entry_id == audit_entry.c.id).label("sealed")
    statement = select(place, sealed, *ENTRY).where(place > position, place <= upto).order_by(place).limit(_BATCH)
    return (await tx.execute(statement)).all()


async def _seal(tx: Tx, rows: Sequence[Any]) -> None:
    moment = now()
    heads = await _heads(tx, {row.client_id for row in rows})
    seals: list[dict[str, Any]] = []
    for row in rows:
        number, head = heads[row.client_id]
        link = _forged(row, number + 1, head, instant(moment))
        heads[row.client_id] = (link.number, link.hash)
        seals.append(
            {
                "client_id": row.client_id,
                "provider_id": row.provider_id,
                "entry_id": row.id,
                "number": link.number,
                "content_hash": link.content_hash,
                "previous_hash": link.previous_hash,
                "hash": link.hash,
                "sealed_at": moment,
            }
        )
    await tx.execute(insert(audit_seal), seals)
    chain = audit_chain.c
    mine = chain.client_id.is_not_distinct_from(bindparam("whose", type_=chain.client_id.type))
    values: dict[str, Any] = {"number": bindparam("to_number"), "hash": bindparam("to_hash"), "sealed_at": moment}
    moved = [{"whose": whose, "to_number": number, "to_hash": head} for whose, (number, head) in heads.items()]
    await tx.execute(update(audit_chain).where(mine).values(**values), moved)


def _forged(row: Any, number: int, head: str, sealed_at: str) -> Link:
    fields = plain(row)
    content = content_hash(fields["salt"] or "", fields["content"] or "")
    link = Link(**fields, number=number, sealed_at=sealed_at, content_hash=content, previous_hash=head)
    return msgspec.structs.replace(link, hash=link_hash(link))


async def _heads(tx: Tx, clients: set[UUID | None]) -> dict[UUID | None, tuple[int, str]]:
    chain = audit_chain.c
    named = [one for one in clients if one is not None]
    wanted = (
        or_(chain.client_id.in_(named), chain.client_id.is_(None)) if None in clients else chain.client_id.in_(named)
    )
    found = {
        row.client_id: (row.number, row.hash)
        for row in await tx.execute(select(chain.client_id, chain.number, chain.hash).where(wanted))
    }
    new = [one for one in clients if one not in found]
    if new:
        values = [{"id": new_id(), "client_id": one, "hash": FIRST, "verified_hash": FIRST} for one in new]
        await tx.execute(insert(audit_chain), values)
    return {one: found.get(one, (0, FIRST)) for one in clients}
