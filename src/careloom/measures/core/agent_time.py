"""An agent's time within a window, and how much of it was contact work."""

from collections.abc import Iterable
from datetime import datetime

from careloom.measures.core.ratio import ratio
from careloom.measures.core.span import clip, merge, overlap_seconds, seconds_of
from careloom.measures.types import (
    AgentState,
    AgentTime,
    ContactPhase,
    IntervalFact,
    StateFact,
)

_WORK_PHASES = frozenset({ContactPhase.WITH_AGENT, ContactPhase.ON_HOLD, ContactPhase.AFTER_CALL_WORK})
_WORK_STATES = frozenset({AgentState.BUSY, AgentState.AFTER_CALL_WORK})


def agent_time(
    states: Iterable[StateFact], contacts: Iterable[IntervalFact], since: datetime, until: datetime
) -> AgentTime:
    """Seconds of one agent from `since` to `until`, from their states and the contacts that they held.

    An agent who can take more contacts is available and yet at work while one is in hand: that is handle
    time.
    """
    window = (since, until)
    in_hand = merge(
        (interval.began_at, interval.ended_at or until) for interval in contacts if interval.phase in _WORK_PHASES
    )
    handle = available = other = offline = 0.0
    for fact in states:
        span = clip((fact.began_at, fact.ended_at or until), window)
        if span is None:
            continue
        seconds = seconds_of(span)
        if fact.state in _WORK_STATES:
            handle += seconds
        elif fact.state is AgentState.AVAILABLE:
            busy = overlap_seconds(span, in_hand)
            handle += busy
            available += seconds - busy
        elif fact.state is AgentState.OFFLINE:
            offline += seconds
        else:
            other += seconds
    return AgentTime(handle_seconds=handle, available_seconds=available, other_seconds=other, offline_seconds=offline)


def occupancy(time: AgentTime) -> float | None:
    """Handle time / (handle time + available time), 0..1."""
    return ratio(time.handle_seconds, time.handle_seconds + time.available_seconds)


def utilization(time: AgentTime, paid_seconds: float) -> float | None:
    """(Talk + hold + wrap + available) / paid time."""
    return ratio(time.handle_seconds + time.available_seconds, paid_seconds)
