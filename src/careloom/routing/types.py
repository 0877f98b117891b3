"""Queues, skills, presence and offers as values."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from msgspec import Struct

from careloom.conversations.types import ConversationId, Priority, QueueId
from careloom.identity.types import PersonId
from careloom.organizations.types import Channel, ClientId, ProgramId, ProviderId, SiteId, TeamId

SkillId = NewType("SkillId", UUID)
OfferId = NewType("OfferId", UUID)


class Presence(StrEnum):
    """An agent's state."""

    AVAILABLE = "available"
    BUSY = "busy"
    AFTER_CALL_WORK = "after_call_work"
    BREAK = "break"
    MEAL = "meal"
    TRAINING = "training"
    MEETING = "meeting"
    OFFLINE = "offline"


class Skill(Struct, frozen=True):
    """An ability that queues ask for, rated 1 to 5; shared by all of a provider's clients."""

    id: SkillId
    provider_id: ProviderId
    name: str


class SkillLevel(Struct, frozen=True):
    """A skill and a level, 1 to 5: what a person has, or the least that a queue asks for."""

    skill_id: SkillId
    level: int


class AcceptMode(StrEnum):
    """offer: the agent accepts within a time; auto: the contact is given at once."""

    OFFER = "offer"
    AUTO = "auto"


class Queue(Struct, frozen=True):
    """A line of contacts of one program with its promise.

    Service level: `target_share` (0..1) answered within `target_seconds`. After `overflow_after_seconds` of waiting
    a contact is also offered to agents of `overflow_queue_id`. `offer_seconds` is the accept time-out.
    """

    id: QueueId
    client_id: ClientId
    program_id: ProgramId
    provider_id: ProviderId
    name: str
    channels: tuple[Channel, ...]
    language: str | None
    priority: Priority
    skills: tuple[SkillLevel, ...]
    target_seconds: int
    target_share: float
    accept_mode: AcceptMode
    offer_seconds: int
    overflow_after_seconds: int | None
    overflow_queue_id: QueueId | None
    active: bool


class Capacity(Struct, frozen=True):
    """How many contacts of each channel a person holds at once."""

    voice: int = 1
    chat: int = 3
    sms: int = 5
    social: int = 5
    email: int = 8


class AgentProfile(Struct, frozen=True):
    """What routing knows about a person."""

    person_id: PersonId
    skills: tuple[SkillLevel, ...]
    languages: tuple[str, ...]
    capacity: Capacity


class AgentPresence(Struct, frozen=True):
    """A person's state now. `reason` says why it was set by the system or a lead."""

    person_id: PersonId
    state: Presence
    since: datetime
    reason: str | None


class Offer(Struct, frozen=True):
    """A contact shown to one agent, to be accepted before `expires_at`."""

    id: OfferId
    client_id: ClientId
    conversation_id: ConversationId
    queue_id: QueueId
    queue_name: str
    agent_id: PersonId
    channel: Channel
    customer_name: str
    preview: str
    reason: str
    waiting_since: datetime
    offered_at: datetime
    expires_at: datetime


class QueueNow(Struct, frozen=True):
    """A row of the live board. Counts are of today in the program's time zone; `service_level` is variant a, 0..1.

    `trend` holds the service level of the last four quarter hours, oldest first (None: no contacts).
    """

    queue: Queue
    waiting: int
    longest_wait_since: datetime | None
    offered: int
    with_agents: int
    answered: int
    answered_in_target: int
    abandoned: int
    service_level: float | None
    agents_available: int
    agents_signed_in: int
    trend: tuple[float | None, ...]


class AgentNow(Struct, frozen=True):
    """An agent on the live board: state, since when, and how full."""

    person_id: PersonId
    name: str
    team_id: TeamId | None
    team_name: str | None
    site_id: SiteId | None
    site_name: str | None
    state: Presence
    since: datetime
    load: dict[Channel, int]
    capacity: Capacity
    conversations: tuple[ConversationId, ...]
