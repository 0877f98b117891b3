"""What is taken out of messages, and when a contact must not be recorded."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from careloom.conversations.types import ConversationId


class Original(Struct, frozen=True):
    """What stood in a message's `field` in the place of its `index`th mark, from 0."""

    field: str
    index: int
    data_class: str
    kind: str
    value: str


class PauseReason(StrEnum):
    """What the customer says while nothing may be recorded; `asked`: they do not want to be recorded."""

    PAYMENT = "payment"
    IDENTITY = "identity"
    HEALTH = "health"
    ASKED = "asked"
    OTHER = "other"


class RecordingPause(Struct, frozen=True):
    """A stretch of a contact that must not be recorded; `ended_at` None: it lasts."""

    id: UUID
    conversation_id: ConversationId
    reason: PauseReason
    paused_by_name: str
    began_at: datetime
    ended_at: datetime | None
