"""An export's way: asked for, written part by part, fetched, expired."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import case, select, update

from careloom.integrations.commands.archiving import Progress, begin, steps
from careloom.integrations.errors import ExportExpiredError
from careloom.integrations.events import ExportChanged
from careloom.integrations.queries.exports import EXPORT_COLUMNS, get_export, read_export
from careloom.integrations.tables import data_export
from careloom.integrations.types import Export, ExportId, ExportState, NewExport
from careloom.organizations.queries import get_client, require_served
from careloom.organizations.types import ClientId
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id
from careloom.platform.jobs import defer
from careloom.platform.keys.errors import ShreddedError
from careloom.platform.keys.ring import keys_of
from careloom.platform.texts.text import Text, say
from careloom.platform.wire import to_plain

RUN_EXPORT: Final = "integrations.export"
KEPT: Final = timedelta(days=7)
_LANES: Final = 2


class Written(Struct, frozen=True):
    """An export with what only its job needs."""

    export: Export
    parts: int
    progress: Progress


async def request_export(tx: Tx, actor: Actor, new: NewExport) -> Export:
    """Begins an archive of the client in the background.

    Raises ForbiddenError, NotFoundError, RegionRefusedError; ShreddedError where its keys were destroyed.
    """
    client = await get_client(tx, actor, new.client_id)
    actor.require(Permission.DATA_EXPORT, client_id=client.id)
    await require_served(tx, client.id, files=True)
    if (await keys_of(tx, client.id)).shredded:
        raise ShreddedError(
            "This client's keys were destroyed: what they encrypted is gone, and no archive can be sealed."
        )
    moment = now()
    values = {
        "client_id": client.id,
        "id": new_id(),
        "state": ExportState.RUNNING,
        "total": steps(),
        "progress": to_plain(await begin(tx, client.id)),
        "made_by": actor.person_id,
        "made_by_name": actor.name,
        "made_at": moment,
        "expires_at": moment + KEPT,
    }
    made = read_export((await tx.execute(data_export.insert().values(**values).returning(*EXPORT_COLUMNS))).one())
    await defer(tx, RUN_EXPORT, lock=f"data-{client.id.int % _LANES}", client_id=str(client.id), export_id=str(made.id))
    await audit.record(tx, actor, "data_export.request", made.id, client_id=client.id, after={"client": client.name})
    return made


async def fetch_export(tx: Tx, actor: Actor, export_id: ExportId) -> tuple[Export, int]:
    """An archive that can be fetched, with the number of its parts.

    Raises NotFoundError; ExportExpiredError where it is not ready, or not there any more.
    """
    one = await get_export(tx, actor, export_id)
    if one.state is not ExportState.READY or one.expires_at <= now():
        raise ExportExpiredError
    parts = (await tx.execute(select(data_export.c.parts).where(*_this(one.client_id, one.id)))).scalar_one()
    return one, int(parts)


async def note_fetch(tx: Tx, actor: Actor, one: Export) -> None:
    """Leaves an entry in the audit trail that the archive is handed out: before the first of it is."""
    await audit.record(tx, actor, "data_export.fetch", one.id, client_id=one.client_id)


async def note_fetched(tx: Tx, one: Export) -> None:
    """Notes that the archive was handed out to its end, also where it was removed meanwhile."""
    noted = update(data_export).where(*_this(one.client_id, one.id)).values(fetched_at=now())
    await _tell(tx, read_export((await tx.execute(noted.returning(*EXPORT_COLUMNS))).one()))


async def end_archives(tx: Tx, client_id: UUID) -> None:
    """Expires the client's archives, as nobody can read them any more; their bytes go within the hour. One that is
    being written ends by itself, or is over its time once it is written.
    """
    table = data_export.c
    over: Any = case((table.state == ExportState.READY, ExportState.EXPIRED.value), else_=table.state)
    standing = table.state.in_((ExportState.RUNNING, ExportState.READY))
    ended = update(data_export).where(table.client_id == client_id, standing).values(state=over, expires_at=now())
    for row in await tx.execute(ended.returning(*EXPORT_COLUMNS)):
        await _tell(tx, read_export(row))


async def remove_export(tx: Tx, actor: Actor, export_id: ExportId) -> tuple[Export, int]:
    """Stops an export, or shows a finished one no more; answers the number of parts that are to go. That an archive
    was fetched stays known: whoever has it has it still.
    """
    one = await get_export(tx, actor, export_id)
    gone = {"state": ExportState.EXPIRED, "expires_at": now(), "removed_at": now()}
    removed = update(data_export).where(*_this(one.client_id, one.id)).values(gone)
    parts = (await tx.execute(removed.returning(data_export.c.parts))).scalar_one()
    await audit.record(tx, actor, "data_export.remove", one.id, client_id=one.client_id)
    return one, int(parts)


async def hold_export(tx: Tx, client_id: UUID, export_id: ExportId) -> Written | None:
    """An export that is being written, locked; None where it is not any more."""
    columns = (*EXPORT_COLUMNS, data_export.c.parts, data_export.c.progress)
    statement = select(*columns).where(*_this(client_id, export_id)).with_for_update()
    row = (await tx.execute(statement)).one_or_none()
    if row is None or row.state != ExportState.RUNNING:
        return None
    return Written(read_export(row), row.parts, msgspec.convert(row.progress, Progress, strict=False))


async def note_part(tx: Tx, one: Written, progress: Progress, size: int) -> None:
    """Notes a part of `size` bytes that is in the store."""
    values: dict[str, Any] = {
        "progress": to_plain(progress),
        "parts": one.parts + (size > 0),
        "size": one.export.size + size,
        "done": progress.table,
        "rows": sum(progress.rows.values()),
    }
    await _change(tx, one.export, **values)


async def finish_export(tx: Tx, one: Written) -> None:
    """Makes an archive ready that is written and was read back whole, unless it was removed meanwhile."""
    held = await hold_export(tx, one.export.client_id, one.export.id)
    if held is not None:
        await _change(tx, held.export, state=ExportState.READY, checked_at=now())


async def fail_export(tx: Tx, one: Written, reason: Text) -> None:
    """Ends an export that cannot be written; its parts are to go, at the latest when its time is over."""
    await _change(tx, one.export, state=ExportState.FAILED, error=to_plain(reason), progress={}, size=0)


async def drop_archives(tx: Tx, client_id: UUID) -> list[tuple[ExportId, int]]:
    """Ends all exports of a client because someone was erased; answers them with the parts that are to go."""
    table = data_export.c
    why = to_plain(say("A customer was erased since; ask for a new export."))
    standing = (ExportState.RUNNING, ExportState.READY)
    rows = await tx.execute(
        update(data_export)
        .where(table.client_id == client_id, table.state.in_(standing))
        .values(
            state=ExportState.FAILED,
            error=why,
            progress={},
        )
        .returning(table.id, table.parts)
    )
    return [(row.id, row.parts) for row in rows]


async def take_expired(tx: Tx, most: int) -> list[tuple[ClientId, ExportId, int]]:
    """Marks archives whose time is over; answers them with the parts that are to go."""
    table = data_export.c
    due = (
        select(table.client_id, table.id, table.parts)
        .where(table.expires_at <= now(), (table.parts > 0) | (table.state != ExportState.EXPIRED))
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    statement = (
        update(data_export)
        .where(table.client_id == due.c.client_id, table.id == due.c.id)
        .values(state=ExportState.EXPIRED, parts=0)
        .returning(table.client_id, table.id, due.c.parts)
    )
    return [(row.client_id, row.id, row.parts) for row in await tx.execute(statement)]


async def _change(tx: Tx, one: Export, **values: Any) -> None:
    statement = update(data_export).where(*_this(one.client_id, one.id)).values(**values)
    after = read_export((await tx.execute(statement.returning(*EXPORT_COLUMNS))).one())
    if (after.state, after.done) != (one.state, one.done):
        await _tell(tx, after)


async def _tell(tx: Tx, one: Export) -> None:
    event = ExportChanged(client_id=one.client_id, export_id=one.id, state=one.state, done=one.done, total=one.total)
    await publish(tx, event)


def _this(client_id: UUID, export_id: UUID) -> tuple[Any, Any]:
    return data_export.c.client_id == client_id, data_export.c.id == export_id


def export_parts_key(client_id: UUID, export_id: UUID) -> str:
    """Where the parts of an archive are kept."""
    return f"{client_id}/export-{export_id}"
