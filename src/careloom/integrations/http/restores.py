"""Endpoints of restores: prepare one, hand the archive in, run it, watch it, forget it."""

from typing import Any

from litestar import Request, delete, get, post, put
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody

from careloom.integrations.commands.restores import (
    prepare_restore,
    remove_restore,
    require_waiting,
    start_restore,
    take_archive,
)
from careloom.integrations.commands.returning import handed_in
from careloom.integrations.commands.uploads import ARCHIVES, MAX_ARCHIVE_BYTES
from careloom.integrations.queries.restores import get_restore, list_restores
from careloom.integrations.types import NewRestore, Restore, RestoreId
from careloom.platform.file_parts import delete_parts, put_parts
from careloom.platform.paging import Page
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit


@get("/restores", summary="Restores, newest first")
async def get_restores(unit: Unit, limit: Limit = 50, after: After = None) -> Page[Restore]:
    """Each with its state, and how far it is."""
    return await unit.read(lambda tx: list_restores(tx, unit.actor, limit, after))


@post("/restores", summary="Prepare a restore")
async def post_restore(unit: Unit, data: JSONBody[NewRestore]) -> Restore:
    """It waits for the archive of a client that is not in this installation."""
    return await unit.write(lambda tx: prepare_restore(tx, unit.actor, data))


@get("/restores/{restore_id:uuid}", summary="A restore")
async def get_one_restore(unit: Unit, restore_id: FromPath[RestoreId]) -> Restore:
    """Its state, how far it is, and what the archive holds."""
    return await unit.read(lambda tx: get_restore(tx, unit.actor, restore_id))


@put("/restores/{restore_id:uuid}/archive", request_max_body_size=MAX_ARCHIVE_BYTES, summary="Hand the archive in")
async def put_archive(unit: Unit, restore_id: FromPath[RestoreId], request: Request[Any, Any, State]) -> Restore:
    """The tar file itself as the body; then a dry run restores all of it and keeps nothing."""
    async with unit.transaction() as tx:
        one = await require_waiting(tx, unit.actor, restore_id)
        name = await ARCHIVES.begin(tx, one.id)
    files = handed_in(unit.runtime)
    try:
        stored = await put_parts(files, ARCHIVES.key(one.id, one.id, name), request.stream(), MAX_ARCHIVE_BYTES)
        return await unit.write(lambda tx: take_archive(tx, unit.actor, restore_id, name, stored))
    finally:
        async with unit.transaction() as tx:
            await ARCHIVES.end(tx, files, one.id, one.id, name)


@post("/restores/{restore_id:uuid}/run", status_code=200, summary="Restore the client")
async def post_run(unit: Unit, restore_id: FromPath[RestoreId]) -> Restore:
    """Writes everything, or nothing, after a dry run has gone through."""
    return await unit.write(lambda tx: start_restore(tx, unit.actor, restore_id))


@delete("/restores/{restore_id:uuid}", summary="Forget a restore")
async def delete_restore(unit: Unit, restore_id: FromPath[RestoreId]) -> None:
    """With its archive; what was restored stays."""
    for file in await unit.write(lambda tx: remove_restore(tx, unit.actor, restore_id)):
        await delete_parts(handed_in(unit.runtime), file.key, file.parts)


handlers: list[Any] = [get_restores, post_restore, get_one_restore, put_archive, post_run, delete_restore]
