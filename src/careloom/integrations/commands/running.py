"""Reads a file part by part and takes it over, each part in a transaction that also notes how far it got."""

import asyncio
import io
import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import BinaryIO, Final
from uuid import UUID

import structlog
from msgspec import Struct
from sqlalchemy.exc import OperationalError

from careloom.conversations.queries.files import file_key
from careloom.conversations.types import FileId
from careloom.customers.errors import IdentityTakenError
from careloom.customers.queries.schema import get_attribute_schema
from careloom.customers.types import AttributeField
from careloom.integrations.commands.checking import Memory, check_entries
from careloom.integrations.commands.forget import forget_stale as forget_resting
from careloom.integrations.commands.imports import (
    OVER,
    lock_import,
    note_progress,
    restart,
    settle,
)
from careloom.integrations.commands.taking import files_of, keep_files, take_entries
from careloom.integrations.commands.undoing import KINDS, check_removable, undo_part
from careloom.integrations.commands.uploads import IMPORTS, StoredFile
from careloom.integrations.core.accept import accepted
from careloom.integrations.core.entries import ConversationEntry, Item, Shorten
from careloom.integrations.core.reading import count_items, read_items
from careloom.integrations.errors import HeldError, TouchedError, UnreadableFileError
from careloom.integrations.ports import Holds
from careloom.integrations.queries.imports import get_import
from careloom.integrations.types import Import, ImportId, ImportState
from careloom.organizations.queries import privacy_of
from careloom.platform.access import Actor, system_actor
from careloom.platform.clock import now
from careloom.platform.errors import CareloomError, NotFoundError
from careloom.platform.file_parts import read_parts
from careloom.platform.keys.errors import CipherBrokenError, ShreddedError
from careloom.platform.redaction.redact import shortened
from careloom.platform.runtime import Runtime
from careloom.platform.scratch import Scratch
from careloom.platform.texts.text import Text, say

log = structlog.get_logger()
_ENTRIES, _MESSAGES, _BYTES = 1000, 4000, 8_000_000
_BUFFER: Final = 200_000
_LOOK: Final = 2.0
"""Seconds between two looks at whether a file is still to be counted."""
_TRIES: Final = 5
_KEPT: Final = timedelta(days=30)
_AT_ONCE: Final = 100
_LASTING: Final = (UnreadableFileError, NotFoundError, ShreddedError, CipherBrokenError)


class _Reader(Struct):
    """The items of a file that are still to come, accepted as they are cut off."""

    items: Iterator[Item]
    schema: dict[str, AttributeField]
    shorten: Shorten

    def cut(self) -> list[Item]:
        """The next part: entries, messages and bytes are bounded. Empty at the end."""
        part: list[Item] = []
        messages = size = 0
        moment = now()
        for item in self.items:
            part.append(accepted(item, self.schema, moment, self.shorten))
            if isinstance(item.entry, ConversationEntry):
                messages += len(item.entry.messages)
                size += sum(len(each.text) + sum(len(f.content) for f in each.files) for each in item.entry.messages)
            if len(part) >= _ENTRIES or messages >= _MESSAGES or size >= _BYTES:
                break
        return part


async def forget_stale(runtime: Runtime) -> None:
    """Removes files and reports of imports that nobody has touched for a month."""
    async with runtime.database.transaction(system_actor("import")) as tx:
        await forget_resting(tx, runtime.files, now() - _KEPT, _AT_ONCE)


async def forget_broken(runtime: Runtime) -> None:
    """Removes what uploads left that broke off with their process."""
    async with runtime.database.transaction(system_actor("import")) as tx:
        await IMPORTS.drop_broken(tx, runtime.files, _AT_ONCE)


async def run_import(runtime: Runtime, holds: Holds, client_id: UUID, import_id: ImportId) -> None:
    """Does what the import's state asks for, to its end or until it is cancelled; `holds` keep it from being undone."""
    actor = system_actor("import", client_id)
    try:
        async with runtime.database.transaction(actor) as tx:
            one = await get_import(tx, actor, import_id)
            file = await IMPORTS.file_of(tx, one.id)
            schema = await get_attribute_schema(tx, actor, one.client_id)
            shorten = partial(shortened, await privacy_of(tx, one.client_id))
    except NotFoundError:
        return
    try:
        if one.state is ImportState.UNDOING:
            await _undo(runtime, holds, actor, one)
        elif one.state in (ImportState.CHECKING, ImportState.RUNNING):
            await _read(runtime, actor, one, file, {each.key: each for each in schema}, shorten)
    except (*_LASTING, LookupError, UnicodeError, RecursionError, MemoryError) as error:
        log.info("import_failed", import_id=str(import_id), error=type(error).__name__)
        await _fail(runtime, actor, one, file, _reason(error))


async def give_up_import(runtime: Runtime, client_id: UUID, import_id: ImportId, error: Exception) -> None:
    """Ends an import whose work failed so often that it is not tried again by itself; says why."""
    log.error("import_given_up", import_id=str(import_id), error=type(error).__name__)
    actor = system_actor("import", client_id)
    stuck = say("It could not go on ({why}). Start it again later: nothing is made twice.", why=type(error).__name__)
    try:
        async with runtime.database.transaction(actor) as tx:
            one = await get_import(tx, actor, import_id)
            file = await IMPORTS.file_of(tx, one.id)
    except NotFoundError:
        return
    if one.state in (ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING):
        await _fail(runtime, actor, one, file, error.text if isinstance(error, CareloomError) else stuck)


def _reason(error: BaseException) -> Text:
    if isinstance(error, NotFoundError):
        return say(
            "The file is not kept any more. Prepare another import with it: what was taken over is not made twice."
        )
    if isinstance(error, (UnreadableFileError, ShreddedError, CipherBrokenError)):
        return error.text
    return say("The file cannot be read as it is set: check format and encoding.")


async def _read(
    runtime: Runtime,
    actor: Actor,
    one: Import,
    kept: StoredFile,
    schema: dict[str, AttributeField],
    shorten: Shorten,
) -> None:
    with io.BufferedReader(Scratch(), _BUFFER) as file:
        async for content in read_parts(runtime.files, kept.key, kept.parts):
            await asyncio.to_thread(file.raw.append, content)
        if one.state is ImportState.CHECKING:
            total = await _counted(runtime, actor, one, file, schema, shorten)
            if total is None:
                return
            await _check(runtime, actor, one, await asyncio.to_thread(_open, file, one, schema, shorten), total)
        else:
            await _take(runtime, actor, one, await asyncio.to_thread(_open, file, one, schema, shorten))


async def _counted(
    runtime: Runtime,
    actor: Actor,
    one: Import,
    file: BinaryIO,
    schema: dict[str, AttributeField],
    shorten: Shorten,
) -> int | None:
    """How many entries the file holds; None where the dry run is cancelled meanwhile."""
    halt = threading.Event()
    counting = asyncio.create_task(
        asyncio.to_thread(count_items, file, one.format, one.options, schema, shorten, halt.is_set)
    )
    try:
        while not (await asyncio.wait({counting}, timeout=_LOOK))[0]:
            async with runtime.database.transaction(actor) as tx:
                if await lock_import(tx, actor, one) is None:
                    return None
        return await counting
    finally:
        halt.set()
        await asyncio.gather(counting, return_exceptions=True)


def _open(file: BinaryIO, one: Import, schema: dict[str, AttributeField], shorten: Shorten) -> _Reader:
    items = read_items(file, one.format, one.options, schema, shorten)
    skipped = one.done if one.state is ImportState.RUNNING else 0
    return _Reader(islice(items, skipped, None), schema, shorten)


async def _check(runtime: Runtime, actor: Actor, one: Import, reader: _Reader, total: int) -> None:
    """A dry run that was interrupted begins again: what it had seen is not kept."""
    memory = Memory()
    async with runtime.database.transaction(actor) as tx:
        held = await lock_import(tx, actor, one)
        if held is None:
            return
        one = await restart(tx, held, total)
    while part := await asyncio.to_thread(reader.cut):
        async with runtime.database.transaction(actor) as tx:
            held = await lock_import(tx, actor, one)
            if held is None:
                return
            one = await note_progress(tx, held, await check_entries(tx, held, part, memory), part)
    await _settle(runtime, actor, one, ImportState.CHECKED)


async def _take(runtime: Runtime, actor: Actor, one: Import, reader: _Reader) -> None:
    """While the database stores one part, the next is read."""
    following = asyncio.create_task(asyncio.to_thread(reader.cut))
    try:
        while part := await following:
            following = asyncio.create_task(asyncio.to_thread(reader.cut))
            await _keep_files(runtime, actor, one, part)
            after = await _store(runtime, actor, one, part)
            if after is None:
                return
            one = after
    finally:
        await asyncio.gather(following, return_exceptions=True)
    await _settle(runtime, actor, one, ImportState.DONE)


async def _keep_files(runtime: Runtime, actor: Actor, one: Import, part: list[Item]) -> None:
    async with runtime.database.transaction(actor) as tx:
        wanted = await files_of(tx, one, part)
    await keep_files(runtime.files, one, wanted)


async def _store(runtime: Runtime, actor: Actor, one: Import, part: list[Item]) -> Import | None:
    for attempt in range(_TRIES):
        try:
            async with runtime.database.transaction(actor) as tx:
                held = await lock_import(tx, actor, one)
                if held is None:
                    return None
                return await note_progress(tx, held, await take_entries(tx, actor, held, part), part)
        except (IdentityTakenError, OperationalError):
            if attempt == _TRIES - 1:
                raise
            await asyncio.sleep(0.2 * 2**attempt)
    return None


async def _undo(runtime: Runtime, holds: Holds, actor: Actor, one: Import) -> None:
    try:
        for kind in KINDS:
            after: str | None = ""
            while after is not None:
                async with runtime.database.transaction(actor) as tx:
                    after = await check_removable(tx, holds, one, kind, after)
    except (TouchedError, HeldError) as error:
        await _settle(runtime, actor, one, ImportState.DONE, error.text)
        return
    for kind in KINDS:
        more = True
        while more:
            async with runtime.database.transaction(actor) as tx:
                more, files = await undo_part(tx, actor, one, kind)
            await _delete(runtime, one, files)
    await _settle(runtime, actor, one, ImportState.UNDONE)


async def _delete(runtime: Runtime, one: Import, files: list[FileId]) -> None:
    for each in files:
        await runtime.files.delete(file_key(one.client_id, each))


async def _settle(runtime: Runtime, actor: Actor, one: Import, state: ImportState, error: Text | None = None) -> None:
    async with runtime.database.transaction(actor) as tx:
        held = await lock_import(tx, actor, one)
        if held is not None:
            if state in OVER:
                await IMPORTS.drop_files(tx, runtime.files, one.id)
            await settle(tx, held, state, error)


async def _fail(runtime: Runtime, actor: Actor, one: Import, file: StoredFile, reason: Text) -> None:
    async with runtime.database.transaction(actor) as tx:
        held = await lock_import(tx, actor, await get_import(tx, actor, one.id))
        if held is not None and held.state is one.state and await IMPORTS.file_of(tx, held.id) == file:
            await settle(tx, held, ImportState.FAILED, reason)
