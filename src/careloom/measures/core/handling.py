"""Handlings, read from a contact's intervals, and the handle time and transfers that follow."""

from collections.abc import Iterable
from datetime import datetime

from careloom.measures.core.ratio import ratio
from careloom.measures.core.span import seconds_of
from careloom.measures.types import (
    ContactFact,
    ContactPhase,
    HandleTime,
    Handling,
    IntervalFact,
)

_HELD = frozenset(
    {
        ContactPhase.WITH_AGENT,
        ContactPhase.ON_HOLD,
        ContactPhase.WAITING_CUSTOMER,
        ContactPhase.AFTER_CALL_WORK,
    }
)


def handlings(contact: ContactFact, until: datetime) -> tuple[Handling, ...]:
    """Each agent's unbroken work on the contact, oldest first; open work is measured up to `until`."""
    found: list[Handling] = []
    run: list[IntervalFact] = []
    for interval in contact.intervals:
        held = interval.phase in _HELD
        if run and not (held and interval.agent_id == run[0].agent_id):
            found.extend(_handling(run, until, transferred_out=interval.phase is ContactPhase.TRANSFERRED))
            run = []
        if held:
            run.append(interval)
    found.extend(_handling(run, until, transferred_out=False))
    return tuple(found)


def _handling(run: list[IntervalFact], until: datetime, *, transferred_out: bool) -> list[Handling]:
    if not run or run[0].agent_id is None:
        return []

    def spent(phase: ContactPhase) -> float:
        own = (interval for interval in run if interval.phase is phase)
        return sum(seconds_of((interval.began_at, interval.ended_at or until)) for interval in own)

    handling = Handling(
        queue_id=run[0].queue_id,
        agent_id=run[0].agent_id,
        began_at=run[0].began_at,
        ended_at=run[-1].ended_at,
        talk_seconds=spent(ContactPhase.WITH_AGENT),
        hold_seconds=spent(ContactPhase.ON_HOLD),
        acw_seconds=spent(ContactPhase.AFTER_CALL_WORK),
        customer_seconds=spent(ContactPhase.WAITING_CUSTOMER),
        transferred_out=transferred_out,
    )
    return [handling]


def count_handle_time(found: Iterable[Handling]) -> HandleTime:
    """Sums over the finished handlings."""
    finished = [handling for handling in found if handling.ended_at is not None]
    return HandleTime(
        handled=len(finished),
        talk_seconds=sum(handling.talk_seconds for handling in finished),
        hold_seconds=sum(handling.hold_seconds for handling in finished),
        acw_seconds=sum(handling.acw_seconds for handling in finished),
        transferred_out=sum(1 for handling in finished if handling.transferred_out),
    )


def average_handle_time(time: HandleTime) -> float | None:
    """AHT: (talk + hold + after-call work) / handled, in seconds."""
    return ratio(time.talk_seconds + time.hold_seconds + time.acw_seconds, time.handled)


def transfer_rate(time: HandleTime) -> float | None:
    """Transferred out / handled, 0..1."""
    return ratio(time.transferred_out, time.handled)
