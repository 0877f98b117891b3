"""The live board's counters: waits of each queue by quarter hour, counted once as they end."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from careloom.conversations.events import ConversationOpened, PhaseChanged
from careloom.conversations.queries.conversation import list_intervals
from careloom.conversations.types import Interval, Phase, QueueId
from careloom.measures.core.queue_wait import queue_waits
from careloom.measures.types import ContactFact, ContactPhase, IntervalFact, QueueWait, WaitOutcome
from careloom.organizations.queries import openings_of
from careloom.platform.access import system_actor
from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.consumer import Consumer
from careloom.routing.core.promise import counted_seconds
from careloom.routing.queries.figures import quarter_of
from careloom.routing.queries.queues import find_queues
from careloom.routing.tables import queue_figure
from careloom.routing.types import Queue

_WAITING = frozenset({Phase.QUEUED, Phase.OFFERED})
_SYSTEM = system_actor("figures")


async def count_opening(tx: Tx, event: ConversationOpened) -> None:
    """A conversation that began in a queue has entered it."""
    if event.queue_id is not None and not event.outbound:
        intervals = await list_intervals(tx, _SYSTEM, event.conversation_id)
        await _add(tx, event.client_id, event.queue_id, intervals[0].began_at, entered=1)


async def count_phase(tx: Tx, event: PhaseChanged) -> None:
    """A conversation entered a queue, or its wait there ended."""
    waited = event.previous in _WAITING
    if event.phase is Phase.QUEUED and event.queue_id is not None:
        if not waited or event.previous_queue_id != event.queue_id:
            await _add(tx, event.client_id, event.queue_id, event.at, entered=1)
    elif waited and event.phase not in _WAITING:
        await _count_wait(tx, event)


async def _count_wait(tx: Tx, event: PhaseChanged) -> None:
    intervals = await list_intervals(tx, _SYSTEM, event.conversation_id)
    wait = last_wait(event, [one for one in intervals if one.seq <= event.interval_seq])
    if wait is None or wait.queue_id is None:
        return
    queue_id = QueueId(wait.queue_id)
    if wait.outcome is WaitOutcome.ABANDONED:
        await _add(tx, event.client_id, queue_id, event.at, abandoned=1)
    elif wait.outcome is WaitOutcome.ANSWERED:
        queue = (await find_queues(tx, [queue_id])).get(queue_id)
        if queue is not None:
            kept = await _kept(tx, event, queue, timedelta(seconds=wait.wait_seconds))
            figures = {"answered": 1, "answered_in_target": int(kept), "wait_seconds": wait.wait_seconds}
            await _add(tx, event.client_id, queue_id, event.at, **figures)


async def _kept(tx: Tx, event: PhaseChanged, queue: Queue, waited: timedelta) -> bool:
    """Whether a wait that ended now kept the queue's promise."""
    if waited.total_seconds() <= queue.target_seconds:
        return True
    times = (await openings_of(tx, [queue.program_id]))[queue.program_id]
    counted = counted_seconds(queue, times, event.channel, event.at - waited, event.at)
    return counted <= queue.target_seconds


def last_wait(event: PhaseChanged, intervals: list[Interval]) -> QueueWait | None:
    """The wait that the last of `intervals` ended."""
    facts = tuple(
        IntervalFact(ContactPhase(one.phase), one.queue_id, one.agent_id, one.began_at, one.ended_at)
        for one in intervals
    )
    waits = queue_waits(ContactFact(event.conversation_id, facts), event.at)
    return waits[-1] if waits else None


async def _add(tx: Tx, client_id: Any, queue_id: QueueId, at: datetime, **figures: float) -> None:
    keys = {"client_id": client_id, "queue_id": queue_id, "quarter": quarter_of(at)}
    statement = insert(queue_figure).values(**keys, **figures)
    added = {name: queue_figure.c[name] + statement.excluded[name] for name in figures}
    await tx.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=added))


FIGURES = Consumer("routing.queue_figures", {ConversationOpened: count_opening, PhaseChanged: count_phase})
