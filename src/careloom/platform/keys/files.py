"""Clients' files, each sealed with its client's key before any store gets to see it."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from careloom.platform.access import system_actor
from careloom.platform.database.transactions import Database, Tx
from careloom.platform.files import FileStore
from careloom.platform.keys.ring import ClientKeys, keys_of, sealing_keys

_IN_A_THREAD = 100_000


class ClientFiles:
    """Keeps files under keys of the form `client/id`, which are also what their bytes are bound to."""

    def __init__(self, store: FileStore, database: Database) -> None:
        self._store = store
        self._database = database

    async def put(self, key: str, content: bytes, *, tx: Tx | None = None) -> None:
        """Stores `content` sealed; `tx` is the transaction that is open, where one is. Raises ShreddedError."""
        keys = await self._keys(key, tx, sealing_keys)
        await self._store.put(key, await _worked(keys.seal_file, key, content))

    async def get(self, key: str) -> bytes:
        """The bytes; raises NotFoundError, ShreddedError, CipherBrokenError."""
        keys = await self._keys(key, None, keys_of)
        return await _worked(keys.open_file, key, await self._store.get(key))

    async def renew(self, keys: ClientKeys, key: str) -> bool:
        """Seals a file by the current version where another did, or none; False where there is nothing to do.

        Raises NotFoundError, ShreddedError, CipherBrokenError.
        """
        stored = await self._store.get(key)
        if keys.is_current(stored):
            return False
        content = await _worked(keys.open_file, key, stored)
        await self._store.put(key, await _worked(keys.seal_file, key, content))
        return True

    async def delete(self, key: str) -> None:
        """Removes the bytes; does nothing where there are none."""
        await self._store.delete(key)

    async def _keys(self, key: str, tx: Tx | None, read: Callable[[Tx, UUID], Awaitable[ClientKeys]]) -> ClientKeys:
        client_id = UUID(key.partition("/")[0])
        if tx is not None:
            return await read(tx, client_id)
        async with self._database.transaction(system_actor("files", client_id)) as own:
            return await read(own, client_id)


async def _worked(work: Callable[[str, bytes], bytes], key: str, content: bytes) -> bytes:
    if len(content) < _IN_A_THREAD:
        return work(key, content)
    return await asyncio.to_thread(work, key, content)
