"""Writes archives piece by piece, and removes those whose time is over."""

from typing import Final
from uuid import UUID

from careloom.integrations.commands.archiving import next_piece
from careloom.integrations.commands.exports import export_parts_key, hold_export, note_part, take_expired
from careloom.integrations.types import ExportId
from careloom.platform.access import system_actor
from careloom.platform.file_parts import delete_parts, part_key
from careloom.platform.runtime import Runtime

_EXPIRED_AT_ONCE: Final = 100


async def run_export(runtime: Runtime, client_id: UUID, export_id: ExportId) -> None:
    """Writes the archive to its end, or until it is removed."""
    actor = system_actor("export", client_id)
    ended = False
    while not ended:
        async with runtime.database.transaction(actor) as tx:
            one = await hold_export(tx, client_id, export_id)
            if one is None:
                return
            content, progress = await next_piece(tx, actor, runtime.files, client_id, one.progress)
            if content:
                await runtime.files.put(part_key(export_parts_key(client_id, export_id), one.parts), content)
            await note_part(tx, one, progress, len(content))
            ended = progress.ended


async def expire_exports(runtime: Runtime) -> None:
    """Removes archives whose time is over."""
    async with runtime.database.transaction(system_actor("export")) as tx:
        due = await take_expired(tx, _EXPIRED_AT_ONCE)
    for client_id, export_id, parts in due:
        await delete_parts(runtime.files, export_parts_key(client_id, export_id), parts)
