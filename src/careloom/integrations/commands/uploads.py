"""Where files of imports and restores lie: each upload under its own name until it is the file; what is none goes."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Table, select, update

from careloom.integrations.tables import data_import, data_restore
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.file_parts import PART_BYTES, StoredParts, delete_parts
from careloom.platform.files import FileStore
from careloom.platform.ids import new_id
from careloom.platform.wire import from_plain, to_plain

MAX_IMPORT_BYTES: Final = 2_000_000_000
MAX_ARCHIVE_BYTES: Final = 20_000_000_000
_LASTS: Final = timedelta(days=1)
"""How long an upload may take."""


class StoredFile(Struct, frozen=True):
    """A file in the store; without parts there is none."""

    key: str
    parts: int


class Loose(Struct, frozen=True):
    """An upload that is no row's file yet, or not any more; it goes at `until`."""

    name: UUID
    parts: int
    until: datetime


class _Kept(Struct, frozen=True):
    """What lies in the store for a row."""

    id: UUID
    owner: UUID
    name: UUID | None
    parts: int
    loose: list[Loose]


class Uploads:
    """The files of a table's rows, whose keys begin with the id in the column `owner`. The table has the columns
    `stored_as` and `parts` of a row's file, and `loose` of everything else that lies in the store for it.
    """

    def __init__(self, table: Table, owner: str, word: str, most_bytes: int) -> None:
        self._table = table
        self._owner = table.c[owner]
        self._word = word
        self._most_parts = most_bytes // PART_BYTES + 1

    async def begin(self, tx: Tx, row_id: UUID) -> UUID:
        """The name of an upload to a row. What lies under it goes, unless `taken` makes it the row's file."""
        kept, name = await self._held(tx, row_id), new_id()
        if kept is not None:
            await self._keep(tx, kept, [*kept.loose, Loose(name, self._most_parts, now() + _LASTS)])
        return name

    async def taken(self, tx: Tx, row_id: UUID, name: UUID, stored: StoredParts) -> dict[str, Any] | None:
        """What the row says once the upload is its file; the earlier one is to go. None where the upload was given up
        meanwhile.
        """
        kept = await self._held(tx, row_id)
        if kept is None or name not in {each.name for each in kept.loose}:
            return None
        loose = [each for each in kept.loose if each.name != name]
        if kept.name is not None and kept.parts:
            loose.append(Loose(kept.name, kept.parts, now()))
        return {"stored_as": name, "parts": stored.parts, "loose": to_plain(loose)}

    async def end(self, tx: Tx, files: FileStore, owner: UUID, row_id: UUID, name: UUID) -> None:
        """Removes what the upload left, unless it became the row's file, and what it took the place of."""
        kept = await self._held(tx, row_id)
        known = set[UUID | None]() if kept is None else {kept.name, *(each.name for each in kept.loose)}
        if name not in known:
            await delete_parts(files, self.key(owner, row_id, name), self._most_parts)
        if kept is not None:
            await self._drop(tx, files, kept, lambda each: each.name == name or each.until <= now())

    async def file_of(self, tx: Tx, row_id: UUID) -> StoredFile:
        """Where the row's file lies."""
        columns = (self._owner.label("owner"), self._table.c.stored_as, self._table.c.parts)
        row = (await tx.execute(select(*columns).where(self._table.c.id == row_id))).one()
        return StoredFile(self.key(row.owner, row_id, row.stored_as), int(row.parts))

    async def files_of(self, tx: Tx, row_id: UUID) -> list[StoredFile]:
        """Everything that lies in the store for the row: its file, uploads under way and what is to go."""
        kept = await self._held(tx, row_id)
        loose = [] if kept is None else [StoredFile(self._key(kept, each.name), each.parts) for each in kept.loose]
        return [await self.file_of(tx, row_id), *loose]

    async def drop_broken(self, tx: Tx, files: FileStore, most: int) -> None:
        """Removes what uploads to at most `most` rows left that can be under way no more, after a kill, say."""
        c = self._table.c
        due = select(*self._columns()).where(c.loose != []).order_by(c.id)
        for row in (await tx.execute(due.limit(most).with_for_update(skip_locked=True))).all():
            await self._drop(tx, files, _kept(row), lambda each: each.until <= now())

    async def drop_files(self, tx: Tx, files: FileStore, row_id: UUID) -> None:
        """Removes the row's file and all uploads; one that is under way is refused at its end."""
        kept = await self._held(tx, row_id)
        if kept is not None:
            await self._drop(tx, files, kept, lambda _: True)
            await delete_parts(files, self._key(kept, kept.name), kept.parts)

    def key(self, owner: UUID, row_id: UUID, name: UUID | None) -> str:
        """Where the parts of a row's file are kept."""
        return f"{owner}/{self._word}-{row_id}-{name}"

    def _key(self, kept: _Kept, name: UUID | None) -> str:
        return self.key(kept.owner, kept.id, name)

    async def _held(self, tx: Tx, row_id: UUID) -> _Kept | None:
        statement = select(*self._columns()).where(self._table.c.id == row_id)
        row = (await tx.execute(statement.with_for_update())).one_or_none()
        return None if row is None else _kept(row)

    def _columns(self) -> tuple[Any, ...]:
        c = self._table.c
        return (c.id, self._owner.label("owner"), c.stored_as, c.parts, c.loose)

    async def _drop(self, tx: Tx, files: FileStore, kept: _Kept, which: Callable[[Loose], bool]) -> None:
        """The bytes go before the row forgets them: after a kill in between they are removed once more."""
        gone = [each for each in kept.loose if which(each)]
        for each in gone:
            await delete_parts(files, self._key(kept, each.name), each.parts)
        if gone:
            await self._keep(tx, kept, [each for each in kept.loose if each not in gone])

    async def _keep(self, tx: Tx, kept: _Kept, loose: Sequence[Loose]) -> None:
        where = (self._owner == kept.owner, self._table.c.id == kept.id)
        await tx.execute(update(self._table).where(*where).values(loose=to_plain(list(loose))))


IMPORTS: Final = Uploads(data_import, "client_id", "import", MAX_IMPORT_BYTES)
ARCHIVES: Final = Uploads(data_restore, "id", "archive", MAX_ARCHIVE_BYTES)


def _kept(row: Any) -> _Kept:
    return _Kept(row.id, row.owner, row.stored_as, int(row.parts), from_plain(row.loose, list[Loose]))
