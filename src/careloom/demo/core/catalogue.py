"""The dialogues, found by id, by client, and by what a customer has written so far."""

from collections.abc import Iterable, Sequence
from functools import cached_property

from careloom.demo.core.customers import customer_of
from careloom.demo.core.script import turns_of
from careloom.demo.core.text import fingerprint
from careloom.demo.types import DemoCustomer, Dialogue, Turn
from careloom.organizations.types import Channel


class Catalogue:
    """All dialogues of a run; immutable after it is made."""

    def __init__(self, dialogues: Iterable[Dialogue]) -> None:
        self._by_id = {dialogue.id: dialogue for dialogue in dialogues}
        self._by_client: dict[str, list[Dialogue]] = {}
        for dialogue in self._by_id.values():
            self._by_client.setdefault(dialogue.client, []).append(dialogue)
        self._turns: dict[tuple[int, Channel], tuple[Turn, ...]] = {}
        self._prints: dict[tuple[int, Channel], tuple[str, ...]] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def get(self, dialogue_id: int) -> Dialogue:
        """Return a dialogue; KeyError where there is none."""
        return self._by_id[dialogue_id]

    def of_client(self, client: str) -> Sequence[Dialogue]:
        """Return a client's dialogues in the order of the file."""
        return self._by_client.get(client, [])

    def turns(self, dialogue_id: int, channel: Channel) -> tuple[Turn, ...]:
        """Return the dialogue's turns on a channel."""
        key = (dialogue_id, Channel.EMAIL if channel is Channel.EMAIL else Channel.CHAT)
        if key not in self._turns:
            self._turns[key] = turns_of(self._by_id[dialogue_id], key[1])
        return self._turns[key]

    @cached_property
    def customers(self) -> dict[str, DemoCustomer]:
        """All customers by their key."""
        return {customer.key: customer for customer in map(customer_of, self._by_id.values())}

    def recognise(
        self,
        client: str,
        channel: Channel,
        customer_name: str,
        inbound: Sequence[str],
        known: int | None = None,
    ) -> Dialogue | None:
        """Return the client's dialogue whose first turns are exactly the messages in `inbound`, oldest first.

        A message counts as a turn when it contains the turn's text; greetings and signatures around it do no
        harm. Of several, the one with most in common wins, then the one recognised before (`known`), then one
        of a customer of that name, then the first.
        """
        prints = [fingerprint(text) for text in inbound]
        following = [
            dialogue for dialogue in self._by_client.get(client, []) if self._follows(dialogue, channel, prints)
        ]
        return max(
            following,
            key=lambda dialogue: (
                self._common(dialogue, channel, len(prints)),
                dialogue.id == known,
                customer_of(dialogue).name == customer_name,
            ),
            default=None,
        )

    def _follows(self, dialogue: Dialogue, channel: Channel, inbound: Sequence[str]) -> bool:
        expected = self._printed(dialogue, channel)
        if not inbound or len(inbound) > len(expected):
            return False
        exact = channel is not Channel.EMAIL
        return all(want == have if exact else want in have for want, have in zip(expected, inbound, strict=False))

    def _common(self, dialogue: Dialogue, channel: Channel, heard: int) -> int:
        return sum(len(text) for text in self._printed(dialogue, channel)[:heard])

    def _printed(self, dialogue: Dialogue, channel: Channel) -> tuple[str, ...]:
        key = (dialogue.id, channel)
        if key not in self._prints:
            self._prints[key] = tuple(fingerprint(turn.text) for turn in self.turns(*key))
        return self._prints[key]
