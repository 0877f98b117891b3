"""What is taken out of messages, and when a contact must not be recorded."""

from datetime import datetime
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


class RecordingPause(Struct, frozen=True):
    """A stretch of a contact that must not be recorded; `ended_at` None: it lasts."""

    id: UUID
    conversation_id: ConversationId
    reason: str
    paused_by_name: str
    began_at: datetime
    ended_at: datetime | None
