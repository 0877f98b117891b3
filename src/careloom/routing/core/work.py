"""Work: a contact that waits for an agent, as the engine sees it."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

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
    promise.
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


def rings_of(queue: Queue, overflow: Queue | None) -> tuple[Ring, ...]:
    """The rings of a queue's contacts; `overflow` is the queue that its `overflow_queue_id` names."""
    own = Ring(0, queue.provider_id, queue.skills)
    if overflow is None or queue.overflow_after_seconds is None:
        return (own,)
    return (own, Ring(queue.overflow_after_seconds, overflow.provider_id, overflow.skills))


def waited_seconds(work: Work, now: datetime) -> float:
    """Seconds that the customer has waited, 0 where the clocks disagree."""
    return max(0.0, (now - work.waiting_since).total_seconds())


def target_used(work: Work, now: datetime) -> float:
    """Share of the promised time already used: above 1 the promise is broken.

    A target under 1 s counts as 1 s.
    """
    return waited_seconds(work, now) / max(1.0, work.target_seconds)
