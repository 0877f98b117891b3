"""Tries and runs restores in the background: a dry run does all of it, and keeps nothing."""

import asyncio
import zlib
from contextlib import suppress
from datetime import datetime
from time import monotonic
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError

from careloom.integrations.commands.restores import change, fail, take_stale, working_restore
from careloom.integrations.commands.restoring import ClientArchive, Told, open_archive, restore_client
from careloom.integrations.commands.uploads import ARCHIVES, StoredFile
from careloom.integrations.types import Restore, RestoreId, RestoreState
from careloom.platform.access import system_actor
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import CareloomError
from careloom.platform.file_parts import Ranges, delete_parts
from careloom.platform.files import FileStore
from careloom.platform.runtime import Runtime
from careloom.platform.sealing import seal_bytes, unseal_bytes
from careloom.platform.texts.text import say
from careloom.platform.wire import to_plain

log = structlog.get_logger()
_ACTOR: Final = system_actor("restore")
_STALE_AT_ONCE: Final = 100
_PURPOSE: Final = "restore"
_MALFORMED: Final = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    EOFError,
    zlib.error,
    DBAPIError,
)
"""What an archive whose digests fit, and whose content does not, may fail with: it is refused, not tried again. An
OSError is the store's, which may be well again.
"""


class HandedIn:
    """Archives that were handed in, sealed with the installation's secret: their clients have no keys here yet."""

    def __init__(self, store: FileStore, secret: bytes) -> None:
        self._store = store
        self._secret = secret

    async def put(self, key: str, content: bytes) -> None:
        """Stores `content` sealed."""
        sealed = await asyncio.to_thread(seal_bytes, self._secret, _owner(key), f"{_PURPOSE} {key}", content)
        await self._store.put(key, sealed)

    async def get(self, key: str) -> bytes:
        """The bytes; raises NotFoundError, SealBrokenError."""
        sealed = await self._store.get(key)
        return await asyncio.to_thread(unseal_bytes, self._secret, _owner(key), f"{_PURPOSE} {key}", sealed)

    async def delete(self, key: str) -> None:
        """Removes the bytes; does nothing where there are none."""
        await self._store.delete(key)


class _Nowhere:
    """Where a dry run keeps files."""

    async def put(self, key: str, content: bytes, *, tx: Tx | None = None) -> None:
        """Keeps nothing."""


def handed_in(runtime: Runtime) -> HandedIn:
    """Where this installation keeps archives until they are restored."""
    return HandedIn(runtime.store, runtime.secret)


async def give_up_restore(runtime: Runtime, restore_id: RestoreId, error: Exception) -> None:
    """Ends a restore that failed so often that it is not tried again; says why. Its archive goes when it has rested."""
    log.error("restore_given_up", restore_id=str(restore_id), error=type(error).__name__)
    stuck = say("It could not go on ({why}); hand the archive in again.", why=type(error).__name__)
    reason = error.text if isinstance(error, CareloomError) else stuck
    async with runtime.database.transaction(_ACTOR) as tx:
        if await working_restore(tx, restore_id) is not None:
            await change(tx, restore_id, state=RestoreState.FAILED, error=to_plain(reason))


async def run_restore(runtime: Runtime, restore_id: RestoreId) -> None:
    """Does what the restore's state asks for; after a crash it begins anew, as nothing is kept before its end."""
    async with runtime.database.transaction(_ACTOR) as tx:
        found = await working_restore(tx, restore_id)
    if found is None:
        return
    one, file = found
    try:
        ranges = Ranges(handed_in(runtime), file.key, file.parts)
        await _work(runtime, one, file, await open_archive(ranges.read, one.name))
    except _PassedError:
        log.warning("restore_passed", restore_id=str(one.id))
        return
    except (CareloomError, *_MALFORMED) as error:
        if isinstance(error, DBAPIError) and (isinstance(error, OperationalError) or error.connection_invalidated):
            raise  # The database was away: the job is run again.
        unread = say("The archive cannot be read ({why}).", why=type(error).__name__)
        why = error.text if isinstance(error, CareloomError) else unread
        log.warning("restore_refused", restore_id=str(one.id), error=type(error).__name__)
        try:
            async with runtime.database.transaction(_ACTOR) as tx:
                await _require_same(tx, one, file)
                await fail(tx, one.id, why)
        except _PassedError:
            return  # Whoever has the restore now may be reading this very archive.
        await delete_parts(handed_in(runtime), file.key, file.parts)
        return
    if one.state is RestoreState.RUNNING:
        await delete_parts(handed_in(runtime), file.key, file.parts)


async def expire_restores(runtime: Runtime) -> None:
    """Removes archives that nobody restored, and what uploads left that broke off with their process."""
    files = handed_in(runtime)
    async with runtime.database.transaction(_ACTOR) as tx:
        due = await take_stale(tx, _STALE_AT_ONCE)
        await ARCHIVES.drop_broken(tx, files, _STALE_AT_ONCE)
    for file in due:
        await delete_parts(files, file.key, file.parts)


async def _work(runtime: Runtime, one: Restore, file: StoredFile, archive: ClientArchive) -> None:
    manifest = archive.manifest
    known = {
        "restored_id": UUID(manifest.client_id),
        "client_name": manifest.client_name,
        "taken_at": datetime.fromisoformat(manifest.made_at),
        "tables": manifest.tables,
        "files": manifest.files,
        "missing": len(manifest.missing_files),
        "total": sum(one.rows for one in manifest.members if not one.name.startswith("outside-")),
    }
    async with runtime.database.transaction(_ACTOR) as tx:
        await _require_same(tx, one, file)
        await change(tx, one.id, **known)
    told = _teller(runtime, one, file)
    async with runtime.database.transaction(_ACTOR) as tx:
        if one.state is RestoreState.CHECKING:
            with suppress(_TriedError):
                async with tx.begin_nested():
                    await restore_client(tx, _ACTOR, _Nowhere(), archive, told)
                    raise _TriedError
            await _require_same(tx, one, file)
            await change(tx, one.id, state=RestoreState.CHECKED, done=0)
        else:
            rows = await restore_client(tx, _ACTOR, runtime.files, archive, told)
            await _require_same(tx, one, file)
            await change(tx, one.id, state=RestoreState.DONE, done=rows, parts=0)


async def _require_same(tx: Tx, one: Restore, file: StoredFile) -> None:
    """Raises _PassedError where the restore has another state or another archive by now."""
    held = await working_restore(tx, one.id)
    if held is None or (held[0].state, held[1]) != (one.state, file):
        raise _PassedError


class _PassedError(Exception):
    """The restore was given up, and may have another archive: what became of this one concerns nobody."""


class _TriedError(Exception):
    """Takes back what a dry run has written."""


def _teller(runtime: Runtime, one: Restore, file: StoredFile) -> Told:
    """Notes once a second how many rows are written, beside the transaction that writes them; raises _PassedError."""
    last = monotonic()

    async def told(rows: int) -> None:
        nonlocal last
        if monotonic() - last < 1:
            return
        last = monotonic()
        async with runtime.database.transaction(_ACTOR) as tx:
            await _require_same(tx, one, file)
            await change(tx, one.id, done=rows)

    return told


def _owner(key: str) -> UUID:
    return UUID(key.partition("/")[0])
