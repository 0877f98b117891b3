"""Verifies chains in the database, remembers up to where each is right, and says loudly where one is not."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy import func, insert, select, union, update

from careloom.platform import audit
from careloom.platform.access import system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database, Tx
from careloom.platform.ids import new_id
from careloom.platform.tables import audit_chain, audit_checkpoint, audit_entry, audit_progress, audit_seal
from careloom.platform.trail.checker import ERASED, Break, Checker, Why
from careloom.platform.trail.checkpoint import Checkpoint, Notary, is_signed
from careloom.platform.trail.link import FIRST, INSTALLATION, instant
from careloom.platform.trail.rows import chain_of, links, of_chain
from careloom.platform.trail.sealing import TRAIL

log = structlog.get_logger()
SYSTEM = system_actor("audit")
_SLICE = 20_000


class Verdict(Struct, frozen=True):
    """What a verification of one chain found: right up to `number`, or broken."""

    client_id: UUID | None
    number: int
    hash: str
    checked: int
    erased: int
    broken: Break | None
    checkpoint: Checkpoint | None = None


class _State(Struct, frozen=True):
    """Where a chain stands; zeros where the table knows of none."""

    id: UUID | None
    number: int
    hash: str
    sealed: int
    verified_number: int
    verified_hash: str
    position: int


async def chains(tx: Tx) -> list[UUID | None]:
    """Every chain that there is, or that a checkpoint says there was; None is that of what belongs to no client."""
    statement = union(select(audit_chain.c.client_id), select(audit_checkpoint.c.client_id))
    found = [row.client_id for row in await tx.execute(statement)]
    return sorted(found, key=lambda one: "" if one is None else str(one))


async def verify(
    database: Database,
    notary: Notary,
    client_id: UUID | None,
    *,
    whole: bool = False,
    known: Sequence[Checkpoint] = (),
) -> Verdict:
    """Verifies a chain from where it was right last, or as a `whole`; `known` are checkpoints from elsewhere.

    A chain that is right gets a new checkpoint; one that is not gets an audit entry, once.
    """
    async with database.transaction(SYSTEM) as tx:
        state = await _state(tx, client_id)
        stored = await _stored(tx, client_id, 0 if whole else state.verified_number)
    checkpoints = [one for one in (*stored, *known) if one.key == notary.public_key]
    checker, broken = _start(state, checkpoints, whole=whole)
    first = checker.number
    erased = 0
    while broken is None and checker.number < state.number:
        upto = min(checker.number + _SLICE, state.number)
        async with database.transaction(SYSTEM) as tx:
            broken = await _go(tx, checker, client_id, upto)
            broken = broken or await _silently_erased(tx, checker, client_id)
        erased += len(checker.erased)
        checker.erased.clear()
    broken = broken or checker.end()
    async with database.transaction(SYSTEM) as tx:
        if broken is None and whole:
            broken = await _never_sealed(tx, client_id, state)
        if broken is not None:
            await _break(tx, client_id, state, broken)
            return Verdict(client_id, checker.number, checker.head, checker.number - first, erased, broken)
        signed = await _settle(tx, notary, client_id, state, checker, whole=whole)
    return Verdict(client_id, checker.number, checker.head, checker.number - first, erased, None, signed)


async def _state(tx: Tx, client_id: UUID | None) -> _State:
    sealed = select(func.max(audit_seal.c.number)).where(of_chain(audit_seal.c.client_id, client_id))
    cursor = select(audit_progress.c.position).where(audit_progress.c.trail == TRAIL)
    # One statement: while the sealer works, what two would show does not fit together.
    statement = select(sealed.scalar_subquery().label("sealed"), cursor.scalar_subquery().label("position"))
    statement = statement.add_columns(
        audit_chain.c.id,
        audit_chain.c.number,
        audit_chain.c.hash,
        audit_chain.c.verified_number,
        audit_chain.c.verified_hash,
    ).where(of_chain(audit_chain.c.client_id, client_id))
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        return _State(None, 0, FIRST, 0, 0, FIRST, 0)
    return _State(
        row.id, row.number, row.hash, row.sealed or 0, row.verified_number, row.verified_hash, row.position or 0
    )


async def _stored(tx: Tx, client_id: UUID | None, after: int) -> list[Checkpoint]:
    table = audit_checkpoint.c
    statement = select(audit_checkpoint).where(of_chain(table.client_id, client_id), table.number >= after)
    chain = INSTALLATION if client_id is None else str(client_id)
    return [
        Checkpoint(chain, row.number, row.hash, instant(row.at), *row.signature.split(":", 1))
        for row in await tx.execute(statement)
    ]


def _start(state: _State, checkpoints: Sequence[Checkpoint], *, whole: bool) -> tuple[Checker, Break | None]:
    heads = {one.number: one.hash for one in checkpoints}
    forged = next((one for one in checkpoints if not is_signed(one)), None)
    checker = Checker(heads) if whole else Checker(heads, state.verified_number, state.verified_hash)
    if forged is not None:
        return checker, Break(forged.number, None, Why.BAD_SIGNATURE)
    if state.sealed != state.number:
        return checker, Break(min(state.sealed, state.number) + 1, None, Why.TRUNCATED)
    if state.number < state.verified_number:
        return checker, Break(state.verified_number, None, Why.TRUNCATED)
    return checker, None


async def _go(tx: Tx, checker: Checker, client_id: UUID | None, upto: int) -> Break | None:
    async for link in links(tx, client_id, checker.number, upto):
        if isinstance(link, int):
            return Break(link, None, Why.MISSING)
        broken = checker.take(link)
        if broken is not None:
            return broken
    return Break(checker.number + 1, None, Why.MISSING) if checker.number < upto else None


async def _silently_erased(tx: Tx, checker: Checker, client_id: UUID | None) -> Break | None:
    ids = {UUID(one.id): one for one in checker.erased}
    if not ids:
        return None
    entry = audit_entry.c
    told = select(entry.subject_id).where(entry.subject_id.in_(list(ids)), entry.action == ERASED)
    told = told.where(of_chain(entry.client_id, client_id))
    said = {row.subject_id for row in await tx.execute(told)}
    silent = next((one for each, one in ids.items() if each not in said), None)
    return None if silent is None else Break(silent.number, silent.id, Why.ERASED_SILENTLY)


async def _never_sealed(tx: Tx, client_id: UUID | None, state: _State) -> Break | None:
    entry = audit_entry.c
    statement = (
        select(entry.id)
        .outerjoin(audit_seal, audit_seal.c.entry_id == entry.id)
        .where(of_chain(entry.client_id, client_id), entry.position <= state.position, audit_seal.c.entry_id.is_(None))
        .limit(1)
    )
    found = (await tx.execute(statement)).scalar_one_or_none()
    return None if found is None else Break(state.number + 1, str(found), Why.NEVER_SEALED)


async def _break(tx: Tx, client_id: UUID | None, state: _State, broken: Break) -> None:
    log.error("audit_chain_broken", client_id=str(client_id), number=broken.number, why=broken.why)
    if state.id is None:
        return
    told = (await tx.execute(select(audit_chain.c.broken_at).where(audit_chain.c.id == state.id))).scalar_one()
    values: dict[str, Any] = {
        "broken_number": broken.number,
        "broken_entry_id": None if broken.entry_id is None else UUID(broken.entry_id),
        "broken_why": broken.why,
        "verified_at": now(),
    }
    if told is None:
        values["broken_at"] = now()
        after = {"number": broken.number, "entry_id": broken.entry_id, "why": broken.why}
        await audit.record(tx, SYSTEM, "audit_chain.break", state.id, client_id=client_id, after=after)
    await tx.execute(update(audit_chain).where(audit_chain.c.id == state.id).values(**values))


async def _settle(
    tx: Tx, notary: Notary, client_id: UUID | None, state: _State, checker: Checker, *, whole: bool
) -> Checkpoint | None:
    if state.id is None:
        return None
    moment = now()
    values: dict[str, Any] = {
        "verified_number": checker.number,
        "verified_hash": checker.head,
        "verified_at": moment,
    }
    if whole:
        values |= {"verified_whole_at": moment, **dict.fromkeys(_BROKEN)}
    await tx.execute(update(audit_chain).where(audit_chain.c.id == state.id).values(**values))
    return await _take(tx, notary, client_id, checker, moment) if checker.number else None


_BROKEN = ("broken_at", "broken_number", "broken_entry_id", "broken_why")


async def _take(tx: Tx, notary: Notary, client_id: UUID | None, checker: Checker, moment: datetime) -> Checkpoint:
    """A checkpoint of the verified head; stored once for each head."""
    chain = INSTALLATION if client_id is None else str(client_id)
    signed = notary.sign(chain, checker.number, checker.head, moment)
    table = audit_checkpoint.c
    there = select(table.id).where(of_chain(table.client_id, client_id), table.number == checker.number)
    if (await tx.execute(there)).scalar_one_or_none() is None:
        values = {"number": signed.number, "hash": signed.hash, "at": moment}
        signature = f"{signed.key}:{signed.signature}"
        await tx.execute(
            insert(audit_checkpoint).values(id=new_id(), client_id=client_id, signature=signature, **values)
        )
        log.info("audit_checkpoint", **msgspec.structs.asdict(signed))
    return signed


async def state_row(tx: Tx, client_id: UUID | None) -> Any:
    """A chain's row, None where nothing is sealed yet."""
    return (await tx.execute(chain_of(client_id))).one_or_none()
