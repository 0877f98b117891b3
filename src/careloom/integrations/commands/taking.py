"""Takes over a part of a file in one transaction: each entry once, known by its key, however often it is tried."""

import hashlib
from collections.abc import Container, Mapping, Sequence
from uuid import UUID

from sqlalchemy import update

from careloom.conversations.commands.imported import ImportedConversation, last_change, store_past
from careloom.conversations.commands.past import ImportedFile, ImportedMessage
from careloom.conversations.commands.unimport import stamps_of
from careloom.conversations.core.file_types import media_type, safe_name
from careloom.conversations.queries.conversation import get_conversation
from careloom.conversations.queries.files import file_key
from careloom.conversations.types import Attachment, ConversationId, FileId, MessageKind, Status
from careloom.customers.types import CustomerId
from careloom.integrations.commands.adding import add_messages, hold_lacking, lacking
from careloom.integrations.commands.checking import (
    CONVERSATION,
    There,
    entry_of,
    source_key,
    source_keys,
    there_of,
    without_erased,
)
from careloom.integrations.commands.claiming import Claim, claim
from careloom.integrations.commands.people import People, place_people
from careloom.integrations.core.entries import ConversationEntry, CustomerEntry, Item
from careloom.integrations.core.verdict import Verdict
from careloom.integrations.queries.imports import SourceKey, known_keys
from careloom.integrations.tables import import_key
from careloom.integrations.types import Import, Outcome
from careloom.platform.access import Actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.files import FileStore
from careloom.platform.ids import new_id
from careloom.routing.commands.enqueue import enqueue


async def files_of(tx: Tx, one: Import, items: Sequence[Item]) -> dict[FileId, bytes]:
    """The files of messages that nobody took over before, under ids that follow from their place: again is the same."""
    found = await known_keys(tx, one.client_id, {key for item in items for key in source_keys(one, item)})
    there = await there_of(tx, one, found)
    wanted: dict[FileId, bytes] = {}
    for item in items:
        entry = item.entry
        if isinstance(entry, ConversationEntry) and any(each.files for each in entry.messages):
            for place in there.lacks(one, entry):
                for number, each in enumerate(entry.messages[place].files):
                    wanted[_file_id(one, item, entry, place, number)] = each.content
    return wanted


async def keep_files(files: FileStore, one: Import, wanted: Mapping[FileId, bytes]) -> None:
    """Stores the bytes before the messages that name them."""
    for file_id, content in wanted.items():
        await files.put(file_key(one.client_id, file_id), content)


async def take_entries(tx: Tx, actor: Actor, one: Import, items: Sequence[Item]) -> list[Verdict]:
    """Takes over `items` that were accepted; conversations known by their key get the messages that they lack,
    customers what they lack.
    """
    found = await known_keys(tx, one.client_id, {key for item in items for key in source_keys(one, item)})
    items = await without_erased(tx, one, items, found)
    there = await hold_lacking(tx, one, items, found)
    new = await _claim(tx, one, items, found)
    people = await place_people(tx, actor, one, items, new, found)
    past = [_past(one, items[index], new[index], people) for index in new]
    await store_past(tx, actor, one.client_id, one.program_id, past, now())
    if one.options.route_open:
        await _route(tx, actor, one, past)
    said = {source_key(one, entry_of(items[index]).key): entry_of(items[index]) for index in new}
    ids = {key: each.id for key, each in zip(said, past, strict=True)}
    places = lacking(one, items, new, there, said)
    more = {index: [_message(one, items[index], place, "") for place in some] for index, some in places.items()}
    await add_messages(tx, actor, one, items, more, {**there.ids, **ids})
    return [_verdict(one, index, item, new, people, there, places) for index, item in enumerate(items)]


async def _claim(tx: Tx, one: Import, items: Sequence[Item], found: dict[SourceKey, UUID]) -> dict[int, ConversationId]:
    """Which items are conversations that nobody took over before, with the ids that they get."""
    rows: dict[str, Claim] = {}
    index_of: dict[str, int] = {}
    for index, item in enumerate(items):
        if not isinstance(item.entry, ConversationEntry):
            continue
        key = source_key(one, item.entry.key)
        if (CONVERSATION, key) in found or key in rows:
            continue
        stamp = last_change(_past(one, item, ConversationId(new_id()), None))
        rows[key] = Claim(one.client_id, CONVERSATION, key, one.id, new_id(), made=True, stamp=stamp)
        index_of[key] = index
    ours = await claim(tx, list(rows.values()))
    return {index_of[key]: ConversationId(each.record_id) for key, each in rows.items() if key in ours}


def _past(one: Import, item: Item, conversation_id: ConversationId, people: People | None) -> ImportedConversation:
    entry = entry_of(item)
    if entry.created_at is None:
        raise AssertionError("only accepted conversations are taken over")
    who = None if people is None else people.placed[source_key(one, entry.customer.key or "")]
    name = who.name if who else ""
    return ImportedConversation(
        id=conversation_id,
        customer_id=who.id if who else CustomerId(conversation_id),
        customer_name=name,
        channel=entry.channel or one.options.channel,
        subject=entry.subject,
        status=entry.status,
        priority=entry.priority,
        language=entry.language or (who.language if who else None),
        tags=entry.tags,
        created_at=entry.created_at,
        resolved_at=entry.resolved_at,
        messages=tuple(_message(one, item, place, name) for place in range(len(entry.messages))),
    )


def _message(one: Import, item: Item, place: int, customer: str) -> ImportedMessage:
    entry = entry_of(item)
    message = entry.messages[place]
    other = customer if message.kind is MessageKind.INBOUND else one.options.source
    return ImportedMessage(
        kind=message.kind,
        author_name=message.author or other,
        text=message.text,
        at=message.at,
        html=message.html,
        subject=message.subject,
        files=tuple(_file(one, item, entry, place, number) for number in range(len(message.files))),
    )


def _file(one: Import, item: Item, entry: ConversationEntry, place: int, number: int) -> ImportedFile:
    each = entry.messages[place].files[number]
    attachment = Attachment(
        file_id=_file_id(one, item, entry, place, number),
        name=safe_name(each.name),
        media_type=media_type(each.name, each.content),
        size=len(each.content),
    )
    return ImportedFile(attachment, hashlib.sha256(each.content).hexdigest())


def _file_id(one: Import, item: Item, entry: ConversationEntry, place: int, number: int) -> FileId:
    digest = hashlib.sha256(f"{one.id} {entry.key} {item.row} {place} {number}".encode()).digest()
    return FileId(UUID(bytes=digest[:16], version=5))


async def _route(tx: Tx, actor: Actor, one: Import, past: Sequence[ImportedConversation]) -> None:
    """Lets open conversations enter their queue; that is still the import's own doing, so it moves their stamp."""
    ids = [each.id for each in past if each.status is Status.OPEN]
    for each in ids:
        await enqueue(tx, actor, await get_conversation(tx, actor, each), None)
    for each, stamp in (await stamps_of(tx, one.client_id, ids)).items():
        where = (import_key.c.client_id == one.client_id, import_key.c.record_id == each)
        await tx.execute(update(import_key).where(*where).values(stamp=stamp))


def _verdict(
    one: Import,
    index: int,
    item: Item,
    new: Container[int],
    people: People,
    there: There,
    places: Mapping[int, Sequence[int]],
) -> Verdict:
    entry = item.entry
    if entry is None:
        return Verdict(item, Outcome.REFUSED, item.reason)
    who = entry if isinstance(entry, CustomerEntry) else entry.customer
    key = source_key(one, who.key or "")
    made = key in people.placed and people.placed[key].made and people.first[key] == index
    if isinstance(entry, CustomerEntry):
        return Verdict(item, Outcome.MADE if made else Outcome.MATCHED)
    if index in new:
        return Verdict(item, Outcome.MADE, customer_made=made)
    return there.verdict(one, item, entry, len(places.get(index, ())))
