"""Forgets what imports and exports keep beside the records themselves: files, previews, reports, archives."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, case, delete, null, select, update

from careloom.integrations.commands.exports import drop_archives, export_parts_key
from careloom.integrations.commands.imports import EDITABLE, FORGOTTEN, WORKING
from careloom.integrations.commands.uploads import IMPORTS
from careloom.integrations.tables import data_import, import_key, import_refusal
from careloom.integrations.types import ImportState
from careloom.platform.database.transactions import Tx
from careloom.platform.disposal import Counts
from careloom.platform.file_parts import delete_parts
from careloom.platform.files import FileStore

_I = data_import.c


class _Kept(Struct, frozen=True):
    """An import that is to forget its file."""

    client_id: UUID
    import_id: UUID


async def forget_stale(tx: Tx, files: FileStore, before: datetime, most: int) -> None:
    """Forgets the files, previews and reports of at most `most` imports that rested since `before`."""
    await _forget(tx, files, await _resting(tx, _I.changed_at < before, limit=most))


async def forget_people(tx: Tx, files: FileStore, client_id: UUID, customer_ids: Sequence[UUID]) -> Counts:
    """Takes these customers out of the client's imports and archives.

    Who stands in a file nobody knows before it is read: those of all imports at rest go, with preview and report, and
    so do archives. What an import gave them is forgotten. The digests of their keys stay, so that an old file does
    not bring them back.
    """
    mine = (import_key.c.client_id == client_id) & import_key.c.record_id.in_(customer_ids)
    given = update(import_key).where(mine, import_key.c.given.is_not(None)).values(given=null())
    counts: Counts = {"import_key": (await tx.execute(given)).rowcount}
    resting = await _resting(tx, _I.client_id == client_id)
    await _forget(tx, files, resting)
    archives = await drop_archives(tx, client_id)
    for export_id, parts in archives:
        await delete_parts(files, export_parts_key(client_id, export_id), parts)
    counts |= {"data_import": len(resting), "data_export": len(archives)}
    return {name: count for name, count in counts.items() if count}


async def _resting(tx: Tx, where: ColumnElement[bool], limit: int | None = None) -> list[_Kept]:
    """Imports that show something of their files, locked; those that work are left alone."""
    refused = import_refusal.c
    told = select(refused.row).where(refused.client_id == _I.client_id, refused.import_id == _I.id).exists()
    shows = (_I.parts > 0) | (_I.loose != []) | (_I.columns != []) | (_I.left_out != []) | told
    due = select(_I.client_id, _I.id).where(where, _I.state.not_in(WORKING), shows)
    due = due.order_by(_I.id).limit(limit).with_for_update(skip_locked=True)
    return [_Kept(row.client_id, row.id) for row in await tx.execute(due)]


async def _forget(tx: Tx, files: FileStore, imports: Sequence[_Kept]) -> None:
    gone: Any = case((_I.state.in_(EDITABLE), ImportState.DRAFT.value), else_=_I.state)
    for one in imports:
        reported = (import_refusal.c.client_id == one.client_id, import_refusal.c.import_id == one.import_id)
        await tx.execute(delete(import_refusal).where(*reported))
        this = (_I.client_id == one.client_id, _I.id == one.import_id)
        await IMPORTS.drop_files(tx, files, one.import_id)
        await tx.execute(update(data_import).where(*this).values(**FORGOTTEN, left_out=[], parts=0, size=0, state=gone))
