"""Endpoints of exports: ask for one, watch it, fetch it, remove it."""

from collections.abc import AsyncIterator
from typing import Any

from anyio import CancelScope
from anyio.lowlevel import checkpoint_if_cancelled
from litestar import delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Stream

from careloom.integrations.commands.exports import (
    export_parts_key,
    fetch_export,
    note_fetch,
    note_fetched,
    remove_export,
    request_export,
)
from careloom.integrations.queries.exports import get_export, list_exports
from careloom.integrations.types import Export, ExportId, NewExport
from careloom.organizations.types import ClientId
from careloom.platform.file_parts import begun, delete_parts, read_parts
from careloom.platform.paging import Page
from careloom.platform.web.http import After, Limit
from careloom.platform.web.static import PRECOMPRESSED
from careloom.platform.web.unit import Unit


@get("/exports", summary="Exports, newest first")
async def get_exports(
    unit: Unit, client_id: FromQuery[ClientId | None] = None, limit: Limit = 50, after: After = None
) -> Page[Export]:
    """Each with its state, how far it is, and until when it can be fetched."""
    return await unit.read(lambda tx: list_exports(tx, unit.actor, client_id, limit, after))


@post("/exports", summary="Export a client")
async def post_export(unit: Unit, data: JSONBody[NewExport]) -> Export:
    """Writes everything of the client into an archive, in the background."""
    return await unit.write(lambda tx: request_export(tx, unit.actor, data))


@get("/exports/{export_id:uuid}", summary="An export")
async def get_one_export(unit: Unit, export_id: FromPath[ExportId]) -> Export:
    """Its state, and how far it is."""
    return await unit.read(lambda tx: get_export(tx, unit.actor, export_id))


@get(
    "/exports/{export_id:uuid}/archive",
    summary="The archive",
    media_type="application/x-tar",
    opt={PRECOMPRESSED: True},
)
async def get_archive(unit: Unit, export_id: FromPath[ExportId]) -> Stream:
    """The tar file, until it expires; who fetches it stands in the audit trail, and in the export once all of it went
    out. Its length is said first: what comes shorter was cut off.
    """
    one, parts = await unit.read(lambda tx: fetch_export(tx, unit.actor, export_id))
    content = await begun(read_parts(unit.runtime.files, export_parts_key(one.client_id, one.id), parts))
    async with unit.transaction() as tx:
        await note_fetch(tx, unit.actor, one)
    headers = {
        "Content-Disposition": f'attachment; filename="client-{one.client_id}.tar"',
        "Content-Length": str(one.size),
    }
    return Stream(_to_the_end(unit, one, content), media_type="application/x-tar", headers=headers)


async def _to_the_end(unit: Unit, one: Export, content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for part in content:
        yield part
    yield b""  # Waits until the last part, too, is out of this process but for a few KB.
    await checkpoint_if_cancelled()
    with CancelScope(shield=True):  # Who has the last byte may leave at once.
        async with unit.transaction() as tx:
            await note_fetched(tx, one)


@delete("/exports/{export_id:uuid}", summary="Remove an export")
async def delete_export(unit: Unit, export_id: FromPath[ExportId]) -> None:
    """Stops it where it is being written, and removes what there is of it."""
    one, parts = await unit.write(lambda tx: remove_export(tx, unit.actor, export_id))
    await delete_parts(unit.runtime.files, export_parts_key(one.client_id, one.id), parts)


handlers: list[Any] = [get_exports, post_export, get_one_export, get_archive, delete_export]
