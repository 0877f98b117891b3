"""Takes an import back, a part at a time, as long as nobody else has worked on what it made."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import delete

from careloom.conversations.commands.appending import Addition, any_addition_touched, remove_additions
from careloom.conversations.commands.unimport import any_past_touched, conversations_of, remove_past
from careloom.conversations.queries.disposal import spared_contacts
from careloom.conversations.types import ConversationId, FileId
from careloom.customers.commands.imported import Given
from careloom.customers.commands.unimport import any_touched, take_customers_back
from careloom.integrations.commands.adding import addition_of
from careloom.integrations.commands.checking import ADDITION, CONVERSATION, CUSTOMER, GIFT
from careloom.integrations.errors import HeldError, TouchedError
from careloom.integrations.ports import Holds
from careloom.integrations.queries.imports import MadeKey, added_by_others, given_by_others, keys_of, made_by
from careloom.integrations.tables import import_key
from careloom.integrations.types import Import
from careloom.platform.access import Actor
from careloom.platform.database.transactions import Tx

UNDO_BATCH: Final = 500


async def check_removable(tx: Tx, holds: Holds, one: Import, kind: str, after: str) -> str | None:
    """Looks at the next part of what the import made; answers where to go on, None at the end.

    Raises TouchedError, and HeldError where a legal hold keeps something of it.
    """
    keys = await keys_of(tx, one, kind, after, UNDO_BATCH)
    if not keys:
        return None
    made = [each for each in keys if each.made]
    await _check_free(tx, holds, one, kind, [each.record_id for each in (keys if kind == ADDITION else made)])
    if kind == ADDITION:
        touched = await any_addition_touched(tx, one.client_id, await _additions(tx, one, keys))
    elif kind == CONVERSATION:
        if await added_by_others(tx, one, [each.record_id for each in made]):
            raise TouchedError("Another import has added to conversations of this one; take that one back first.")
        stamps = {each.record_id: each.stamp for each in made}
        touched = bool(stamps) and await any_past_touched(tx, one.client_id, stamps)
    else:
        touched = await _customers_touched(tx, one, [each.record_id for each in made])
    if touched:
        raise TouchedError
    return keys[-1].key


async def _check_free(tx: Tx, holds: Holds, one: Import, kind: str, ids: Sequence[UUID]) -> None:
    spared = await holds(tx, one.client_id)
    held = spared.everything
    if kind in (CONVERSATION, ADDITION):
        held = held or bool(await spared_contacts(tx, one.client_id, ids, spared))
    if held or not spared.customer_ids.isdisjoint(ids):
        raise HeldError


async def undo_part(tx: Tx, actor: Actor, one: Import, kind: str) -> tuple[bool, list[FileId]]:
    """Takes the next part back; answers whether there was one, and the files whose bytes are to go."""
    keys = await keys_of(tx, one, kind, "", UNDO_BATCH)
    if not keys:
        return False, []
    files: list[FileId] = []
    if kind == ADDITION:
        files = await remove_additions(tx, actor, one.client_id, one.program_id, await _additions(tx, one, keys))
    elif kind == CONVERSATION:
        files = await remove_past(
            tx, actor, one.client_id, one.program_id, [each.record_id for each in keys if each.made]
        )
    else:
        await _take_back(tx, actor, one, keys)
    table = import_key.c
    names = [each.key for each in keys]
    await tx.execute(
        delete(import_key).where(table.client_id == one.client_id, table.kind == kind, table.key.in_(names))
    )
    return True, files


async def _additions(tx: Tx, one: Import, keys: Sequence[MadeKey]) -> dict[ConversationId, Addition]:
    """What the import added to conversations of others: its own go whole."""
    own = await made_by(tx, one, [each.record_id for each in keys])
    return {ConversationId(each.record_id): addition_of(each.given) for each in keys if each.record_id not in own}


async def _take_back(tx: Tx, actor: Actor, one: Import, keys: Sequence[MadeKey]) -> None:
    made = [each.record_id for each in keys if each.made]
    gifts = [
        (each.record_id, msgspec.convert(each.given, Given, strict=False))
        for each in keys
        if not each.made and each.given is not None
    ]
    await take_customers_back(tx, actor, one.client_id, made, gifts)


async def _customers_touched(tx: Tx, one: Import, ids: Sequence[UUID]) -> bool:
    if not ids:
        return False
    if await any_touched(tx, one.client_id, ids):
        return True
    if await given_by_others(tx, one, ids):
        raise TouchedError("Another import has added to customers of this one; take that one back first.")
    theirs = set(await conversations_of(tx, one.client_id, ids))
    return bool(theirs - await made_by(tx, one, theirs)) if theirs else False


KINDS: Final = (ADDITION, CONVERSATION, GIFT, CUSTOMER)
"""In this order: customers can go once their conversations are gone."""
