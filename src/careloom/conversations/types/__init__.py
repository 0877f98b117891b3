"""Cases, conversations, messages and the intervals of a contact's life as values."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, NewType
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from careloom.customers.types import CustomerId
from careloom.identity.types import PersonId
from careloom.organizations.types import Channel, ClientId, ProgramId

CaseId = NewType("CaseId", UUID)
ConversationId = NewType("ConversationId", UUID)
MessageId = NewType("MessageId", UUID)
DispositionId = NewType("DispositionId", UUID)
QueueId = NewType("QueueId", UUID)
FileId = NewType("FileId", UUID)
ViewId = NewType("ViewId", UUID)


class Status(StrEnum):
    """Whose turn it is. open: ours; pending: the customer's; resolved: wrapped up."""

    OPEN = "open"
    PENDING = "pending"
    RESOLVED = "resolved"


class Phase(StrEnum):
    """The kind of the interval that a conversation is in; one at any time from arrival to end."""

    QUEUED = "queued"
    OFFERED = "offered"
    WITH_AGENT = "with_agent"
    ON_HOLD = "on_hold"
    WAITING_CUSTOMER = "waiting_customer"
    AFTER_CALL_WORK = "after_call_work"
    TRANSFERRED = "transferred"
    ABANDONED = "abandoned"
    ENDED = "ended"


class Priority(StrEnum):
    """How urgent, by the agent's or a rule's judgement."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class MessageKind(StrEnum):
    """Who speaks to whom. inbound: customer to brand; outbound: brand to customer; note: agents only; event: system."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    NOTE = "note"
    EVENT = "event"


class Attachment(Struct, frozen=True):
    """A stored file that belongs to a message; `inline_id` is the Content-ID of an inline image."""

    file_id: FileId
    name: str
    media_type: str
    size: int
    inline_id: str | None = None


class Delivery(StrEnum):
    """How far an outbound message got."""

    NONE = "none"
    SENDING = "sending"
    DEFERRED = "deferred"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


class Message(Struct, frozen=True):
    """One entry of a conversation. `seq` counts from 1 without gaps.

    `text` is plain; `html`, for mail, is sanitised. `folded_text` is what was quoted below the new part.
    For kind `event`, `text` is a key such as `transferred` and `details` its values. `details` say of a delivery
    `delivery_reason` (a server's own words), and of mail `delivery_cause`, `delivery_next_at` and `relay_answer`.
    """

    id: MessageId
    conversation_id: ConversationId
    seq: int
    kind: MessageKind
    author_id: UUID | None
    author_name: str
    text: str
    html: str | None
    folded_text: str | None
    attachments: tuple[Attachment, ...]
    details: dict[str, str]
    delivery: Delivery
    at: datetime


Tag = Annotated[str, Meta(min_length=1, max_length=50, pattern=r"^\S(.*\S)?$")]
Language = Annotated[str, Meta(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Subject = Annotated[str, Meta(min_length=1, max_length=200)]


class ConversationChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person may change on a conversation; what is not set stays."""

    priority: Priority | UnsetType = UNSET
    language: Language | None | UnsetType = UNSET
    tags: Annotated[tuple[Tag, ...], Meta(max_length=20)] | UnsetType = UNSET
    subject: Subject | UnsetType = UNSET


class Conversation(Struct, frozen=True):
    """A session on one channel about a case.

    `waiting_since` is when the customer began to wait for us (None: not waiting); `due_at` is the promise for it.
    `sentiment` is -100..100 or None where not scored. `erased_at` is when its words and files were removed for good.
    """

    id: ConversationId
    client_id: ClientId
    program_id: ProgramId
    case_id: CaseId
    case_number: int
    customer_id: CustomerId
    customer_name: str
    channel: Channel
    subject: str
    preview: str
    status: Status
    phase: Phase
    priority: Priority
    language: str | None
    tags: tuple[str, ...]
    queue_id: QueueId | None
    assignee_id: PersonId | None
    assignee_name: str | None
    disposition_id: DispositionId | None
    last_seq: int
    unread: bool
    sentiment: int | None
    waiting_since: datetime | None
    due_at: datetime | None
    created_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    erased_at: datetime | None = None


class Interval(Struct, frozen=True):
    """A fact: the conversation was in `phase` from `began_at` to `ended_at` (None: still)."""

    conversation_id: ConversationId
    seq: int
    phase: Phase
    queue_id: QueueId | None
    agent_id: PersonId | None
    began_at: datetime
    ended_at: datetime | None


class Case(Struct, frozen=True):
    """The customer's issue, over one or more conversations."""

    id: CaseId
    client_id: ClientId
    program_id: ProgramId
    number: int
    customer_id: CustomerId
    subject: str
    status: Status
    merged_into: CaseId | None
    created_at: datetime
    conversations: tuple[Conversation, ...]


class Disposition(Struct, frozen=True):
    """An outcome that an agent chooses at wrap-up."""

    id: DispositionId
    client_id: ClientId
    program_id: ProgramId | None
    name: str
    resolved: bool
    active: bool


class DispositionChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may change on a disposition; what is not set stays."""

    name: Annotated[str, Meta(min_length=1, max_length=100)] | UnsetType = UNSET
    resolved: bool | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class Draft(Struct, frozen=True):
    """What someone has typed and attached and not sent."""

    text: str
    html: str | None
    attachments: tuple[Attachment, ...]
    updated_at: datetime


class PendingReply(Struct, frozen=True):
    """A reply that can still be recalled until `send_at`."""

    id: UUID
    conversation_id: ConversationId
    author_id: PersonId
    text: str
    html: str | None
    attachments: tuple[Attachment, ...]
    send_at: datetime


class ReplyOutcome(Struct, frozen=True):
    """What came of a reply: sent at once (`message`), or waiting to be sent (`pending`)."""

    message: Message | None
    pending: PendingReply | None


class SavedView(Struct, frozen=True):
    """A named filter over conversations, kept by a person."""

    id: ViewId
    name: str
    filter: ViewFilter


class ViewFilter(Struct, frozen=True, omit_defaults=True):
    """Which conversations a list shows; what is None does not filter."""

    client_id: ClientId | None = None
    program_id: ProgramId | None = None
    queue_id: QueueId | None = None
    assignee_id: PersonId | None = None
    unassigned: bool | None = None
    channel: Channel | None = None
    status: Status | None = None
    priority: Priority | None = None
    tag: Tag | None = None


class View(StrEnum):
    """A list that everyone has."""

    MINE = "mine"
    MY_QUEUES = "my_queues"
    UNASSIGNED = "unassigned"
    MENTIONED = "mentioned"
    ALL = "all"


class Sort(StrEnum):
    """waiting: what costs most if left first, unresolved ones only; newest: last changed first."""

    WAITING = "waiting"
    NEWEST = "newest"


class ViewCounts(Struct, frozen=True):
    """How many conversations each list holds, at most 999."""

    mine: int
    my_queues: int
    unassigned: int
    mentioned: int


class StoredFile(Struct, frozen=True):
    """What is known of a stored file; its bytes are in the file store under `client_id/id`."""

    id: FileId
    client_id: ClientId
    name: str
    media_type: str
    size: int
    sha256: str
    conversation_id: ConversationId | None
    made_by: UUID | None
