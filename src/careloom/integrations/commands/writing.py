"""Writes archives piece by piece, and removes those whose time is over."""

import asyncio
from typing import Final
from uuid import UUID

import structlog

from careloom.integrations.commands.archiving import next_piece
from careloom.integrations.commands.exports import (
    Written,
    export_parts_key,
    fail_export,
    finish_export,
    hold_export,
    note_part,
    take_expired,
)
from careloom.integrations.core.archive import Digests
from careloom.integrations.types import ExportId
from careloom.platform.access import Actor, system_actor
from careloom.platform.errors import CareloomError
from careloom.platform.file_parts import delete_parts, part_key, read_parts
from careloom.platform.runtime import Runtime
from careloom.platform.texts.text import Text, say

log = structlog.get_logger()
_OURS: Final = 500
"""From this status on an error passes by itself or by an operator's hand: the job is tried again."""
_EXPIRED_AT_ONCE: Final = 100


async def run_export(runtime: Runtime, client_id: UUID, export_id: ExportId) -> None:
    """Writes the archive to its end and reads it back as it lies in the store; or until it is removed or nothing could
    ever write it: then it says why.
    """
    actor = system_actor("export", client_id)
    try:
        one = await _write(runtime, actor, client_id, export_id)
        if one is not None:
            await _read_back(runtime, one)
            async with runtime.database.transaction(actor) as tx:
                await finish_export(tx, one)
    except CareloomError as error:
        if error.status >= _OURS:
            raise
        log.warning("export_failed", export_id=str(export_id), error=type(error).__name__)
        await _fail(runtime, actor, client_id, export_id, error.text)


async def give_up_export(runtime: Runtime, client_id: UUID, export_id: ExportId, error: Exception) -> None:
    """Ends an export that failed so often that it is not tried again; says why. What is in the store goes later."""
    log.error("export_given_up", export_id=str(export_id), error=type(error).__name__)
    unwritten = say("The archive could not be written ({why}); ask for a new export.", why=type(error).__name__)
    reason = error.text if isinstance(error, CareloomError) else unwritten
    async with runtime.database.transaction(system_actor("export", client_id)) as tx:
        one = await hold_export(tx, client_id, export_id)
        if one is not None:
            await fail_export(tx, one, reason)


async def _fail(runtime: Runtime, actor: Actor, client_id: UUID, export_id: ExportId, reason: Text) -> None:
    async with runtime.database.transaction(actor) as tx:
        one = await hold_export(tx, client_id, export_id)
        if one is None:
            return
        await fail_export(tx, one, reason)
    await delete_parts(runtime.files, export_parts_key(client_id, export_id), one.parts)


async def _write(runtime: Runtime, actor: Actor, client_id: UUID, export_id: ExportId) -> Written | None:
    """The export once all of it is in the store; None where it was removed."""
    while True:
        async with runtime.database.transaction(actor) as tx:
            one = await hold_export(tx, client_id, export_id)
            if one is None or one.progress.ended:
                return one
            content, progress = await next_piece(tx, actor, runtime.files, client_id, one.progress)
            while not (content or progress.ended):  # a table without rows is worth no transaction of its own
                content, progress = await next_piece(tx, actor, runtime.files, client_id, progress)
            if content:
                await runtime.files.put(part_key(export_parts_key(client_id, export_id), one.parts), content)
            await note_part(tx, one, progress, len(content))


async def _read_back(runtime: Runtime, one: Written) -> None:
    """Raises ArchiveError where what lies in the store is not what the archive's manifest says, NotFoundError where a
    part is gone.
    """
    key = export_parts_key(one.export.client_id, one.export.id)
    digests = Digests()
    async for part in read_parts(runtime.files, key, one.parts):
        await asyncio.to_thread(digests.feed, part)
    await asyncio.to_thread(digests.check)


async def expire_exports(runtime: Runtime) -> None:
    """Removes archives whose time is over."""
    async with runtime.database.transaction(system_actor("export")) as tx:
        due = await take_expired(tx, _EXPIRED_AT_ONCE)
    for client_id, export_id, parts in due:
        await delete_parts(runtime.files, export_parts_key(client_id, export_id), parts)
