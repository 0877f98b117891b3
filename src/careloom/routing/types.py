"""Queues, skills, presence and offers as values."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, NewType
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from careloom.conversations.types import ConversationId, Priority, QueueId
from careloom.identity.types import PersonId
from careloom.organizations.types import Channel, ClientId, Language, Name, ProgramId, ProviderId, SiteId, TeamId

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
    a contact is also offered to agents of `overflow_queue_id`. `offer_seconds` is the accept time-out. Contacts are
    offered in the program's opening hours, with `always_open` around the clock.
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
    always_open: bool


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


class AgentState(Struct, frozen=True):
    """A fact: the person was in `state` from `began_at` to `ended_at` (None: still)."""

    state: Presence
    reason: str | None
    began_at: datetime
    ended_at: datetime | None


class OfferOutcome(StrEnum):
    """How an offer ended. timed_out: nobody answered; withdrawn: it went elsewhere; given: nobody was asked."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    TIMED_OUT = "timed_out"
    WITHDRAWN = "withdrawn"
    GIVEN = "given"


class Offer(Struct, frozen=True):
    """A contact shown to one agent, to be accepted before `expires_at`. `reason` is a key of the engine's `Reason`."""

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
    `longest_wait_since` is by the clock, `longest_wait_due_at` what that contact was promised. `opens_at` says when a
    queue that is closed now is open again; until then nothing is offered.
    """

    queue: Queue
    opens_at: datetime | None
    waiting: int
    longest_wait_since: datetime | None
    longest_wait_due_at: datetime | None
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
    """An agent on the live board: state, since when, how full, and which of the board's queues they serve."""

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
    queue_ids: tuple[QueueId, ...]


class Assignable(Struct, frozen=True):
    """A person who may be given a conversation, with their state now."""

    id: PersonId
    name: str
    state: Presence


Level = Annotated[int, Meta(ge=1, le=5)]
Slots = Annotated[int, Meta(ge=0, le=100)]
NoteText = Annotated[str, Meta(max_length=10_000)]


class SkillNeed(Struct, frozen=True, forbid_unknown_fields=True):
    """A skill at a level, 1 to 5."""

    skill_id: SkillId
    level: Level


class NewSkill(Struct, frozen=True, forbid_unknown_fields=True):
    """A skill to make."""

    provider_id: ProviderId
    name: Name


Channels = Annotated[tuple[Channel, ...], Meta(min_length=1, max_length=5)]
Needs = Annotated[tuple[SkillNeed, ...], Meta(max_length=50)]
Seconds = Annotated[int, Meta(ge=1, le=30 * 86_400)]
OfferSeconds = Annotated[int, Meta(ge=5, le=600)]
Share = Annotated[float, Meta(gt=0, le=1)]


class NewQueue(Struct, frozen=True, forbid_unknown_fields=True):
    """A queue to make."""

    client_id: ClientId
    program_id: ProgramId
    provider_id: ProviderId
    name: Name
    channels: Channels
    language: Language | None = None
    priority: Priority = Priority.NORMAL
    skills: Needs = ()
    target_seconds: Seconds = 60
    target_share: Share = 0.8
    accept_mode: AcceptMode = AcceptMode.OFFER
    offer_seconds: OfferSeconds = 20
    overflow_after_seconds: Seconds | None = None
    overflow_queue_id: QueueId | None = None
    active: bool = True
    always_open: bool = False


class QueueChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a queue."""

    provider_id: ProviderId | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    channels: Channels | UnsetType = UNSET
    language: Language | None | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    skills: Needs | UnsetType = UNSET
    target_seconds: Seconds | UnsetType = UNSET
    target_share: Share | UnsetType = UNSET
    accept_mode: AcceptMode | UnsetType = UNSET
    offer_seconds: OfferSeconds | UnsetType = UNSET
    overflow_after_seconds: Seconds | None | UnsetType = UNSET
    overflow_queue_id: QueueId | None | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    always_open: bool | UnsetType = UNSET


class NewCapacity(Struct, frozen=True, forbid_unknown_fields=True):
    """How many contacts of each channel a person is to hold at once."""

    voice: Annotated[int, Meta(ge=0, le=1)] = 1
    chat: Slots = 3
    sms: Slots = 5
    social: Slots = 5
    email: Slots = 8


class NewAgentProfile(Struct, frozen=True, forbid_unknown_fields=True):
    """What routing is to know about a person."""

    skills: Needs = ()
    languages: Annotated[tuple[Language, ...], Meta(max_length=30)] = ()
    capacity: NewCapacity = NewCapacity()


class PresenceChoice(Struct, frozen=True, forbid_unknown_fields=True):
    """A state to be in."""

    state: Presence


class PresenceOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """A state that a lead sets for someone. `release_all`: going offline, mail is returned to its queue as well."""

    state: Presence
    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    release_all: bool = False


class Assignment(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom a conversation is given to."""

    person_id: PersonId
    note: NoteText | None = None


class Transfer(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a conversation is handed to: a queue or a person."""

    note: NoteText = ""
    queue_id: QueueId | None = None
    person_id: PersonId | None = None
