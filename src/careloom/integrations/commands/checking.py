"""The dry run of a part of a file: what would become of each entry, without writing any."""

import hashlib
from array import array
from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct, field
from msgspec.structs import replace

from careloom.conversations.core.past import mark, missing
from careloom.conversations.queries.imported import Past, past_of
from careloom.conversations.types import ConversationId
from careloom.customers.queries.imported import Address, owners_of
from careloom.integrations.core.entries import ConversationEntry, CustomerEntry, CustomerOf, Item
from careloom.integrations.core.verdict import Verdict
from careloom.integrations.queries.imports import SourceKey, erased_keys, known_keys
from careloom.integrations.types import Import, Outcome
from careloom.platform.database.transactions import Tx
from careloom.platform.texts.text import say

CUSTOMER, CONVERSATION, GIFT, ADDITION = "customer", "conversation", "gift", "addition"
"""What a key stands for; a gift is what an import gave to a customer whom another one had brought, an addition are
messages that it added to a conversation which was there.
"""
_ERASED = say("This customer was erased at their own request.")
_ELSEWHERE = say("This conversation is another program's, and stays as it is.")


class There(Struct, frozen=True):
    """Conversations that were taken over before, by their source key: their ids, and what those that are still there
    hold by now.
    """

    ids: dict[str, ConversationId]
    past: dict[str, Past]

    def takes(self, one: Import, key: str) -> bool:
        """Whether messages may be added: it is there, of the import's program, and its words were not erased."""
        past = self.past.get(key)
        return past is not None and past.program_id == one.program_id and not past.erased

    def lacks(self, one: Import, entry: ConversationEntry) -> list[int]:
        """The places of the entry's messages that are to be stored."""
        key = source_key(one, entry.key)
        if key not in self.ids:
            return list(range(len(entry.messages)))
        return missing(self.past[key].marks, marks(entry)) if self.takes(one, key) else []

    def verdict(self, one: Import, item: Item, entry: ConversationEntry, added: int) -> Verdict:
        """What becomes of an entry whose conversation is there, where so many messages are added to it; the report
        says where another program has it and lacks some.
        """
        past = self.past.get(source_key(one, entry.key))
        elsewhere = past is not None and past.program_id != one.program_id
        if elsewhere and past is not None and missing(past.marks, marks(entry)):
            item = replace(item, notes=(*item.notes, _ELSEWHERE))
        return Verdict(item, Outcome.MATCHED, added=added)


class Memory(Struct):
    """What earlier parts of the file would have made; `said`: the marks of what each conversation would hold."""

    keys: set[SourceKey] = field(default_factory=set[SourceKey])
    addresses: set[Address] = field(default_factory=set[Address])
    said: dict[str, "array[int]"] = field(default_factory=dict[str, "array[int]"])


async def check_entries(tx: Tx, one: Import, items: Sequence[Item], memory: Memory) -> list[Verdict]:
    """What would become of `items`; adds it to `memory`."""
    found = await known_keys(tx, one.client_id, {key for item in items for key in source_keys(one, item)})
    items = await without_erased(tx, one, items, found)
    owners = await owners_of(tx, one.client_id, {each for item in items for each in addresses_of(item)})
    memory.keys |= found.keys()
    memory.addresses |= owners.keys()
    there = await there_of(tx, one, found)
    return [_judged(one, item, memory, there) for item in items]


async def without_erased(tx: Tx, one: Import, items: Sequence[Item], found: Mapping[SourceKey, UUID]) -> list[Item]:
    """`items` without the entries of customers who were erased: a file that is older does not bring them back."""
    whose = {key: record_id for key, record_id in found.items() if key[0] == CUSTOMER}
    gone = await erased_keys(tx, one.client_id, whose)
    return [
        Item(item.row, None, _ERASED, item.key) if gone.intersection(source_keys(one, item)) else item for item in items
    ]


def _judged(one: Import, item: Item, memory: Memory, there: There) -> Verdict:
    entry = item.entry
    if entry is None:
        return Verdict(item, Outcome.REFUSED, item.reason)
    if isinstance(entry, CustomerEntry):
        made = _new_customer(one, entry, memory)
        return Verdict(item, Outcome.MADE if made else Outcome.MATCHED)
    key = (CONVERSATION, source_key(one, entry.key))
    if key not in memory.keys:
        memory.keys.add(key)
        memory.said[key[1]] = array("q", marks(entry))
        return Verdict(item, Outcome.MADE, customer_made=_new_customer(one, entry.customer, memory))
    if key[1] in there.ids and not there.takes(one, key[1]):
        return there.verdict(one, item, entry, 0)
    said = memory.said.setdefault(key[1], array("q", there.past[key[1]].marks if key[1] in there.past else ()))
    wanted = marks(entry)
    places = missing(said, wanted)
    said.extend(wanted[place] for place in places)
    return there.verdict(one, item, entry, len(places))


def _new_customer(one: Import, who: CustomerEntry | CustomerOf, memory: Memory) -> bool:
    addresses = {(each.kind, each.value) for each in who.identities}
    key = (CUSTOMER, source_key(one, who.key)) if who.key else None
    new = key not in memory.keys and not addresses & memory.addresses
    memory.addresses |= addresses
    if key is not None:
        memory.keys.add(key)
    return new


async def there_of(tx: Tx, one: Import, found: Mapping[SourceKey, UUID]) -> There:
    """The conversations among `found`."""
    ids = {key: ConversationId(record_id) for (kind, key), record_id in found.items() if kind == CONVERSATION}
    past = await past_of(tx, one.client_id, set(ids.values()))
    return There(ids, {key: past[record_id] for key, record_id in ids.items() if record_id in past})


def entry_of(item: Item) -> ConversationEntry:
    """The conversation that an item is."""
    if not isinstance(item.entry, ConversationEntry):
        raise TypeError("the item is no conversation")
    return item.entry


def marks(entry: ConversationEntry) -> list[int]:
    """By what the entry's messages are known again, in their order."""
    return [mark(each.kind, each.at) for each in entry.messages]


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
