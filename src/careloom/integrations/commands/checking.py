"""The dry run of a part of a file: what would become of each entry, without writing any."""

import hashlib
from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct, field
from msgspec.structs import replace

from careloom.conversations.queries.imported import lengths_of
from careloom.customers.queries.imported import Address, owners_of
from careloom.integrations.core.entries import ConversationEntry, CustomerEntry, CustomerOf, Item
from careloom.integrations.core.verdict import Verdict
from careloom.integrations.queries.imports import SourceKey, erased_keys, known_keys
from careloom.integrations.types import Import, Outcome
from careloom.platform.database.transactions import Tx
from careloom.platform.texts.text import say

CUSTOMER, CONVERSATION, GIFT = "customer", "conversation", "gift"
"""What a key stands for; a gift is what an import gave to a customer whom another one had brought."""
_ERASED = say("This customer was erased at their own request.")
_LONGER = say(
    "This conversation was taken over before with fewer messages, and stays as it is. "
    "To have them all, take that import back first."
)


class Memory(Struct):
    """What earlier parts of the file would have made."""

    keys: set[SourceKey] = field(default_factory=set[SourceKey])
    addresses: set[Address] = field(default_factory=set[Address])
    sizes: dict[str, int] = field(default_factory=dict[str, int])


async def check_entries(tx: Tx, one: Import, items: Sequence[Item], memory: Memory) -> list[Verdict]:
    """What would become of `items`; adds it to `memory`."""
    found = await known_keys(tx, one.client_id, {key for item in items for key in source_keys(one, item)})
    items = await without_erased(tx, one, items, found)
    owners = await owners_of(tx, one.client_id, {each for item in items for each in addresses_of(item)})
    memory.keys |= found.keys()
    memory.addresses |= owners.keys()
    memory.sizes |= await sizes_of(tx, one, found)
    return [_judged(one, item, memory) for item in items]


async def without_erased(tx: Tx, one: Import, items: Sequence[Item], found: Mapping[SourceKey, UUID]) -> list[Item]:
    """`items` without the entries of customers who were erased: a file that is older does not bring them back."""
    whose = {key: record_id for key, record_id in found.items() if key[0] == CUSTOMER}
    gone = await erased_keys(tx, one.client_id, whose)
    return [
        Item(item.row, None, _ERASED, item.key) if gone.intersection(source_keys(one, item)) else item for item in items
    ]


def _judged(one: Import, item: Item, memory: Memory) -> Verdict:
    entry = item.entry
    if entry is None:
        return Verdict(item, Outcome.REFUSED, item.reason)
    if isinstance(entry, CustomerEntry):
        made = _new_customer(one, entry, memory)
        return Verdict(item, Outcome.MADE if made else Outcome.MATCHED)
    key = (CONVERSATION, source_key(one, entry.key))
    size = memory.sizes.setdefault(key[1], len(entry.messages))
    if key in memory.keys:
        return matched(item, entry, size)
    memory.keys.add(key)
    return Verdict(item, Outcome.MADE, customer_made=_new_customer(one, entry.customer, memory))


def _new_customer(one: Import, who: CustomerEntry | CustomerOf, memory: Memory) -> bool:
    addresses = {(each.kind, each.value) for each in who.identities}
    key = (CUSTOMER, source_key(one, who.key)) if who.key else None
    new = key not in memory.keys and not addresses & memory.addresses
    memory.addresses |= addresses
    if key is not None:
        memory.keys.add(key)
    return new


async def sizes_of(tx: Tx, one: Import, found: Mapping[SourceKey, UUID]) -> dict[str, int]:
    """How many messages the conversations among `found` have by now, by their source key."""
    known = {key: record_id for (kind, key), record_id in found.items() if kind == CONVERSATION}
    lengths = await lengths_of(tx, one.client_id, set(known.values())) if known else {}
    return {key: lengths[record_id] for key, record_id in known.items() if record_id in lengths}


def matched(item: Item, entry: ConversationEntry, size: int) -> Verdict:
    """A conversation that is there already with `size` messages; the report says where the file has more."""
    notes = (*item.notes, _LONGER) if len(entry.messages) > size else item.notes
    return Verdict(replace(item, notes=notes), Outcome.MATCHED)


def source_key(one: Import, key: str) -> str:
    """A key of the file with the system it is from, as a digest: it may be an address, which must not outlive it."""
    return f"{one.options.source}:{hashlib.sha256(key.encode()).hexdigest()[:40]}"


def source_keys(one: Import, item: Item) -> list[SourceKey]:
    """The keys by which an entry and its customer are known."""
    entry = item.entry
    if isinstance(entry, CustomerEntry):
        return [(CUSTOMER, source_key(one, entry.key or ""))]
    if isinstance(entry, ConversationEntry):
        whose = [(CUSTOMER, source_key(one, entry.customer.key))] if entry.customer.key else []
        return [(CONVERSATION, source_key(one, entry.key)), *whose]
    return []


def addresses_of(item: Item) -> list[Address]:
    """The addresses that an entry names."""
    entry = item.entry
    if entry is None:
        return []
    who = entry if isinstance(entry, CustomerEntry) else entry.customer
    return [(each.kind, each.value) for each in who.identities]
