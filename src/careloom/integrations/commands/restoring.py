"""Restores the archive of a client into an installation that does not have that client, in one transaction."""

import contextlib
import hashlib
import tarfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
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
    MANIFEST,
    Manifest,
    check_members,
    read_lines_member,
    read_manifest,
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
from careloom.platform.keys.ring import add_version, forget, keys_of, masters_of
from careloom.platform.trail.sealing import continue_chain
from careloom.platform.wire import from_json_text, json_text

Rows = list[bytes]
"""Each a JSON object, as it stands in the archive: numbers come back to the last digit."""
_CASE_NUMBERS: Final = text("SELECT max(number) FROM care_case WHERE client_id = :client")
_MANY: Final = 100_000


class ClientArchive:
    """An archive on disk: read as a whole once to check it, then member by member."""

    def __init__(self, path: Path) -> None:
        """Raises ArchiveError for what is no archive, or is damaged."""
        with contextlib.ExitStack() as stack:
            try:
                # Neither packed as a whole nor with holes: nothing in it is larger than it is itself.
                self._tar = stack.enter_context(tarfile.open(path, "r:"))
                self._members = {one.name: one for one in self._tar if one.isfile() and not one.issparse()}
                self.manifest = read_manifest(self._content(MANIFEST))
                check_members(self.manifest, self._digest)
            except (OSError, EOFError, tarfile.TarError, KeyError, msgspec.DecodeError) as error:
                why = type(error).__name__
                raise ArchiveError(
                    "{file} is no whole archive of a client ({why}).", file=path.name, why=why
                ) from error
            stack.pop_all()

    def parts(self, table: str) -> Iterator[Rows]:
        """The rows of a table, part by part, in their order."""
        for one in self.manifest.members:
            if table_of(one.name) == table:
                yield read_lines_member(one.name, self._content(one.name))

    def stored_file(self, file_id: str) -> bytes | None:
        """The bytes of a stored file; None where they were missing already."""
        return self._content(f"{FILES}{file_id}") if f"{FILES}{file_id}" in self._members else None

    def close(self) -> None:
        """Closes the file."""
        self._tar.close()

    def _content(self, name: str) -> bytes:
        found = self._tar.extractfile(self._members[name])
        if found is None:
            raise KeyError(name)
        return found.read()

    def _digest(self, name: str) -> str | None:
        return hashlib.sha256(self._content(name)).hexdigest() if name in self._members else None


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
            for part in archive.parts(table.name):
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
    for part in archive.parts("outside-provider"):
        await insert_rows(tx, provider, OUTSIDE["provider"], _raw(part), on_conflict="ON CONFLICT DO NOTHING")
    for part in archive.parts("outside-person"):
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
        for part in archive.parts(table.name):
            await tx.execute(statement, {"rows": json_text(_raw(part)), "client": client_id})


async def _restore_files(tx: Tx, files: Keeper, archive: ClientArchive, client_id: UUID, part: Rows) -> None:
    for row in map(from_json_text, part):
        content = archive.stored_file(row["id"])
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
