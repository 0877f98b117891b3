"""Whose the entries of a part are: known by their key or an address they gain what they lack, else they are made."""

from collections.abc import Container, Mapping, Sequence
from functools import reduce
from typing import Final
from uuid import UUID

from msgspec import Struct

from careloom.customers.commands.imported import (
    Given,
    ImportedConsent,
    ImportedCustomer,
    ImportedNote,
    Placed,
    place_customers,
)
from careloom.customers.queries.imported import living
from careloom.customers.types import CustomerId, IdentityKind
from careloom.integrations.commands.checking import CUSTOMER, GIFT, source_key
from careloom.integrations.commands.claiming import Claim, claim, claim_again
from careloom.integrations.core.accept import clean
from careloom.integrations.core.entries import CustomerEntry, Item, combined
from careloom.integrations.queries.imports import SourceKey
from careloom.integrations.types import Import
from careloom.platform.access import Actor
from careloom.platform.database.transactions import Tx
from careloom.platform.ids import new_id

_EXTERNAL: Final = 500


class People(Struct, frozen=True):
    """Who the customers of the items are, by their source key; `first` says which item named each first."""

    placed: dict[str, Placed]
    first: dict[str, int]


async def place_people(
    tx: Tx, actor: Actor, one: Import, items: Sequence[Item], new: Container[int], found: Mapping[SourceKey, UUID]
) -> People:
    """Finds or makes the customers of `items`, of which `new` are conversations that are to be stored.

    Notes under the key of each whom nobody knew, and apart from it what someone known by their key was given.
    """
    named: dict[str, list[CustomerEntry]] = {}
    first: dict[str, int] = {}
    for index, item in enumerate(items):
        who = _whose(one, item, index in new, found)
        if who is not None:
            key = source_key(one, who.key or "")
            named.setdefault(key, []).append(who)
            first.setdefault(key, index)
    there = {key: found[(CUSTOMER, key)] for key in named if (CUSTOMER, key) in found}
    alive = await living(tx, one.client_id, set(there.values()))
    known = {key: alive[record_id].id for key, record_id in there.items() if record_id in alive}
    wanted = [_customer(one, reduce(combined, entries), known.get(key)) for key, entries in named.items()]
    placed = dict(zip(named, await place_customers(tx, actor, one.client_id, wanted), strict=True))
    await claim_again(
        tx,
        [
            Claim(one.client_id, CUSTOMER, key, one.id, each.id, made=each.made, given=each.given)
            for key, each in placed.items()
            if key not in known
        ],
    )
    await claim(
        tx,
        [
            Claim(one.client_id, GIFT, f"{key}:{new_id()}", one.id, placed[key].id, made=False, given=placed[key].given)
            for key in known
            if placed[key].given not in (None, Given())
        ],
    )
    return People(placed, first)


def _whose(one: Import, item: Item, is_new: bool, found: Mapping[SourceKey, UUID]) -> CustomerEntry | None:
    entry = item.entry
    if entry is None or isinstance(entry, CustomerEntry):
        return entry
    who = entry.customer
    if is_new or (CUSTOMER, source_key(one, who.key or "")) in found:
        return CustomerEntry(key=who.key, name=who.name, language=who.language, identities=who.identities)
    return None


def _customer(one: Import, entry: CustomerEntry, known: CustomerId | None) -> ImportedCustomer:
    addresses = tuple((each.kind, each.value) for each in entry.identities)
    if not addresses and known is None:
        addresses = ((IdentityKind.EXTERNAL, f"{one.options.source}:{entry.key}"[:_EXTERNAL]),)
    return ImportedCustomer(
        name=entry.name,
        language=entry.language,
        attributes=dict(entry.attributes),
        addresses=addresses,
        created_at=entry.created_at or one.made_at,
        notes=tuple(ImportedNote(clean(each.author) or one.made_by_name, each.text, each.at) for each in entry.notes),
        consents=tuple(
            ImportedConsent(each.purpose, each.channel, each.granted, each.source, each.at) for each in entry.consents
        ),
        known=known,
    )
