"""What happens to cases and conversations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from careloom.conversations.types import (
    CaseId,
    Conversation,
    ConversationId,
    Delivery,
    DispositionId,
    MessageKind,
    Phase,
    QueueId,
)
from careloom.customers.types import CustomerId
from careloom.identity.types import PersonId
from careloom.organizations.types import Channel, ProgramId
from careloom.platform.eventlog.event import Event


class ConversationEvent(Event, frozen=True, kw_only=True):
    """Base: the conversation as it stands after the change."""

    conversation_id: ConversationId
    program_id: ProgramId
    customer_id: CustomerId
    channel: Channel
    queue_id: QueueId | None
    assignee_id: PersonId | None

    @property
    def stream(self) -> str:
        """One stream a conversation."""
        return str(self.conversation_id)


class ConversationOpened(ConversationEvent, frozen=True, kw_only=True):
    """A conversation began; `outbound` when an agent wrote first."""

    case_id: CaseId
    outbound: bool = False


class ConversationChanged(ConversationEvent, frozen=True, kw_only=True):
    """Fields of a conversation changed; `changed` names them."""

    changed: tuple[str, ...]


class MessageAdded(ConversationEvent, frozen=True, kw_only=True):
    """A message, note or system event was added."""

    seq: int
    kind: MessageKind
    author_id: UUID | None = None


class RecordingPaused(ConversationEvent, frozen=True, kw_only=True):
    """From now on nothing of the contact may be recorded."""

    pause_id: UUID


class RecordingResumed(ConversationEvent, frozen=True, kw_only=True):
    """The contact may be recorded again."""

    pause_id: UUID


class ReplyPending(ConversationEvent, frozen=True, kw_only=True):
    """A reply waits for its time to be sent and can be recalled by its author."""

    pending_id: UUID
    author_id: UUID


class ReplyRecalled(ConversationEvent, frozen=True, kw_only=True):
    """A pending reply was taken back by its author."""

    pending_id: UUID
    author_id: UUID


class ConversationAssigned(ConversationEvent, frozen=True, kw_only=True):
    """The conversation has another agent, or none; `previous_id` is who had it."""

    previous_id: PersonId | None


class ConversationResolved(ConversationEvent, frozen=True, kw_only=True):
    """The conversation was wrapped up, or was abandoned (no disposition)."""

    disposition_id: DispositionId | None


class ConversationReopened(ConversationEvent, frozen=True, kw_only=True):
    """A resolved conversation is open again."""


class PersonMentioned(ConversationEvent, frozen=True, kw_only=True):
    """A note named someone."""

    person_id: PersonId
    seq: int


class DeliveryChanged(ConversationEvent, frozen=True, kw_only=True):
    """An outbound message got further, or failed."""

    seq: int
    delivery: Delivery


class MessagesRead(ConversationEvent, frozen=True, kw_only=True):
    """Agents have read up to `seq`."""

    seq: int


class PhaseChanged(ConversationEvent, frozen=True, kw_only=True):
    """One interval ended at `at` and the next began.

    `previous_*` are those of the ended interval, which began at `previous_began_at`. `agent_id` is the new
    interval's. `waited_seconds` is how long the customer had waited for us at `at` (0: did not wait).
    """

    interval_seq: int
    phase: Phase
    agent_id: PersonId | None
    at: datetime
    previous: Phase
    previous_queue_id: QueueId | None
    previous_agent_id: PersonId | None
    previous_began_at: datetime
    waited_seconds: float


class CaseChanged(Event, frozen=True, kw_only=True):
    """A case got another subject, was merged, or was split."""

    case_id: CaseId
    other_case_id: CaseId | None = None


def facts(conversation: Conversation) -> dict[str, Any]:
    """What every event of `conversation` carries, as keyword arguments."""
    return {
        "client_id": conversation.client_id,
        "conversation_id": conversation.id,
        "program_id": conversation.program_id,
        "customer_id": conversation.customer_id,
        "channel": conversation.channel,
        "queue_id": conversation.queue_id,
        "assignee_id": conversation.assignee_id,
    }
