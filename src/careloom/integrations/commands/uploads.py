"""Where an import's file lies: each upload under a name of its own, until one becomes the file; the rest goes."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select, update

from careloom.integrations.errors import ImportStateError
from careloom.integrations.tables import data_import
from careloom.integrations.types import Import
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.file_parts import PART_BYTES, StoredParts, delete_parts
from careloom.platform.files import FileStore
from careloom.platform.ids import new_id
from careloom.platform.wire import from_plain, to_plain

MAX_IMPORT_BYTES: Final = 2_000_000_000
_MOST_PARTS: Final = MAX_IMPORT_BYTES // PART_BYTES + 1
_LASTS: Final = timedelta(days=1)
"""How long an upload may take."""

_I = data_import.c


class StoredFile(Struct, frozen=True):
    """An import's file in the store; without parts there is none."""

    key: str
    parts: int


class Loose(Struct, frozen=True):
    """An upload that is no import's file yet, or not any more; it goes at `until`."""

    name: UUID
    parts: int
    until: datetime


class _Kept(Struct, frozen=True):
    """What lies in the store for an import."""

    client_id: UUID
    import_id: UUID
    name: UUID | None
    parts: int
    loose: list[Loose]


async def begin_upload(tx: Tx, one: Import) -> UUID:
    """The name of an upload to an import. What lies under it goes, unless `taken` makes it the import's file."""
    kept, name = await _held(tx, one.id), new_id()
    if kept is not None:
        await _keep(tx, kept, [*kept.loose, Loose(name, _MOST_PARTS, now() + _LASTS)])
    return name


async def taken(tx: Tx, one: Import, name: UUID, stored: StoredParts) -> dict[str, Any]:
    """What the row of an import says once the upload is its file; the earlier one is to go.

    Raises ImportStateError where the upload was given up meanwhile.
    """
    kept = await _held(tx, one.id)
    if kept is None or name not in {each.name for each in kept.loose}:
        raise ImportStateError("This upload took too long, or was given up meanwhile; hand the file in again.")
    loose = [each for each in kept.loose if each.name != name]
    if kept.name is not None and kept.parts:
        loose.append(Loose(kept.name, kept.parts, now()))
    return {"stored_as": name, "parts": stored.parts, "loose": to_plain(loose)}


async def end_upload(tx: Tx, files: FileStore, one: Import, name: UUID) -> None:
    """Removes what the upload left, unless it became the import's file, and what it took the place of."""
    kept = await _held(tx, one.id)
    known = set[UUID | None]() if kept is None else {kept.name, *(each.name for each in kept.loose)}
    if name not in known:
        await delete_parts(files, parts_key(one.client_id, one.id, name), _MOST_PARTS)
    if kept is not None:
        await _drop(tx, files, kept, lambda each: each.name == name or each.until <= now())


async def file_of(tx: Tx, one: Import) -> StoredFile:
    """Where the import's file lies."""
    where = (_I.client_id == one.client_id, _I.id == one.id)
    row = (await tx.execute(select(_I.stored_as, _I.parts).where(*where))).one()
    return StoredFile(parts_key(one.client_id, one.id, row.stored_as), int(row.parts))


async def files_of(tx: Tx, one: Import) -> list[StoredFile]:
    """Everything that lies in the store for the import: its file, uploads under way and what is to go."""
    kept = await _held(tx, one.id)
    loose = [] if kept is None else kept.loose
    return [await file_of(tx, one), *(StoredFile(parts_key(one.client_id, one.id, x.name), x.parts) for x in loose)]


async def drop_broken(tx: Tx, files: FileStore, most: int) -> None:
    """Removes what uploads to at most `most` imports left that can be under way no more, after a kill, say."""
    due = select(_I.client_id, _I.id, _I.stored_as, _I.parts, _I.loose).where(_I.loose != []).order_by(_I.id)
    for row in (await tx.execute(due.limit(most).with_for_update(skip_locked=True))).all():
        await _drop(tx, files, _kept(row), lambda each: each.until <= now())


async def drop_files(tx: Tx, files: FileStore, import_id: UUID) -> None:
    """Removes the import's file and all uploads; one that is under way is refused at its end."""
    kept = await _held(tx, import_id)
    if kept is not None:
        await _drop(tx, files, kept, lambda _: True)
        await delete_parts(files, parts_key(kept.client_id, import_id, kept.name), kept.parts)


def parts_key(client_id: UUID, import_id: UUID, name: UUID | None) -> str:
    """Where the parts of an import's file are kept."""
    return f"{client_id}/import-{import_id}-{name}"


async def _held(tx: Tx, import_id: UUID) -> _Kept | None:
    statement = select(_I.client_id, _I.id, _I.stored_as, _I.parts, _I.loose).where(_I.id == import_id)
    row = (await tx.execute(statement.with_for_update())).one_or_none()
    return None if row is None else _kept(row)


def _kept(row: Any) -> _Kept:
    return _Kept(row.client_id, row.id, row.stored_as, int(row.parts), from_plain(row.loose, list[Loose]))


async def _drop(tx: Tx, files: FileStore, kept: _Kept, which: Callable[[Loose], bool]) -> None:
    """The bytes go before the row forgets them: after a kill in between they are removed once more."""
    gone = [each for each in kept.loose if which(each)]
    for each in gone:
        await delete_parts(files, parts_key(kept.client_id, kept.import_id, each.name), each.parts)
    if gone:
        await _keep(tx, kept, [each for each in kept.loose if each not in gone])


async def _keep(tx: Tx, kept: _Kept, loose: Sequence[Loose]) -> None:
    where = (_I.client_id == kept.client_id, _I.id == kept.import_id)
    await tx.execute(update(data_import).where(*where).values(loose=to_plain(list(loose))))
