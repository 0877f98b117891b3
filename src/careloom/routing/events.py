"""What happens to queues, agents and offers."""

from datetime import datetime

from careloom.conversations.types import ConversationId, QueueId
from careloom.identity.types import PersonId
from careloom.platform.eventlog.event import Event
from careloom.routing.types import Offer, OfferId, OfferOutcome, Presence


class QueueChanged(Event, frozen=True, kw_only=True):
    """A queue was made or changed."""

    queue_id: QueueId


class AgentProfileChanged(Event, frozen=True, kw_only=True):
    """A person's skills, languages or capacity changed."""

    person_id: PersonId


class PresenceChanged(Event, frozen=True, kw_only=True):
    """A person is in another state since `since`; `previous` is None for the first ever."""

    person_id: PersonId
    state: Presence
    previous: Presence | None
    since: datetime
    reason: str | None

    @property
    def stream(self) -> str:
        """One stream a person."""
        return str(self.person_id)


class OfferMade(Event, frozen=True, kw_only=True):
    """A contact was offered to an agent, who alone is told."""

    offer: Offer

    @property
    def stream(self) -> str:
        """The conversation's."""
        return str(self.offer.conversation_id)


class OfferEnded(Event, frozen=True, kw_only=True):
    """An offer was accepted, declined, timed out or withdrawn; its agent alone is told."""

    offer_id: OfferId
    conversation_id: ConversationId
    queue_id: QueueId
    agent_id: PersonId
    outcome: OfferOutcome

    @property
    def stream(self) -> str:
        """The conversation's."""
        return str(self.conversation_id)
