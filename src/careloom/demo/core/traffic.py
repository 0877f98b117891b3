"""The plan of arrivals: a steady stream of contacts, the same for the same seed."""

from collections.abc import Iterator, Mapping
from random import Random

from careloom.demo.core.catalogue import Catalogue
from careloom.demo.core.customers import customer_of
from careloom.demo.core.tasks import CLIENTS, TASKS
from careloom.demo.types import Arrival, Turn
from careloom.organizations.types import Channel

CONTACTS_PER_MINUTE = 6.0
CHAT_SHARE = 0.65
_SHORTEST_PATIENCE, _MEAN_PATIENCE = 60.0, 600.0
CLIENT_WEIGHTS: Mapping[str, float] = {
    "bank": 0.2,
    "clinic": 0.16,
    "hotel": 0.25,
    "airline": 0.12,
    "rides": 0.15,
    "homes": 0.12,
}


def plan(
    catalogue: Catalogue,
    seed: int,
    pace: float = 1.0,
    per_minute: float = CONTACTS_PER_MINUTE,
    chat_share: float = CHAT_SHARE,
) -> Iterator[Arrival]:
    """Yield contacts without end, in order of time.

    They come independently of each other, `per_minute` times `pace` a minute on average. A client's dialogues
    are all used, in an order that the seed sets, before one comes again. ValueError where a figure is out of
    range.
    """
    if pace <= 0 or per_minute <= 0 or not 0 <= chat_share <= 1:
        message = "pace and per_minute are above 0, chat_share is between 0 and 1"
        raise ValueError(message)
    chance = Random(seed)
    decks = {client: _deck(catalogue, client, seed) for client in CLIENTS if catalogue.of_client(client)}
    weights = [CLIENT_WEIGHTS[client] for client in decks]
    at, number = 0.0, 0
    while decks:
        at += chance.expovariate(per_minute * pace / 60.0)
        dialogue = catalogue.get(next(decks[chance.choices(list(decks), weights)[0]]))
        channel = Channel.CHAT if chance.random() < chat_share else Channel.EMAIL
        yield Arrival(
            number=number,
            at=at,
            dialogue_id=dialogue.id,
            client=dialogue.client,
            program=TASKS[dialogue.task].program,
            channel=channel,
            customer=customer_of(dialogue),
            patience=_SHORTEST_PATIENCE + chance.expovariate(1 / _MEAN_PATIENCE),
        )
        number += 1


def wait_before(turn: Turn, pace: float) -> float:
    """Return the seconds between the answer (or the beginning) and the customer's next text, at the pace."""
    return turn.after_seconds / pace


def _deck(catalogue: Catalogue, client: str, seed: int) -> Iterator[int]:
    ids = [dialogue.id for dialogue in catalogue.of_client(client)]
    chance = Random(f"{seed}/{client}")
    while True:
        chance.shuffle(ids)
        yield from tuple(ids)
