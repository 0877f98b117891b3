"""One batch of one class of data: what is due, and its removal by the commands of those who own it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from careloom.channels.commands import erase as channels
from careloom.channels.queries.disposal import due_raw_mail, due_suppressed, due_visitors
from careloom.compliance.commands.registers import remove_closed
from careloom.compliance.queries.registers import due_closed
from careloom.compliance.types.retention import PurgedClass
from careloom.conversations.commands import erase as conversations
from careloom.conversations.queries.disposal import (
    customers_in_touch,
    due_contacts,
    due_files,
    due_originals,
    due_skeletons,
    spared_contacts,
)
from careloom.customers.commands import erase as customers
from careloom.customers.queries.disposal import due_customers, family
from careloom.platform.database.transactions import Tx
from careloom.platform.disposal import Counts, Due, Spared, add
from careloom.platform.eventlog.purge import due_events, remove_events
from careloom.platform.files import FileStore
from careloom.routing.commands.erase import remove_offers

BATCH = 50


class Ask(Struct, frozen=True):
    """What to look for, from `after` on; `remove` False only looks."""

    client_id: UUID
    before: datetime
    spared: Spared
    after: Any = None
    limit: int = BATCH
    remove: bool = True


class Batch(Struct, frozen=True):
    """What was found due, and removed where it was asked for; `after` goes on from here, `done`: that was all."""

    ids: tuple[object, ...]
    counts: Counts
    after: Any
    done: bool
    oldest: datetime | None = None
    newest: datetime | None = None


async def take(tx: Tx, files: FileStore, data_class: PurgedClass, ask: Ask) -> Batch:
    """The next batch of a class. A hold on the whole client leaves nothing due. Needs a system transaction."""
    if ask.spared.everything:
        return Batch((), {}, ask.after, done=True)
    return await _STEPS[data_class](tx, files, ask)


async def erase_contacts(tx: Tx, files: FileStore, client_id: UUID, ids: list[UUID]) -> tuple[tuple[UUID, ...], Counts]:
    """Blanks resolved conversations over all capabilities; answers which, and the rows by table."""
    erased = await conversations.erase_contacts(tx, files, client_id, ids)
    if not erased.ids:
        return (), {}
    counts = add(erased.counts, await channels.forget_contacts(tx, client_id, erased.ids))
    lines = await customers.forget_contacts(tx, client_id, erased.customer_ids, erased.ids)
    return erased.ids, add(counts, {"timeline_entry": lines})


async def _messages(tx: Tx, files: FileStore, ask: Ask) -> Batch:
    due = await due_contacts(tx, ask.client_id, ask.before, ask.spared, ask.limit, ask.after)
    if not ask.remove:
        return _batch(due, ask)
    ids, counts = await erase_contacts(tx, files, ask.client_id, [one.id for one in due])
    return _batch(due, ask, counts, taken=frozenset(ids))


async def _files(tx: Tx, files: FileStore, ask: Ask) -> Batch:
    due = await due_files(tx, ask.client_id, ask.before, ask.spared, ask.limit, ask.after)
    gone = 0
    if ask.remove:
        gone = await conversations.remove_files(tx, files, ask.client_id, [one.id for one in due])
    return _batch(due, ask, {"file": gone})


async def _raw_mail(tx: Tx, _files: FileStore, ask: Ask) -> Batch:
    rows = await due_raw_mail(tx, ask.client_id, ask.before, ask.limit, ask.after)
    due = await _without_held(tx, rows, ask)
    gone = await channels.remove_raw_mail(tx, ask.client_id, [one.id for one in due]) if ask.remove else 0
    return _batch(due, ask, {"incoming_mail": gone}, rows)


async def _visitors(tx: Tx, _files: FileStore, ask: Ask) -> Batch:
    rows = await due_visitors(tx, ask.client_id, ask.before, ask.limit, ask.after)
    free = [one for one in rows if one.customer_id not in ask.spared.customer_ids]
    due = await _without_held(tx, free, ask)
    gone = await channels.remove_visitors(tx, ask.client_id, [one.id for one in due]) if ask.remove else 0
    return _batch(due, ask, {"visitor": gone}, rows)


async def _profiles(tx: Tx, _files: FileStore, ask: Ask) -> Batch:
    rows = await due_customers(tx, ask.client_id, ask.before, ask.spared, ask.limit, ask.after)
    due: list[Due] = []
    counts: Counts = {}
    for one in rows:
        members = await family(tx, ask.client_id, one.id)
        if await customers_in_touch(tx, ask.client_id, members):
            continue
        due.append(one)
        if ask.remove:
            erased = await customers.erase_customers(tx, ask.client_id, members)
            await conversations.forget_moves(tx, ask.client_id, erased.merge_ids)
            counts = add(counts, erased.counts)
    return _batch(due, ask, counts, rows)


async def _events(tx: Tx, _files: FileStore, ask: Ask) -> Batch:
    """While any hold stands at the client its events stay."""
    if ask.spared != Spared():
        return Batch((), {}, ask.after, done=True)
    window = await due_events(tx, ask.client_id, ask.before, ask.after)
    counts: Counts = {"event_log": len(window.ids)}
    if ask.remove:
        counts["parked_event"] = await remove_events(tx, ask.client_id, window)
    return Batch(window.ids, add(counts, {}), window.upto, done=window.done)


async def _facts(tx: Tx, _files: FileStore, ask: Ask) -> Batch:
    due = await due_skeletons(tx, ask.client_id, ask.before, ask.spared, ask.limit, ask.after)
    counts: Counts = {}
    if ask.remove and due:
        ids = [one.id for one in due]
        counts = {"offer": await remove_offers(tx, ask.client_id, ids)}
        counts = add(counts, await channels.forget_contacts(tx, ask.client_id, ids))
        counts = add(counts, await conversations.remove_contacts(tx, ask.client_id, ids))
    return _batch(due, ask, counts)


async def _suppressions(tx: Tx, _files: FileStore, ask: Ask) -> Batch:
    """While any hold stands at the client its suppressed addresses stay: they name nobody whom one could compare."""
    if ask.spared != Spared():
        return Batch((), {}, ask.after, done=True)
    due = await due_suppressed(tx, ask.client_id, ask.before, ask.limit, ask.after)
    ids = [one.id for one in due]
    gone = await channels.remove_suppressed_addresses(tx, ask.client_id, ids) if ask.remove else 0
    return _batch(due, ask, {"suppressed_address": gone})


async def _registers(tx: Tx, _files: FileStore, ask: Ask) -> Batch:
    """While any hold stands at the client its registers stay: they tell what was done about what it is for."""
    if ask.spared != Spared():
        return Batch((), {}, ask.after, done=True)
    due = await due_closed(tx, ask.client_id, ask.before, ask.limit, ask.after)
    counts = await remove_closed(tx, ask.client_id, [one.id for one in due]) if ask.remove else {}
    return _batch(due, ask, counts)


async def _originals(tx: Tx, _files: FileStore, ask: Ask) -> Batch:
    due = await due_originals(tx, ask.client_id, ask.before, ask.spared, ask.limit, ask.after)
    gone = await conversations.remove_originals(tx, ask.client_id, [one.id for one in due]) if ask.remove else 0
    return _batch(due, ask, {"masked_value": gone})


Step = Callable[[Tx, FileStore, Ask], Awaitable[Batch]]
_STEPS: dict[PurgedClass, Step] = {
    PurgedClass.MESSAGES: _messages,
    PurgedClass.FILES: _files,
    PurgedClass.RAW_MAIL: _raw_mail,
    PurgedClass.VISITORS: _visitors,
    PurgedClass.PROFILES: _profiles,
    PurgedClass.EVENTS: _events,
    PurgedClass.FACTS: _facts,
    PurgedClass.SUPPRESSIONS: _suppressions,
    PurgedClass.REGISTERS: _registers,
    PurgedClass.ORIGINALS: _originals,
}


async def _without_held(tx: Tx, rows: list[Any], ask: Ask) -> list[Due]:
    named = [one.conversation_id for one in rows if one.conversation_id is not None]
    held: frozenset[UUID] = frozenset()
    if named:
        held = await spared_contacts(tx, ask.client_id, named, ask.spared)
    return [Due(one.id, one.at) for one in rows if one.conversation_id not in held]


def _batch(
    due: list[Due],
    ask: Ask,
    counts: Counts | None = None,
    looked_at: list[Any] | None = None,
    taken: frozenset[UUID] | None = None,
) -> Batch:
    """`looked_at` are all rows that were read where some were passed over; those go on by id, others by their time."""
    rows = due if looked_at is None else looked_at
    after = ask.after
    if rows:
        after = rows[-1] if looked_at is None else rows[-1].id
    kept = [one for one in due if taken is None or one.id in taken]
    moments = [one.at for one in kept]
    return Batch(
        tuple(one.id for one in kept),
        add(counts or {}, {}),
        after,
        done=len(rows) < ask.limit,
        oldest=min(moments, default=None),
        newest=max(moments, default=None),
    )
