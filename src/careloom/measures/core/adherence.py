"""Adherence and conformance to a schedule."""

from collections.abc import Iterable
from datetime import datetime

from careloom.measures.core.ratio import ratio
from careloom.measures.core.span import merge, overlap_seconds, seconds_of
from careloom.measures.types import (
    AdherenceCounts,
    AgentState,
    ScheduledSpan,
    StateFact,
)

_WORK_STATES = frozenset({AgentState.AVAILABLE, AgentState.BUSY, AgentState.AFTER_CALL_WORK})


def count_adherence(schedule: Iterable[ScheduledSpan], states: Iterable[StateFact], until: datetime) -> AdherenceCounts:
    """Scheduled seconds of one agent, and those in the scheduled state; an open one lasts to `until`."""
    facts = list(states)
    in_state = scheduled = 0.0
    for span in schedule:
        wanted = _WORK_STATES if span.state in _WORK_STATES else frozenset({span.state})
        actual = merge((fact.began_at, fact.ended_at or until) for fact in facts if fact.state in wanted)
        scheduled += seconds_of((span.began_at, span.ended_at))
        in_state += overlap_seconds((span.began_at, span.ended_at), actual)
    return AdherenceCounts(in_state_seconds=in_state, scheduled_seconds=scheduled)


def adherence(counts: AdherenceCounts) -> float | None:
    """Time in the scheduled state / scheduled time, 0..1."""
    return ratio(counts.in_state_seconds, counts.scheduled_seconds)


def conformance(intervals: Iterable[tuple[float, float]]) -> float | None:
    """Sum of min(scheduled, actual) / sum of scheduled, 0..1, over (scheduled, actual) pairs."""
    pairs = list(intervals)
    worked = sum(min(scheduled, actual) for scheduled, actual in pairs)
    return ratio(worked, sum(scheduled for scheduled, _ in pairs))
