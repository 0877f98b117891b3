"""Restores the archive of a client into an installation that does not have that client, in one transaction."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Final, Protocol
from uuid import UUID

import msgspec
from sqlalchemy import Table, text
from sqlalchemy.exc import DataError, IntegrityError

from careloom.conversations.queries.files import file_key
from careloom.customers.commands.conform import conform_all
from careloom.integrations.core.archive import (
    FILES,
    LATER,
    Digests,
    Manifest,
    Seen,
    read_lines_member,
    table_of,
)
from careloom.integrations.errors import ArchiveError
from careloom.integrations.queries.archive import (
    OUTSIDE,
    archived_tables,
    opened_columns,
    revision,
    sealed_row,
    written_columns,
)
from careloom.organizations.commands import reserve_case_numbers
from careloom.organizations.events import tell_own_rules
from careloom.organizations.queries import require_served
from careloom.platform import audit
from careloom.platform.access import Actor
from careloom.platform.database.rows import insert_rows
from careloom.platform.database.transactions import Tx
from careloom.platform.file_parts import PART_BYTES
from careloom.platform.keys.ring import add_version, forget, keys_of, masters_of
from careloom.platform.trail.sealing import continue_chain
from careloom.platform.wire import from_json_text, json_text

Rows = list[bytes]
"""Each a JSON object, as it stands in the archive: numbers come back to the last digit."""
Read = Callable[[int, int], Awaitable[bytes]]
"""Bytes of an archive from a place on, at most so many; none behind its end."""
_CASE_NUMBERS: Final = text("SELECT max(number) FROM care_case WHERE client_id = :client")
_MANY: Final = 100_000


class ClientArchive:
    """An archive wherever it lies: read through once to check it, then file by file, and never kept as a whole."""

    def __init__(self, read: Read, seen: Mapping[str, Seen], manifest: Manifest) -> None:
        self.manifest = manifest
        self._read = read
        self._seen = seen

    async def parts(self, table: str) -> AsyncIterator[Rows]:
        """The rows of a table, part by part, in their order; raises ArchiveError."""
        for one in self.manifest.members:
            if table_of(one.name) == table:
                yield await asyncio.to_thread(read_lines_member, one.name, await self._content(one.name))

    async def stored_file(self, file_id: str) -> bytes | None:
        """The bytes of a stored file; None where they were missing already."""
        name = f"{FILES}{file_id}"
        return await self._content(name) if name in self._seen else None

    async def _content(self, name: str) -> bytes:
        return await self._read(self._seen[name].start, self._seen[name].size)


async def open_archive(read: Read, name: str) -> ClientArchive:
    """The archive that `read` gives; raises ArchiveError, which calls it `name`, for what is none or is damaged."""
    digests, place = Digests(name), 0
    while chunk := await read(place, PART_BYTES):
        await asyncio.to_thread(digests.feed, chunk)
        place += len(chunk)
    return ClientArchive(read, digests.seen, await asyncio.to_thread(digests.check))


class Keeper(Protocol):
    """What keeps the archive's stored files: the clients' own store, or nothing where it is a dry run."""

    async def put(self, key: str, content: bytes, *, tx: Tx | None = None) -> None:
        """Keeps `content`."""
        ...


Told = Callable[[int], Awaitable[None]]


async def restore_client(tx: Tx, actor: Actor, files: Keeper, archive: ClientArchive, told: Told | None = None) -> int:
    """Writes every row and file of the archive; answers how many rows. Only for the installation's own operators.

    `told` hears how many rows are written so far.

    Raises ArchiveError where the client is there already, or the archive is of another version's tables, and
    RegionRefusedError where its data may not be kept here.
    """
    manifest, client_id = archive.manifest, UUID(archive.manifest.client_id)
    await _fits(tx, manifest, client_id)
    rows = 0
    try:
        await _outside(tx, archive)
        for table in reversed(archived_tables()):
            async for part in archive.parts(table.name):
                _check_owner(table, part, client_id)
                await _restore_part(tx, table, await _sealed(tx, table, part, client_id))
                rows += len(part)
                if told is not None:
                    await told(rows)
                if table.name == "client":
                    await require_served(tx, client_id, files=True)
                    await add_version(tx, masters_of(tx), client_id, 1)
                    forget(client_id)  # what an attempt that was rolled back had made
                if table.name == "file":
                    await _restore_files(tx, files, archive, client_id, part)
        for table in archived_tables():
            await _restore_later(tx, table, archive, client_id)
    except (IntegrityError, DataError) as error:
        raise ArchiveError(
            "A row contradicts what this installation holds, such as a mail address that another client has; "
            "nothing was restored."
        ) from error
    await conform_all(tx, client_id)
    await _move_numbers(tx, client_id)
    await continue_chain(tx, client_id)
    await tell_own_rules(tx, client_id)
    await audit.record(tx, actor, "client.restore", client_id, after={"rows": rows, "made_at": manifest.made_at})
    return rows


async def _fits(tx: Tx, manifest: Manifest, client_id: UUID) -> None:
    here = await revision(tx)
    if manifest.schema != here:
        raise ArchiveError(
            "The archive holds tables of revision {revision}, this installation has {here}; "
            "restore it with the version that wrote it, then upgrade.",
            revision=manifest.schema,
            here=here,
        )
    found = await tx.execute(text("SELECT 1 FROM client WHERE id = :client"), {"client": client_id})
    if found.first() is not None:
        raise ArchiveError("The client {name} is in this installation already.", name=manifest.client_name)


async def _outside(tx: Tx, archive: ClientArchive) -> None:
    """Providers and people whom the rows name: those who are not here are made, unable to sign in."""
    tables = {table.name: table for table in archived_tables()}
    person = tables["person"]
    provider = next(key.column.table for key in person.c.provider_id.foreign_keys)
    async for part in archive.parts("outside-provider"):
        await insert_rows(tx, provider, OUTSIDE["provider"], _raw(part), on_conflict="ON CONFLICT DO NOTHING")
    async for part in archive.parts("outside-person"):
        people = [
            {**one, "client_id": None, "email": f"{one['id']}@restored.invalid", "active": False}
            for one in map(from_json_text, part)
        ]
        columns = ("id", "name", "provider_id", "client_id", "email", "active")
        await insert_rows(tx, person, columns, people, on_conflict="ON CONFLICT (id) DO NOTHING")


async def _restore_part(tx: Tx, table: Table, part: Rows) -> None:
    later = LATER.get(table.name, ())
    columns = [one for one in written_columns(table) if one not in later]
    await insert_rows(tx, table, columns, _raw(part))


async def _sealed(tx: Tx, table: Table, part: Rows, client_id: UUID) -> Rows:
    if not opened_columns(table):
        return part
    keys = await keys_of(tx, client_id)
    return [json_text(sealed_row(keys, table, from_json_text(line))).encode() for line in part]


def _check_owner(table: Table, part: Rows, client_id: UUID) -> None:
    """A restore passes by the policies that keep clients apart, so that it looks itself whose each row is."""
    owner = "id" if table.name == "client" else "client_id"
    try:
        strange = any(from_json_text(row)[owner] != str(client_id) for row in part)
    except (msgspec.DecodeError, KeyError, TypeError) as error:
        raise ArchiveError("A row of {table} cannot be read.", table=str(table.name)) from error
    if strange:
        raise ArchiveError(
            "A row of {table} belongs to another client than the archive; nothing was restored.", table=table.name
        )


def _raw(part: Rows) -> list[msgspec.Raw]:
    return [msgspec.Raw(one) for one in part]


async def _restore_later(tx: Tx, table: Table, archive: ClientArchive, client_id: UUID) -> None:
    for column in LATER.get(table.name, ()):
        statement = text(
            f'UPDATE "{table.name}" t SET {column} = one.{column} '  # noqa: S608
            f"FROM json_to_recordset(CAST(:rows AS json)) AS one (id uuid, {column} uuid) "
            f"WHERE t.client_id = :client AND t.id = one.id AND one.{column} IS NOT NULL"
        )
        async for part in archive.parts(table.name):
            await tx.execute(statement, {"rows": json_text(_raw(part)), "client": client_id})


async def _restore_files(tx: Tx, files: Keeper, archive: ClientArchive, client_id: UUID, part: Rows) -> None:
    for row in map(from_json_text, part):
        content = await archive.stored_file(row["id"])
        if content is None:
            continue
        if hashlib.sha256(content).hexdigest() != row["sha256"]:
            raise ArchiveError("The file {id} is damaged: its digest is not that of its row.", id=row["id"])
        await files.put(file_key(client_id, UUID(row["id"])), content, tx=tx)


async def _move_numbers(tx: Tx, client_id: UUID) -> None:
    """The next case gets the number after the last one that was restored."""
    left = int((await tx.execute(_CASE_NUMBERS, {"client": client_id})).scalar_one() or 0)
    while left > 0:
        await reserve_case_numbers(tx, client_id, min(left, _MANY))
        left -= _MANY
