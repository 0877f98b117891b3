"""Work: a contact that waits for an agent, as the engine sees it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from careloom.conversations.core.phases import LIVE_CHANNELS
from careloom.conversations.types import ConversationId, Priority, QueueId
from careloom.identity.types import PersonId
from careloom.organizations.types import Channel, ClientId, ProgramId, ProviderId
from careloom.routing.types import AcceptMode, Queue, SkillLevel


class Ring(Struct, frozen=True):
    """Agents that a contact reaches after a wait: a provider's, with at least these skill levels."""

    after_seconds: float
    provider_id: ProviderId
    skills: tuple[SkillLevel, ...]


class Tried(Struct, frozen=True):
    """An agent who let the contact pass and is not offered it again before `until`."""

    agent_id: PersonId
    until: datetime


class Work(Struct, frozen=True):
    """A waiting contact and what it asks for.

    `rings` are its queue's own agents and, after a wait, those of the overflow queue; in all of them the
    agent must speak `language` (None: any) and may work for the client or program. `target_seconds` is the
    promise. `closed` is how long of the time since `waiting_since` its queue was closed.
    """

    id: ConversationId
    queue_id: QueueId
    client_id: ClientId
    program_id: ProgramId
    channel: Channel
    language: str | None
    priority: Priority
    waiting_since: datetime
    target_seconds: float
    rings: tuple[Ring, ...]
    accept_mode: AcceptMode
    offer_seconds: int
    preferred_agent: PersonId | None = None
    tried: tuple[Tried, ...] = ()
    closed: timedelta = timedelta()


def rings_within(rings: Sequence[Ring], seconds: float) -> tuple[Ring, ...]:
    """Those that are open after so many seconds."""
    return tuple(ring for ring in rings if ring.after_seconds <= seconds)


def rings_of(queue: Queue, overflow: Queue | None) -> tuple[Ring, ...]:
    """The rings of a queue's contacts; `overflow` is the queue that its `overflow_queue_id` names."""
    own = Ring(0, queue.provider_id, queue.skills)
    if overflow is None or queue.overflow_after_seconds is None:
        return (own,)
    return (own, Ring(queue.overflow_after_seconds, overflow.provider_id, overflow.skills))


def waited_seconds(work: Work, now: datetime) -> float:
    """Seconds that the customer has waited, 0 where the clocks disagree."""
    return max(0.0, (now - work.waiting_since).total_seconds())


def reachable_seconds(work: Work, now: datetime) -> float:
    """Seconds of the wait in which its queue was open: what rings and the grace for a preferred agent go by."""
    return max(0.0, (now - work.waiting_since - work.closed).total_seconds())


def reached_at(work: Work, seconds: float) -> datetime:
    """When `reachable_seconds` come to `seconds`, as long as the queue stays open."""
    return work.waiting_since + work.closed + timedelta(seconds=seconds)


def target_used(work: Work, now: datetime) -> float:
    """Share of the promised time already used: above 1 the promise is broken.

    For a live channel it runs by the clock, for others while the queue is open. A target under 1 s counts as 1 s.
    """
    used = waited_seconds(work, now) if work.channel in LIVE_CHANNELS else reachable_seconds(work, now)
    return used / max(1.0, work.target_seconds)
