"""`careloom export client` and `careloom import client`: everything of a client into one file, and out of it."""

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from careloom.cli.session import with_database
from careloom.integrations.commands.archiving import begin, next_piece
from careloom.integrations.commands.restoring import open_archive, restore_client
from careloom.integrations.core.archive import Manifest
from careloom.organizations.queries import list_clients
from careloom.organizations.types import Client
from careloom.platform import audit
from careloom.platform.access import system_actor
from careloom.platform.database.transactions import Database
from careloom.platform.errors import TerminalError
from careloom.platform.files import open_files
from careloom.platform.keys.files import ClientFiles

_ACTOR: Final = system_actor("careloom export")


class FileThereError(TerminalError):
    """The file is there already. Name another one, or move it away."""


def declare_export(parser: argparse.ArgumentParser) -> None:
    """The options of `careloom export`."""
    parser.add_argument("what", choices=("client",), help="everything of one client")
    parser.add_argument("client", help="the client's name or id")
    parser.add_argument("file", type=Path, help="the archive to write (.tar)")


def declare_import(parser: argparse.ArgumentParser) -> None:
    """The options of `careloom import`."""
    parser.add_argument("what", choices=("client",), help="everything of one client")
    parser.add_argument("file", type=Path, help="an archive that `careloom export client` or the API wrote")


def run_export(options: argparse.Namespace) -> int:
    """Writes the archive beside its name first, so that a broken one is never taken for a whole one."""
    if options.file.exists():
        raise FileThereError
    beside: Path = options.file.with_name(f"{options.file.name}.part")
    rows = with_database(
        options.settings, _with_files(options, lambda one, files: _write(one, files, options.client, beside))
    )
    beside.rename(options.file)
    print(f"{options.file} holds {rows} rows.")
    return 0


def run_import(options: argparse.Namespace) -> int:
    """Restores the archive, or nothing at all."""
    with_database(options.settings, _with_files(options, lambda one, files: _restore(one, files, options.file)))
    return 0


def _report(manifest: Manifest, rows: int) -> None:
    for table, count in sorted(manifest.tables.items()):
        if count:
            print(f"{count:>12,}  {table}")
    missing = f", {len(manifest.missing_files)} were missing already" if manifest.missing_files else ""
    print(f"{manifest.client_name} is restored: {rows:,} rows, {manifest.files:,} files{missing}.")
    print("Its mailboxes, identity providers and signing keys are switched off and have no secrets: enter them again.")
    print("Nobody can sign in for it before grants and passwords are given.")


def _with_files(
    options: argparse.Namespace, work: Callable[[Database, ClientFiles], Awaitable[int]]
) -> Callable[[Database], Awaitable[int]]:
    store = open_files(options.settings)
    return lambda database: work(database, ClientFiles(store, database))


async def _write(database: Database, files: ClientFiles, name: str, beside: Path) -> int:
    async with database.transaction(_ACTOR) as tx:
        found = await _find(database, name)
        progress = await begin(tx, found.id)
        await audit.record(tx, _ACTOR, "client.export", found.id, client_id=found.id)
    actor = system_actor("careloom export", found.id)
    with _made(beside) as file:
        while not progress.ended:
            async with database.transaction(actor) as tx:
                content, progress = await next_piece(tx, actor, files, found.id, progress)
            await asyncio.to_thread(file.write, content)
    return sum(progress.rows.values())


async def _restore(database: Database, files: ClientFiles, path: Path) -> int:
    def read(start: int, size: int) -> bytes:
        try:
            file.seek(start)
            return file.read(size)
        except OSError as error:
            raise _unreadable(path, error) from None

    actor = system_actor("careloom import")
    with _opened(path) as file:
        archive = await open_archive(partial(asyncio.to_thread, read), path.name)
        async with database.transaction(actor) as tx:
            rows = await restore_client(tx, actor, files, archive)
    _report(archive.manifest, rows)
    return rows


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> TerminalError:
    return TerminalError(f"{path} cannot be read: {error.strerror}.")


def _made(path: Path) -> BinaryIO:
    """A new file for its user alone: everything of a client will stand in it in plain."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


async def _find(database: Database, name: str) -> Client:
    """The client with this name or id; raises TerminalError, also where several have the name."""
    found: list[Client] = []
    after: str | None = None
    more = True
    async with database.transaction(_ACTOR) as tx:
        while more:
            page = await list_clients(tx, _ACTOR, 100, after)
            found += [one for one in page.items if name in (one.name, str(one.id))]
            after, more = page.next, page.next is not None
    if len(found) != 1:
        raise TerminalError(f"{'No client is' if not found else 'Several clients are'} called {name}; give its id.")
    return found[0]
