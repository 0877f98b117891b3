"""An import's way: prepared, its file taken in and looked at, checked, run, cancelled, taken back, removed."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from msgspec import UNSET
from sqlalchemy import delete, select, update

from careloom.channels.queries.mail import own_addresses
from careloom.customers.queries.schema import get_attribute_schema
from careloom.integrations.commands.uploads import IMPORTS, StoredFile
from careloom.integrations.core.accept import clean
from careloom.integrations.core.entries import Item
from careloom.integrations.core.look import Look, check_options, columns_of, guessed_options, shown
from careloom.integrations.core.verdict import KeptLine, Verdict, count, left_out, preview_line, refusals
from careloom.integrations.errors import ImportStateError
from careloom.integrations.events import ImportChanged
from careloom.integrations.queries.imports import IMPORT_COLUMNS, get_import, read_import
from careloom.integrations.tables import data_import, import_key, import_refusal
from careloom.integrations.types import (
    Format,
    Import,
    ImportChanges,
    ImportCounts,
    ImportId,
    ImportOptions,
    ImportState,
    NewImport,
    Outcome,
)
from careloom.organizations.queries import as_stored, get_program, privacy_of, require_served
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.rows import insert_rows
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.eventlog.event import publish
from careloom.platform.file_parts import StoredParts
from careloom.platform.ids import new_id
from careloom.platform.jobs import defer
from careloom.platform.redaction.types import Policy
from careloom.platform.texts.languages import Language
from careloom.platform.texts.text import Text, say
from careloom.platform.wire import from_plain, to_plain

RUN_IMPORT: Final = "integrations.import"
_LANES: Final = 2
_PREVIEW: Final = 100
EDITABLE: Final = (ImportState.READY, ImportState.CHECKED, ImportState.FAILED)
OVER: Final = (ImportState.DONE, ImportState.UNDONE)
"""The file is not needed any more."""
WORKING: Final = (ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING)
_AT: Final = {
    ImportState.CHECKING: (*EDITABLE,),
    ImportState.RUNNING: (ImportState.CHECKED, ImportState.CANCELLED),
    ImportState.UNDOING: (ImportState.DONE, ImportState.CANCELLED, ImportState.FAILED),
}
FORGOTTEN: Final[dict[str, Any]] = {"preview": [], "columns": []}
"""What an import shows of its file, gone."""
_INSTEAD: Final = {
    ImportState.CHECKING: say("Give it a file first, and let what it is doing come to its end."),
    ImportState.RUNNING: say("Start a dry run first, and let it come to its end."),
    ImportState.UNDOING: say("Only an import that has run can be taken back."),
}


async def prepare_import(tx: Tx, actor: Actor, new: NewImport) -> Import:
    """An import into a program, waiting for its file. Raises NotFoundError, ForbiddenError, RegionRefusedError."""
    program = await get_program(tx, actor, new.program_id)
    actor.require(Permission.DATA_IMPORT, client_id=program.client_id, program_id=program.id)
    await require_served(tx, program.client_id, files=True)
    values = {
        "client_id": program.client_id,
        "id": new_id(),
        "program_id": program.id,
        "name": clean(new.name),
        "format": Format.CSV,
        "options": to_plain(ImportOptions()),
        "state": ImportState.DRAFT,
        "counts": to_plain(ImportCounts()),
        "made_by": actor.person_id,
        "made_by_name": actor.name,
    }
    values = await as_stored(tx, program.client_id, data_import, values)
    made = read_import((await tx.execute(data_import.insert().values(**values).returning(*IMPORT_COLUMNS))).one())
    await audit.record(
        tx, actor, "data_import.prepare", made.id, client_id=made.client_id, after={"program_id": program.id}
    )
    return made


async def require_import(tx: Tx, actor: Actor, import_id: ImportId) -> Import:
    """An import that waits for a file, or whose file may be replaced; raises NotFoundError, ImportStateError."""
    one = await get_import(tx, actor, import_id)
    if one.state not in (ImportState.DRAFT, *EDITABLE) or one.done:
        raise ImportStateError("This import has begun; prepare another one for another file.")
    return one


async def require_changeable(tx: Tx, actor: Actor, import_id: ImportId) -> Import:
    """An import whose reading may be changed; raises NotFoundError, ImportStateError."""
    one = await get_import(tx, actor, import_id)
    if one.state not in EDITABLE or one.done:
        raise ImportStateError("How the file is read can be changed before the import runs.")
    return one


async def take_file(tx: Tx, actor: Actor, import_id: ImportId, name: UUID, stored: StoredParts, look: Look) -> Import:
    """Makes the upload `name` the import's file, and notes how it is to be read, as far as that shows.

    What a dry run said of an earlier file goes. Raises NotFoundError, ImportStateError.
    """
    one = await require_import(tx, actor, await _hold(tx, import_id))
    schema = await get_attribute_schema(tx, actor, one.client_id)
    options = guessed_options(look, schema, await own_addresses(tx, actor, one.client_id))
    taken = await IMPORTS.taken(tx, one.id, name, stored)
    if taken is None:
        raise ImportStateError("This upload took too long, or was given up meanwhile; hand the file in again.")
    values = {
        **taken,
        "size": stored.size,
        "format": look.format,
        "options": to_plain(options),
        "columns": to_plain(shown(look.columns, options, await privacy_of(tx, one.client_id), schema)),
        "state": ImportState.READY,
    }
    after = await _change(tx, one, **values, **_FRESH)
    await audit.record(tx, actor, "data_import.take_file", one.id, client_id=one.client_id, after={"size": stored.size})
    return after


async def change_import(
    tx: Tx, actor: Actor, import_id: ImportId, changes: ImportChanges, sample: bytes | None
) -> Import:
    """Changes how the file is read, which asks for a new dry run. `sample` is the file's start, where there is one.

    What the columns hold is guessed anew where they may have become others.
    """
    one = await require_changeable(tx, actor, await _hold(tx, import_id))
    options = one.options if changes.options is UNSET else changes.options
    check_options(options)
    kind = one.format if changes.format is UNSET else changes.format
    columns = one.columns
    if sample is not None:
        schema = await get_attribute_schema(tx, actor, one.client_id)
        found = columns_of(sample, kind, options)
        if _way(kind, options) != _way(one.format, one.options) and options.fields == one.options.fields:
            options = guessed_options(Look(kind, options, found), schema, await own_addresses(tx, actor, one.client_id))
        columns = shown(found, options, await privacy_of(tx, one.client_id), schema)
    values = {"options": to_plain(options), "format": kind, "columns": to_plain(columns), "state": ImportState.READY}
    after = await _change(tx, one, **values, **_FRESH)
    before, now_so = ({"format": each.format, "options": each.options} for each in (one, after))
    await audit.record(tx, actor, "data_import.change", one.id, client_id=one.client_id, before=before, after=now_so)
    return after


def _way(kind: Format, options: ImportOptions) -> tuple[str, ...]:
    """What decides which columns there are and what they can hold."""
    return kind, options.target, options.encoding, options.delimiter


async def start_work(tx: Tx, actor: Actor, import_id: ImportId, work: ImportState) -> Import:
    """Lets the import be checked, run or taken back in the background. Raises ImportStateError, NotFoundError."""
    one = await get_import(tx, actor, await _hold(tx, import_id))
    if one.state not in _AT[work] or (work is ImportState.CHECKING and one.state is ImportState.FAILED and one.done):
        raise ImportStateError(_INSTEAD[work])
    values: dict[str, Any] = {"state": work, "error": None}
    if work is ImportState.CHECKING or (work is ImportState.RUNNING and one.state is ImportState.CHECKED):
        await tx.execute(delete(import_refusal).where(*_mine(import_refusal, one)))
        values |= {"done": 0, "counts": to_plain(ImportCounts()), "left_out": []}
        values |= {"total": 0, "preview": []} if work is ImportState.CHECKING else {}
    after = await _change(tx, one, actor.language, **values)
    lane = f"data-{one.client_id.int % _LANES}"
    await defer(tx, RUN_IMPORT, lock=lane, client_id=str(one.client_id), import_id=str(one.id))
    await audit.record(tx, actor, f"data_import.{_VERBS[work]}", one.id, client_id=one.client_id)
    return after


async def cancel_import(tx: Tx, actor: Actor, import_id: ImportId) -> Import:
    """Stops a dry run, or a run after the part that it is at: what was taken over stays. Raises ImportStateError."""
    one = await get_import(tx, actor, await _hold(tx, import_id))
    stops = {ImportState.CHECKING: ImportState.READY, ImportState.RUNNING: ImportState.CANCELLED}
    if one.state not in stops:
        raise ImportStateError("Nothing of this import is running.")
    after = await _change(tx, one, actor.language, state=stops[one.state])
    await audit.record(tx, actor, "data_import.cancel", one.id, client_id=one.client_id)
    return after


async def remove_import(tx: Tx, actor: Actor, import_id: ImportId) -> list[StoredFile]:
    """Forgets an import that has made nothing, or nothing any more; answers what is to go of the file store."""
    one = await get_import(tx, actor, await _hold(tx, import_id))
    keys = await tx.execute(select(import_key.c.key).where(*_mine(import_key, one)).limit(1))
    if one.state in WORKING or keys.first() is not None:
        raise ImportStateError("Take the import back first; what it made is known by it.")
    where = (data_import.c.client_id == one.client_id, data_import.c.id == one.id)
    files = await IMPORTS.files_of(tx, one.id)
    await tx.execute(delete(import_refusal).where(*_mine(import_refusal, one)))
    await tx.execute(delete(data_import).where(*where))
    await audit.record(tx, actor, "data_import.remove", one.id, client_id=one.client_id)
    return files


async def lock_import(tx: Tx, actor: Actor, known: Import) -> Import | None:
    """The import, locked, if nothing has happened to it since it was as `known`; None where something has."""
    try:
        one = await get_import(tx, actor, await _hold(tx, known.id))
    except NotFoundError:
        return None
    same = (one.state, one.done, one.changed_at) == (known.state, known.done, known.changed_at)
    return one if same else None


async def note_progress(tx: Tx, one: Import, verdicts: Sequence[Verdict], items: Sequence[Item]) -> Import:
    """Adds up what became of the next `items` of a locked import, and tells who looks on."""
    policy = await privacy_of(tx, one.client_id)
    rows = [{"client_id": one.client_id, "import_id": one.id, **to_plain(each)} for each in refusals(verdicts, policy)]
    columns = ("client_id", "import_id", "row", "number", "key", "outcome", "reason")
    await insert_rows(tx, import_refusal, columns, rows, on_conflict="ON CONFLICT DO NOTHING")
    values: dict[str, Any] = {
        "done": one.done + len(items),
        "counts": to_plain(count(one.counts, verdicts)),
        "left_out": to_plain(left_out(one.left_out, verdicts, policy)),
    }
    if one.state is ImportState.CHECKING:
        values["preview"] = to_plain(_preview(await _lines_of(tx, one), verdicts, policy))
    return await _change(tx, one, **values)


async def restart(tx: Tx, one: Import, total: int) -> Import:
    """Lets the dry run of a locked import begin from the start; its file holds `total` entries."""
    await tx.execute(delete(import_refusal).where(*_mine(import_refusal, one)))
    values: dict[str, Any] = {**_FRESH, "total": total}
    return await _change(tx, one, **values)


async def settle(tx: Tx, one: Import, state: ImportState, error: Text | None = None) -> Import:
    """Ends what a locked import does; a dry run knows how many entries there are."""
    values: dict[str, Any] = {"state": state, "error": None if error is None else to_plain(error)}
    if state is ImportState.CHECKED:
        values |= {"total": one.done, "done": 0}
    if state in OVER:
        values |= {**FORGOTTEN, "parts": 0}
    if state is ImportState.UNDONE:
        values |= {"done": 0, "counts": to_plain(ImportCounts()), "left_out": []}
    return await _change(tx, one, **values)


async def _lines_of(tx: Tx, one: Import) -> list[KeptLine]:
    where = (data_import.c.client_id == one.client_id, data_import.c.id == one.id)
    return from_plain((await tx.execute(select(data_import.c.preview).where(*where))).scalar_one(), list[KeptLine])


def _preview(before: Sequence[KeptLine], verdicts: Sequence[Verdict], policy: Policy) -> list[KeptLine]:
    """The first lines; of a long file rather those that need a look."""
    lines = [*before, *(preview_line(one, policy) for one in verdicts)]
    if len(lines) <= _PREVIEW:
        return lines
    wrong = [one for one in lines if one.outcome in (Outcome.REFUSED, Outcome.CHANGED)][: _PREVIEW // 2]
    fine = [one for one in lines if one.outcome not in (Outcome.REFUSED, Outcome.CHANGED)][: _PREVIEW - len(wrong)]
    return sorted([*wrong, *fine], key=lambda one: one.row)


async def _hold(tx: Tx, import_id: ImportId) -> ImportId:
    await tx.execute(select(data_import.c.id).where(data_import.c.id == import_id).with_for_update())
    return import_id


async def _change(tx: Tx, one: Import, language: Language = Language.EN, **values: Any) -> Import:
    where = (data_import.c.client_id == one.client_id, data_import.c.id == one.id)
    statement = update(data_import).where(*where).values(**values, changed_at=now()).returning(*IMPORT_COLUMNS)
    after = read_import((await tx.execute(statement)).one(), language)
    await publish(
        tx,
        ImportChanged(
            client_id=after.client_id,
            import_id=after.id,
            program_id=after.program_id,
            state=after.state,
            done=after.done,
            total=after.total,
        ),
    )
    return after


def _mine(table: Any, one: Import) -> tuple[Any, Any]:
    return table.c.client_id == one.client_id, table.c.import_id == one.id


_FRESH: Final[dict[str, Any]] = {
    "total": 0,
    "done": 0,
    "counts": to_plain(ImportCounts()),
    "left_out": [],
    "preview": [],
    "error": None,
}
_VERBS: Final = {ImportState.CHECKING: "check", ImportState.RUNNING: "run", ImportState.UNDOING: "undo"}
