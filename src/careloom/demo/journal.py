"""What became of the contacts: counts, and on request the id of every message that the system accepted."""

from collections import Counter

from msgspec import Struct

from careloom.organizations.types import Channel


class AcceptedMessage(Struct, frozen=True):
    """A customer's message that the system took; `external_id` is its Message-ID or the chat's client id."""

    client: str
    channel: Channel
    external_id: str


class Journal:
    """Kept by the generator; `keep_messages` is for tests that compare with what is stored."""

    def __init__(self, *, keep_messages: bool = False) -> None:
        self.counts = Counter[str]()
        self.accepted: list[AcceptedMessage] = []
        self._keep = keep_messages

    def accept(self, client: str, channel: Channel, external_id: str) -> None:
        """Note that a customer's message was accepted."""
        self.counts[f"{channel}_messages"] += 1
        if self._keep:
            self.accepted.append(AcceptedMessage(client, channel, external_id))

    def count(self, what: str) -> None:
        """Count something that happened to a contact, such as `finished`, `abandoned` or `failed`."""
        self.counts[what] += 1
