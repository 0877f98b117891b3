"""What happens on channels."""

from careloom.channels.types import VisitorId
from careloom.conversations.types import ConversationId
from careloom.platform.eventlog.event import Event


class VisitorMoved(Event, frozen=True, kw_only=True):
    """A visitor's widget shows another conversation from now on."""

    visitor_id: VisitorId
    conversation_id: ConversationId

    @property
    def stream(self) -> str:
        """In order with the conversation's own events."""
        return str(self.conversation_id)
