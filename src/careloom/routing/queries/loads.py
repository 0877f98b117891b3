"""Reads how full agents are."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from careloom.conversations.queries.work import HeldContact, held_by
from careloom.identity.types import PersonId
from careloom.organizations.types import Channel
from careloom.platform.database.transactions import Tx
from careloom.routing.queries.offers import open_offers


class Load(Struct, frozen=True):
    """What an agent holds or is offered: counts by channel, and the contacts held."""

    counts: dict[Channel, int]
    has_offer: bool
    contacts: tuple[HeldContact, ...]


NO_LOAD: Final = Load({}, has_offer=False, contacts=())


async def loads_of(tx: Tx, person_ids: Sequence[PersonId]) -> dict[PersonId, Load]:
    """The load of each of these agents. Needs a system transaction."""
    counts: dict[PersonId, Counter[Channel]] = {one: Counter() for one in person_ids}
    contacts: dict[PersonId, list[HeldContact]] = {one: [] for one in person_ids}
    for held in await held_by(tx, person_ids):
        counts[held.person_id][held.channel] += 1
        contacts[held.person_id].append(held)
    offered: set[PersonId] = set()
    for one in await open_offers(tx, person_ids):
        counts[one.agent_id][one.channel] += 1
        offered.add(one.agent_id)
    return {one: Load(dict(counts[one]), one in offered, tuple(contacts[one])) for one in counts}
