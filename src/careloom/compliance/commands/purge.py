"""Purges: what has outlived its time goes in small batches, each with its proof, and a last look at the end."""

from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select, update

from careloom.compliance.commands.disposal import Ask, Batch, take
from careloom.compliance.core.terms import cutoff
from careloom.compliance.events import RetentionChanged
from careloom.compliance.queries.retention import list_rules, read_purge, require_seen, spared_by_holds
from careloom.compliance.tables import purge_record
from careloom.compliance.types.retention import DataClass, Outlook, Purge, PurgedClass, Rule
from careloom.organizations.types import ClientId
from careloom.platform import audit
from careloom.platform.access import Actor, Permission, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx, set_scope
from careloom.platform.disposal import Spared, add, digest
from careloom.platform.errors import InvalidInputError
from careloom.platform.eventlog.event import publish
from careloom.platform.files import FileStore
from careloom.platform.ids import new_id
from careloom.platform.jobs import defer
from careloom.platform.runtime import Runtime

PURGE: Final = "compliance.purge"
FORGET_ORIGINALS: Final = "compliance.forget_originals"
_MOST_COUNTED, _LOOK = 10_000, 1_000
_EVERYTHING = system_actor("retention")


class _Plan(Struct, frozen=True):
    client_id: ClientId
    data_class: PurgedClass
    before: datetime
    rule: str


async def outlook(tx: Tx, actor: Actor, files: FileStore, client_id: ClientId) -> list[Outlook]:
    """What a purge would take now, class by class; nothing is changed."""
    require_seen(actor, client_id)
    rules = await list_rules(tx, actor, client_id)
    at, found = now(), list[Outlook]()
    await set_scope(tx, _EVERYTHING)
    spared = await spared_by_holds(tx, client_id)
    for rule in rules:
        found.append(await _outlook(tx, files, client_id, rule, spared, at))
    await set_scope(tx, actor)
    return found


async def request_purge(tx: Tx, actor: Actor, client_id: ClientId, data_class: DataClass) -> None:
    """Starts a purge now instead of at night; raises InvalidInputError where the class has no time."""
    require_seen(actor, client_id, Permission.COMPLIANCE_WRITE)
    rule = next(one for one in await list_rules(tx, actor, client_id) if one.data_class is data_class)
    if rule.days is None:
        raise InvalidInputError("Say first for how many days these data are kept.")
    await defer_purge(tx, client_id, data_class, by_hand=True)
    told = {"data_class": data_class, "days": rule.days}
    await audit.record(tx, actor, "retention.purge", client_id, client_id=client_id, after=told)


async def defer_forgetting(tx: Tx, client_id: UUID) -> None:
    """Removes a client's originals whose time is over, one run after the other."""
    await defer(tx, FORGET_ORIGINALS, lock=f"purge:{client_id}:originals", client_id=str(client_id))


async def defer_purge(tx: Tx, client_id: UUID, data_class: DataClass, *, by_hand: bool = False) -> None:
    """One purge after the other of each class of a client."""
    lock = f"purge:{client_id}:{data_class}"
    await defer(tx, PURGE, lock=lock, client_id=str(client_id), data_class=data_class.value, by_hand=by_hand)


async def run_purge(runtime: Runtime, client_id: ClientId, data_class: DataClass, *, by_hand: bool) -> Purge | None:
    """Removes all that is due, a batch a transaction, and records it; None where nothing was due on a night run.

    Stopped in between, the next run goes on; the record that it left says that it did not finish.
    """
    actor = system_actor("retention", client_id)
    async with runtime.database.transaction(actor) as tx:
        rule = next(one for one in await list_rules(tx, actor, client_id) if one.data_class is data_class)
    if rule.days is None:
        return None
    words = f"{rule.source} {rule.version}: {rule.days} days"
    plan = _Plan(client_id, PurgedClass(data_class), cutoff(rule.days, now()), words)
    return await _run(runtime, plan, by_hand=by_hand)


async def forget_originals(runtime: Runtime, client_id: ClientId) -> Purge | None:
    """Removes the originals of what was masked whose time, by the policy of their day, is over; as a purge does."""
    plan = _Plan(client_id, PurgedClass.ORIGINALS, now(), "policy: days to keep what was masked")
    return await _run(runtime, plan, by_hand=False)


async def _run(runtime: Runtime, plan: _Plan, *, by_hand: bool) -> Purge | None:
    client_id = plan.client_id
    record_id = await _open(runtime, plan) if by_hand else None
    after, done = None, False
    while not done:
        async with runtime.database.transaction(_EVERYTHING) as tx:
            spared = await spared_by_holds(tx, client_id)
            batch = await take(tx, runtime.files, plan.data_class, Ask(client_id, plan.before, spared, after))
            after, done = batch.after, batch.done
            if batch.ids:
                record_id = record_id or await _insert(tx, plan)
                await _note(tx, client_id, record_id, batch)
    return None if record_id is None else await _close(runtime, plan, record_id)


async def _outlook(tx: Tx, files: FileStore, client_id: ClientId, rule: Rule, spared: Spared, at: datetime) -> Outlook:
    if rule.days is None:
        return Outlook(rule.data_class, None, None, 0, more=False, spared=0, oldest=None, newest=None)
    before, what = cutoff(rule.days, at), PurgedClass(rule.data_class)
    items, oldest, newest = await _count(tx, files, what, client_id, before, spared)
    every = items if spared == Spared() else (await _count(tx, files, what, client_id, before, Spared()))[0]
    more = items >= _MOST_COUNTED
    return Outlook(rule.data_class, rule.days, before, items, more, max(0, every - items), oldest, newest)


async def _count(
    tx: Tx, files: FileStore, data_class: PurgedClass, client_id: UUID, before: datetime, spared: Spared
) -> tuple[int, datetime | None, datetime | None]:
    items, after, oldest, newest = 0, None, None, None
    while items < _MOST_COUNTED:
        batch = await take(tx, files, data_class, Ask(client_id, before, spared, after, _LOOK, remove=False))
        items += len(batch.ids)
        oldest, newest = oldest or batch.oldest, batch.newest or newest
        after = batch.after
        if batch.done:
            break
    return items, oldest, newest


async def _open(runtime: Runtime, plan: _Plan) -> UUID:
    async with runtime.database.transaction(_EVERYTHING) as tx:
        return await _insert(tx, plan)


async def _insert(tx: Tx, plan: _Plan) -> UUID:
    record_id = new_id()
    await tx.execute(
        purge_record.insert().values(
            client_id=plan.client_id,
            id=record_id,
            data_class=plan.data_class,
            before=plan.before,
            rule=plan.rule,
            started_at=now(),
        )
    )
    return record_id


async def _note(tx: Tx, client_id: UUID, record_id: UUID, batch: Batch) -> None:
    c = purge_record.c
    mine = (c.client_id == client_id) & (c.id == record_id)
    row = (await tx.execute(select(purge_record).where(mine).with_for_update())).one()
    values = {
        "counts": add(row.counts, batch.counts),
        "items": row.items + len(batch.ids),
        "digest": digest(row.digest, batch.ids),
        "oldest": row.oldest or batch.oldest,
        "newest": batch.newest or row.newest,
    }
    await tx.execute(update(purge_record).where(mine).values(**values))


async def _close(runtime: Runtime, plan: _Plan, record_id: UUID) -> Purge:
    actor = system_actor("retention", plan.client_id)
    async with runtime.database.transaction(_EVERYTHING) as tx:
        spared = await spared_by_holds(tx, plan.client_id)
        what = (tx, runtime.files, plan.data_class, plan.client_id, plan.before)
        left = (await _count(*what, spared))[0]
        kept = 0 if spared == Spared() else (await _count(*what, Spared()))[0] - left
        c = purge_record.c
        statement = update(purge_record).where(c.client_id == plan.client_id, c.id == record_id)
        statement = statement.values(left_over=left, spared=max(0, kept), finished_at=now())
        one = read_purge((await tx.execute(statement.returning(purge_record))).one())
        await publish(tx, RetentionChanged(client_id=plan.client_id, kind="purge"))
        await audit.record(tx, actor, "purge.finish", one.id, client_id=one.client_id, after=one)
    return one
