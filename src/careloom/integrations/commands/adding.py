"""Adds to conversations that are there what a file holds more of them, and takes it back."""

from collections.abc import Container, Mapping, Sequence
from uuid import UUID

import msgspec
from msgspec.structs import replace
from sqlalchemy import select, update

from careloom.conversations.commands.appending import Addition, append_past, hold_past
from careloom.conversations.commands.past import ImportedMessage
from careloom.conversations.core.past import missing
from careloom.conversations.types import ConversationId
from careloom.integrations.commands.checking import (
    ADDITION,
    CONVERSATION,
    There,
    entry_of,
    marks,
    source_key,
    there_of,
)
from careloom.integrations.commands.claiming import Claim, claim_again
from careloom.integrations.core.entries import ConversationEntry, Item
from careloom.integrations.queries.imports import SourceKey
from careloom.integrations.tables import import_key
from careloom.integrations.types import Import
from careloom.platform.access import Actor
from careloom.platform.database.transactions import Tx


async def hold_lacking(tx: Tx, one: Import, items: Sequence[Item], found: Mapping[SourceKey, UUID]) -> There:
    """The known conversations of these items; those that lack messages are locked, and read again then."""
    there = await there_of(tx, one, found)
    entries = [item.entry for item in items if isinstance(item.entry, ConversationEntry)]
    keys = {source_key(one, each.key) for each in entries if there.lacks(one, each)} & there.past.keys()
    held = await hold_past(tx, one.client_id, {there.ids[key] for key in keys})
    fresh = {key: held[there.ids[key]] for key in keys if there.ids[key] in held}
    return There(there.ids, {**there.past, **fresh})


def lacking(
    one: Import, items: Sequence[Item], new: Container[int], there: There, made: Mapping[str, ConversationEntry]
) -> dict[int, list[int]]:
    """Which messages are to be added, by the place of their item; `made`: entries whose conversations were just made,
    which a second entry of the same key adds to.
    """
    said = {key: marks(entry) for key, entry in made.items()}
    said |= {key: list(past.marks) for key, past in there.past.items() if there.takes(one, key)}
    places: dict[int, list[int]] = {}
    for index, item in enumerate(items):
        if index in new or not isinstance(item.entry, ConversationEntry):
            continue
        key, wanted = source_key(one, item.entry.key), marks(item.entry)
        if key in said and (found := missing(said[key], wanted)):
            places[index] = found
            said[key] += [wanted[place] for place in found]
    return places


async def add_messages(
    tx: Tx,
    actor: Actor,
    one: Import,
    items: Sequence[Item],
    more: Mapping[int, Sequence[ImportedMessage]],
    ids: Mapping[str, ConversationId],
) -> None:
    """Adds `more`, by the place of their item, and notes it so that it can be taken back."""
    keys = {index: source_key(one, entry_of(items[index]).key) for index in more}
    together: dict[ConversationId, list[ImportedMessage]] = {}
    for index, some in more.items():
        together.setdefault(ids[keys[index]], []).extend(some)
    added = await append_past(tx, actor, one.client_id, one.program_id, together)
    names = {ids[key]: f"{key}:{one.id}" for key in keys.values()}
    before = await _earlier(tx, one, list(names.values()))
    claims = [
        Claim(one.client_id, ADDITION, name, one.id, each, made=False, given=joined(before.get(name), added[each]))
        for each, name in names.items()
        if each in added
    ]
    await claim_again(tx, claims)
    await _restamp(tx, one, added)


async def _earlier(tx: Tx, one: Import, names: Sequence[str]) -> dict[str, Addition]:
    """What this import has added already, by the key of that."""
    table = import_key.c
    where = (table.client_id == one.client_id, table.kind == ADDITION, table.key.in_(names))
    rows = await tx.execute(select(table.key, table.given).where(*where))
    return {row.key: addition_of(row.given) for row in rows}


def addition_of(given: object) -> Addition:
    """An addition as it was noted."""
    return msgspec.convert(given, Addition, strict=False)


def joined(before: Addition | None, then: Addition) -> Addition:
    """Two additions of one import to one conversation; without a stamp where it changed in between."""
    if before is None:
        return then
    follows = before.last + 1 == then.first and before.stamp == then.updated_at
    return replace(before, last=then.last, stamp=then.stamp if follows else None)


async def _restamp(tx: Tx, one: Import, added: Mapping[ConversationId, Addition]) -> None:
    """To a conversation that this import made, its addition is its own doing."""
    table = import_key.c
    for each, addition in added.items():
        where = (table.client_id == one.client_id, table.kind == CONVERSATION, table.record_id == each)
        await tx.execute(update(import_key).where(*where, table.import_id == one.id).values(stamp=addition.stamp))
