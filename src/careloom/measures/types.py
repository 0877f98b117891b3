"""Facts that measures are computed from, the counts between, and results with several figures, as values.

Facts are plain, so that every capability above can state them. Times are aware datetimes, durations seconds.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from msgspec import Struct

DEFINITIONS_VERSION: Final = 1
"""The version of the definitions here, which a contract names; a closed month keeps its version."""


class ServiceLevelVariant(StrEnum):
    """Which contacts count as served over which denominator; T is the target, "short" a short abandon.

    a: answered <= T / (answered + abandoned)
    b: answered <= T / (answered + abandoned after T)
    c: answered <= T / answered
    d: answered <= T / (answered + abandoned - short)
    e: (answered <= T + abandoned <= T) / (answered + abandoned)
    f: (answered <= T + short) / (answered + abandoned)
    """

    A = "a"
    B = "b"
    C = "c"
    D = "d"
    E = "e"
    F = "f"


class ContactPhase(StrEnum):
    """The kind of an interval of a contact's life."""

    QUEUED = "queued"
    OFFERED = "offered"
    WITH_AGENT = "with_agent"
    ON_HOLD = "on_hold"
    WAITING_CUSTOMER = "waiting_customer"
    AFTER_CALL_WORK = "after_call_work"
    TRANSFERRED = "transferred"
    ABANDONED = "abandoned"
    ENDED = "ended"


class IntervalFact(Struct, frozen=True):
    """A contact was in `phase` from `began_at` to `ended_at` (None: still)."""

    phase: ContactPhase
    queue_id: UUID | None
    agent_id: UUID | None
    began_at: datetime
    ended_at: datetime | None


class ContactFact(Struct, frozen=True):
    """A contact's contiguous intervals, oldest first.

    `callback_requested`: the customer left the queue by asking to be called back, which is no abandonment.
    """

    id: UUID
    intervals: tuple[IntervalFact, ...]
    callback_requested: bool = False


class AgentState(StrEnum):
    """An agent's state."""

    AVAILABLE = "available"
    BUSY = "busy"
    AFTER_CALL_WORK = "after_call_work"
    BREAK = "break"
    MEAL = "meal"
    TRAINING = "training"
    MEETING = "meeting"
    OFFLINE = "offline"


class StateFact(Struct, frozen=True):
    """An agent was in `state` from `began_at` to `ended_at` (None: still)."""

    agent_id: UUID
    state: AgentState
    began_at: datetime
    ended_at: datetime | None


class ScheduledSpan(Struct, frozen=True):
    """What one agent is scheduled for; AVAILABLE stands for contact work of any kind."""

    state: AgentState
    began_at: datetime
    ended_at: datetime


class WaitOutcome(StrEnum):
    """How a wait in a queue ended. closed: wrapped up unanswered (deferred channels only)."""

    WAITING = "waiting"
    ANSWERED = "answered"
    ABANDONED = "abandoned"
    CALLBACK = "callback"
    CLOSED = "closed"


class QueueWait(Struct, frozen=True):
    """One unbroken wait of a customer for an agent; offers that came to nothing are part of it.

    It belongs to the queue in which it ended, should the contact have been moved while waiting.
    """

    queue_id: UUID | None
    entered_at: datetime
    wait_seconds: float
    outcome: WaitOutcome
    agent_id: UUID | None


class Handling(Struct, frozen=True):
    """One agent's unbroken work on a contact. `ended_at` None: still at it.

    Time in which the customer's answer is awaited is kept apart: it is not handle time.
    """

    queue_id: UUID | None
    agent_id: UUID
    began_at: datetime
    ended_at: datetime | None
    talk_seconds: float
    hold_seconds: float
    acw_seconds: float
    customer_seconds: float
    transferred_out: bool


class OfferCounts(Struct, frozen=True):
    """Offers that ended or are open, and what came of them; `other` are declined or withdrawn ones."""

    offers: int
    accepted: int
    timed_out: int
    other: int
    open: int


class ContactSummary(Struct, frozen=True):
    """What a contact's facts say.

    `queue_wait_seconds` is the first wait (None where the contact never queued); `answered` and `abandoned`
    say whether any of its waits ended so; times are sums over its handlings.
    """

    waits: tuple[QueueWait, ...]
    handlings: tuple[Handling, ...]
    offers: OfferCounts
    queue_wait_seconds: float | None
    answered: bool
    abandoned: bool
    talk_seconds: float
    hold_seconds: float
    acw_seconds: float
    transfers: int


class ServiceLevelCounts(Struct, frozen=True):
    """Finished waits. `_within`: within the target; `_short`: under the short-abandon threshold."""

    answered: int
    answered_within: int
    abandoned: int
    abandoned_within: int
    abandoned_short: int


class WaitCounts(Struct, frozen=True):
    """Finished waits: all, by outcome, and the seconds that answered ones waited."""

    queued: int
    answered: int
    abandoned: int
    abandoned_short: int
    answered_wait_seconds: float


class HandleTime(Struct, frozen=True):
    """Finished handlings, their seconds, and how many ended in a transfer."""

    handled: int
    talk_seconds: float
    hold_seconds: float
    acw_seconds: float
    transferred_out: int


class AgentTime(Struct, frozen=True):
    """Seconds of an agent within a window.

    `handle_seconds`: busy, in after-call work, or available with a contact in hand; `available_seconds`:
    available with none; `other_seconds`: signed in for something else; `offline_seconds`: not signed in.
    """

    handle_seconds: float
    available_seconds: float
    other_seconds: float
    offline_seconds: float


class AdherenceCounts(Struct, frozen=True):
    """Scheduled seconds, and those of them in which the agent was in the scheduled state."""

    in_state_seconds: float
    scheduled_seconds: float


class RepeatContact(Struct, frozen=True):
    """A contact as the repeat window sees it.

    Only an `eligible` one counts for resolution; any can be the repeat of another.
    """

    client_id: UUID
    customer_id: UUID
    reason: str | None
    began_at: datetime
    ended_at: datetime
    eligible: bool = True


class NetPromoter(Struct, frozen=True):
    """NPS in points (-100..100) with its adjusted Wald interval, which may pass the ends in small samples."""

    score: float
    low: float
    high: float
    answers: int


class QaItem(Struct, frozen=True):
    """One item of a filled scorecard; `earned` None: not applicable.

    A critical item below `possible` fails all.
    """

    weight: float
    possible: float
    earned: float | None
    critical: bool = False
    compliance: bool = False


class QaScore(Struct, frozen=True):
    """Quality (without compliance items) and compliance, each 0..1 or None where nothing applied."""

    quality: float | None
    compliance: float | None
    auto_failed: bool
