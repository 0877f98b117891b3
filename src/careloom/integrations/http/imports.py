"""Endpoints of imports: prepare, hand in the file, set, check, run, watch, take back."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from litestar import Request, delete, get, patch, post, put
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Stream
from msgspec.structs import replace

from careloom.integrations.commands.imports import (
    cancel_import,
    change_import,
    prepare_import,
    remove_import,
    require_changeable,
    require_import,
    start_work,
    take_file,
)
from careloom.integrations.commands.uploads import IMPORTS, MAX_IMPORT_BYTES
from careloom.integrations.core.detect import SAMPLE_BYTES
from careloom.integrations.core.look import look_at
from careloom.integrations.queries.imports import get_import, list_imports, list_refusals
from careloom.integrations.types import (
    Import,
    ImportChanges,
    ImportId,
    ImportState,
    LeftOut,
    NewImport,
    Outcome,
    Refusal,
)
from careloom.organizations.types import ClientId
from careloom.platform.access import Actor
from careloom.platform.file_parts import delete_parts, put_parts, read_parts
from careloom.platform.paging import Page
from careloom.platform.reads import Read
from careloom.platform.texts.languages import Language
from careloom.platform.texts.text import render, say
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit, UnitOfWork

_REPORT_PAGE: Final = 1000
Wanted = Annotated[Language | None, QueryParameter(description="That of the reasons; else as `Accept-Language` says.")]
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")


@get("/imports", summary="Imports, newest first")
async def get_imports(
    unit: Unit, client_id: FromQuery[ClientId | None] = None, limit: Limit = 50, after: After = None
) -> Page[Import]:
    """Each with its state, how far it is, and what it made; without what it shows of its file."""
    return await unit.read(lambda tx: list_imports(tx, unit.actor, client_id, limit, after))


@post("/imports", summary="Prepare an import")
async def post_import(unit: Unit, data: JSONBody[NewImport]) -> Import:
    """It waits for its file."""
    return await unit.write(lambda tx: prepare_import(tx, unit.actor, data))


@get("/imports/{import_id:uuid}", summary="An import")
async def get_one_import(unit: Unit, import_id: FromPath[ImportId]) -> Import:
    """Its state, how far it is, what it made, and what a dry run found."""
    return await _opened(unit, import_id)


async def _opened(unit: UnitOfWork, import_id: ImportId) -> Import:
    """The import, noted as read: what it shows of its file is personal data."""
    return await unit.read(
        lambda tx: get_import(tx, unit.actor, import_id),
        noting=lambda one: [Read("data_import.read", one.id, one.client_id)],
    )


@put("/imports/{import_id:uuid}/file", request_max_body_size=MAX_IMPORT_BYTES, summary="Hand in the file")
async def put_import_file(unit: Unit, import_id: FromPath[ImportId], request: Request[Any, Any, State]) -> Import:
    """The file itself as the body; it is stored beside the earlier one as it streams in, whose place it takes once it
    is whole.
    """
    async with unit.transaction() as tx:
        one = await require_import(tx, unit.actor, import_id)
        name = await IMPORTS.begin(tx, one.id)
    files, sample = unit.runtime.files, bytearray()

    async def content() -> AsyncIterator[bytes]:
        async for chunk in request.stream():
            if len(sample) < SAMPLE_BYTES:
                sample.extend(chunk[: SAMPLE_BYTES - len(sample)])
            yield chunk

    try:
        stored = await put_parts(files, IMPORTS.key(one.client_id, one.id, name), content(), MAX_IMPORT_BYTES)
        look = look_at(one.name, bytes(sample))
        return await unit.write(lambda tx: take_file(tx, unit.actor, import_id, name, stored, look))
    finally:
        async with unit.transaction() as tx:
            await IMPORTS.end(tx, files, one.client_id, one.id, name)


@patch("/imports/{import_id:uuid}", summary="Change how the file is read")
async def patch_import(unit: Unit, import_id: FromPath[ImportId], data: JSONBody[ImportChanges]) -> Import:
    """Format, encoding, columns and the like; asks for a new dry run."""
    one = await unit.read(lambda tx: require_changeable(tx, unit.actor, import_id))
    sample: bytes | None = None
    if one.size:
        file = await unit.read(lambda tx: IMPORTS.file_of(tx, one.id))
        async for content in read_parts(unit.runtime.files, file.key, 1):
            sample = content[:SAMPLE_BYTES]
    return await unit.write(lambda tx: change_import(tx, unit.actor, import_id, data, sample))


@post("/imports/{import_id:uuid}/check", status_code=200, summary="Start a dry run")
async def post_import_check(unit: Unit, import_id: FromPath[ImportId]) -> Import:
    """Reads the whole file and says what would be made, matched and refused; writes nothing of it."""
    return await unit.write(lambda tx: start_work(tx, unit.actor, import_id, ImportState.CHECKING))


@post("/imports/{import_id:uuid}/run", status_code=200, summary="Run the import")
async def post_import_run(unit: Unit, import_id: FromPath[ImportId]) -> Import:
    """Takes the file over after a dry run, or goes on after it was cancelled."""
    return await unit.write(lambda tx: start_work(tx, unit.actor, import_id, ImportState.RUNNING))


@post("/imports/{import_id:uuid}/cancel", status_code=200, summary="Cancel a dry run or a run")
async def post_import_cancel(unit: Unit, import_id: FromPath[ImportId]) -> Import:
    """What was taken over stays, and can be taken back."""
    return await unit.write(lambda tx: cancel_import(tx, unit.actor, import_id))


@post("/imports/{import_id:uuid}/undo", status_code=200, summary="Take an import back")
async def post_import_undo(unit: Unit, import_id: FromPath[ImportId]) -> Import:
    """Removes what it made, unless somebody has worked on that since; `error` says so then."""
    return await unit.write(lambda tx: start_work(tx, unit.actor, import_id, ImportState.UNDOING))


@delete("/imports/{import_id:uuid}", summary="Remove an import")
async def delete_import(unit: Unit, import_id: FromPath[ImportId]) -> None:
    """Forgets an import that has made nothing, with its file."""
    for file in await unit.write(lambda tx: remove_import(tx, unit.actor, import_id)):
        await delete_parts(unit.runtime.files, file.key, file.parts)


@get("/imports/{import_id:uuid}/refusals", summary="What was not taken over")
async def get_refusals(
    unit: Unit, import_id: FromPath[ImportId], limit: Limit = 50, after: After = None
) -> Page[Refusal]:
    """Entries with their place in the file and the reason, in its order."""
    one = await _opened(unit, import_id)
    return await unit.read(lambda tx: list_refusals(tx, unit.actor, one, limit, after))


@get("/imports/{import_id:uuid}/report", summary="The report as CSV", media_type="text/csv")
async def get_report(unit: Unit, import_id: FromPath[ImportId], language: Wanted = None) -> Stream:
    """Fields that no attribute is for, without a row; then every entry that was not taken over, or not whole: its
    place in the file, its key and the reason.
    """
    one = await _opened(unit, import_id)
    headers = {"Content-Disposition": f'attachment; filename="import-{one.id}.csv"'}
    reader = replace(unit.actor, language=language or unit.actor.language)
    return Stream(_report(unit, reader, one), media_type="text/csv; charset=utf-8", headers=headers)


async def _report(unit: UnitOfWork, reader: Actor, one: Import) -> AsyncIterator[str]:
    yield "row,key,outcome,reason\r\n"
    yield "".join(_line("", one.name or "…", Outcome.CHANGED, _lacks(one, reader)) for one in one.left_out)
    after: str | None = None
    more = True
    while more:
        async with unit.transaction() as tx:
            page = await list_refusals(tx, reader, one, _REPORT_PAGE, after)
        yield "".join(_line(each.row, each.key, each.outcome, each.reason) for each in page.items)
        after, more = page.next, page.next is not None


def _lacks(one: LeftOut, reader: Actor) -> str:
    return render(
        say(
            "No attribute is for this field; customers who have it: {number}. Add one of its name and import the file"
            " again.",
            number=one.rows,
        ),
        reader.language,
    )


def _line(row: int | str, *words: str) -> str:
    """A cell that a spreadsheet would run as a formula is marked as text."""
    text = io.StringIO()
    csv.writer(text).writerow([row, *(f"'{cell}" if cell.startswith(_DANGEROUS) else cell for cell in words)])
    return text.getvalue()


handlers: list[Any] = [
    get_imports,
    post_import,
    get_one_import,
    put_import_file,
    patch_import,
    post_import_check,
    post_import_run,
    post_import_cancel,
    post_import_undo,
    delete_import,
    get_refusals,
    get_report,
]
