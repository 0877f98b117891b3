"""Waits in queues, read from a contact's intervals, and their counts."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from careloom.measures.core.span import seconds_of
from careloom.measures.types import (
    ContactFact,
    ContactPhase,
    IntervalFact,
    QueueWait,
    WaitCounts,
    WaitOutcome,
)

_WAITING = frozenset({ContactPhase.QUEUED, ContactPhase.OFFERED})
_OUTCOMES = {
    ContactPhase.WITH_AGENT: WaitOutcome.ANSWERED,
    ContactPhase.ABANDONED: WaitOutcome.ABANDONED,
}


def queue_waits(contact: ContactFact, until: datetime) -> tuple[QueueWait, ...]:
    """Every wait of the contact, oldest first; one that still lasts is measured up to `until`."""
    waits: list[QueueWait] = []
    current: list[IntervalFact] = []
    for interval in contact.intervals:
        if interval.phase in _WAITING:
            current.append(interval)
        elif current:
            waits.append(_ended(contact, current, interval))
            current = []
    if current:
        waits.append(_wait(current, current[-1].ended_at or until, WaitOutcome.WAITING, None))
    return tuple(waits)


def _ended(contact: ContactFact, waiting: list[IntervalFact], after: IntervalFact) -> QueueWait:
    outcome = _OUTCOMES.get(after.phase, WaitOutcome.CLOSED)
    if outcome is WaitOutcome.ABANDONED and contact.callback_requested:
        outcome = WaitOutcome.CALLBACK
    agent_id = after.agent_id if outcome is WaitOutcome.ANSWERED else None
    return _wait(waiting, after.began_at, outcome, agent_id)


def _wait(waiting: list[IntervalFact], end: datetime, outcome: WaitOutcome, agent_id: UUID | None) -> QueueWait:
    queues = [interval.queue_id for interval in waiting if interval.queue_id is not None]
    entered_at = waiting[0].began_at
    return QueueWait(
        queue_id=queues[-1] if queues else None,
        entered_at=entered_at,
        wait_seconds=seconds_of((entered_at, end)),
        outcome=outcome,
        agent_id=agent_id,
    )


def count_waits(waits: Iterable[QueueWait], short_seconds: float = 0) -> WaitCounts:
    """Counts of the finished waits; an abandon under `short_seconds` is a short one."""
    finished = [wait for wait in waits if wait.outcome is not WaitOutcome.WAITING]
    answered = [wait.wait_seconds for wait in finished if wait.outcome is WaitOutcome.ANSWERED]
    abandoned = [wait.wait_seconds for wait in finished if wait.outcome is WaitOutcome.ABANDONED]
    return WaitCounts(
        queued=len(finished),
        answered=len(answered),
        abandoned=len(abandoned),
        abandoned_short=sum(1 for wait in abandoned if wait < short_seconds),
        answered_wait_seconds=sum(answered),
    )
