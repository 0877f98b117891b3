"""A client's data keys: read anew from their rows in each transaction, so that what is destroyed opens nothing."""

import struct
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from time import monotonic
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from careloom.platform.access import system_actor
from careloom.platform.database.transactions import Tx, beside
from careloom.platform.errors import NotFoundError
from careloom.platform.keys import cipher
from careloom.platform.keys.cipher import Place
from careloom.platform.keys.errors import CipherBrokenError, NoMasterKeysError, ShreddedError
from careloom.platform.keys.masters import OPTION, Masters
from careloom.platform.tables import client_key

_MOST_KEPT: Final = 1_024
_KEPT_SECONDS: Final = 300.0
_SEALING_SECONDS: Final = 5.0
_C = client_key.c


class KeyVersion(Struct, frozen=True):
    """One version of a client's key: the current one seals; one that is retired only opens; one destroyed nothing."""

    client_id: UUID
    version: int
    master: str
    made_at: datetime
    retired_at: datetime | None
    destroyed_at: datetime | None


class ClientKeys:
    """What can be sealed and opened for one client, as things stand in this transaction."""

    def __init__(self, client_id: UUID, keys: Mapping[int, bytes], current: int | None, *, shredded: bool) -> None:
        self.client_id = client_id
        self.shredded = shredded
        self.current = current
        self._keys = keys

    def seal(self, place: Place, text: str) -> str:
        """`text` for its place, under the current version; raises ShreddedError."""
        version = self._sealing()
        return cipher.seal_value(self._keys[version], version, self.client_id, place, text)

    def open(self, place: Place, sealed: str) -> str:
        """What was sealed; raises ShreddedError, CipherBrokenError."""
        return cipher.open_value(self._of(cipher.version_of(sealed)), self.client_id, place, sealed)

    def indexes(self, column: str, text: str) -> tuple[str, ...]:
        """What equal texts of a column are found by, the current version's first; raises ShreddedError."""
        self._sealing()
        versions = sorted(self._keys, reverse=True)
        return tuple(cipher.blind_index(self._keys[one], self.client_id, column, text) for one in versions)

    def seal_file(self, name: str, content: bytes) -> bytes:
        """A file's bytes as they are stored; raises ShreddedError."""
        version = self._sealing()
        return cipher.seal_file(self._keys[version], version, self.client_id, name, content)

    def open_file(self, name: str, stored: bytes) -> bytes:
        """A file's bytes; one that was stored before there were keys is as it is. Raises as `open`."""
        if self.shredded:
            raise ShreddedError
        if not cipher.is_sealed(stored):
            return stored
        return cipher.open_file(self._of(cipher.file_version(stored)), self.client_id, name, stored)

    def is_current(self, stored: bytes) -> bool:
        """Whether a file is sealed by the current version."""
        return cipher.is_sealed(stored) and cipher.file_version(stored) == self.current

    def _sealing(self) -> int:
        if self.current is None:
            raise ShreddedError
        return self.current

    def _of(self, version: int) -> bytes:
        if self.shredded:
            raise ShreddedError
        key = self._keys.get(version)
        if key is None:
            raise CipherBrokenError
        return key


async def keys_of(tx: Tx, client_id: UUID) -> ClientKeys:
    """The client's keys; its first one is made where there is none. One statement.

    Raises NoMasterKeysError, MasterKeyMissingError; NotFoundError for a client that the transaction does not see.
    """
    rows = await _rows(tx, client_id)
    if not rows:
        await begin(tx, client_id)
        rows = await _rows(tx, client_id)
    if not rows:
        raise NotFoundError
    masters = masters_of(tx)
    living = [row for row in rows if row.wrapped is not None]
    keys = {row.version: await _unwrapped(masters, client_id, row) for row in living}
    current = next((row.version for row in living if row.retired_at is None), None)
    return ClientKeys(client_id, keys, current, shredded=not living)


async def sealing_keys(tx: Tx, client_id: UUID) -> ClientKeys:
    """The same for what only seals: without a statement where this process has read them within five seconds.

    What is sealed with a key that was destroyed meanwhile is lost with it; one that was retired is kept far longer.
    """
    name = (masters_of(tx), client_id)
    known = _sealing.get(name)
    if known is not None and monotonic() < known[0]:
        _sealing.move_to_end(name)
        return known[1]
    keys = await keys_of(tx, client_id)
    _sealing[name] = (monotonic() + _SEALING_SECONDS, keys)
    _shorten(_sealing)
    return keys


async def begin(tx: Tx, client_id: UUID) -> None:
    """Makes the client's first key on a connection of its own: whatever becomes of `tx`, nobody waits for it."""
    async with beside(tx, system_actor("keys", client_id)) as own:
        await add_version(own, masters_of(tx), client_id, 1)


async def add_version(tx: Tx, masters: Masters, client_id: UUID, version: int) -> None:
    """A new random key as this version, where there is none of it."""
    made = await masters.wrap(cipher.new_key(), bound_to(client_id, version))
    row = {"client_id": client_id, "version": version, "master": made.master, "wrapped": made.text}
    await tx.execute(postgresql.insert(client_key).values(**row).on_conflict_do_nothing())


def masters_of(tx: Tx) -> Masters:
    """What wraps keys in the process that opened the transaction; raises NoMasterKeysError."""
    connection = tx.sync_connection
    found = None if connection is None else connection.get_execution_options().get(OPTION)
    if found is None:
        raise NoMasterKeysError
    return found


def bound_to(client_id: UUID, version: int) -> bytes:
    """What a wrapped key belongs to."""
    return b"careloom client key" + client_id.bytes + struct.pack(">I", version)


def forget(client_id: UUID) -> None:
    """Drops the client's keys from this process's memory."""
    for name in [one for one in _sealing if one[1] == client_id]:
        del _sealing[name]
    for kept in [one for one in _unwrapped_keys if one[0] == client_id]:
        del _unwrapped_keys[kept]


_unwrapped_keys: OrderedDict[tuple[UUID, str, str], tuple[float, bytes]] = OrderedDict()
"""Keys by client, master and wrapped form, so that a key service is not asked each time. Only what a row still
holds is looked up here.
"""

_sealing: OrderedDict[tuple[Masters, UUID], tuple[float, ClientKeys]] = OrderedDict()


async def _unwrapped(masters: Masters, client_id: UUID, row: Any) -> bytes:
    name = (client_id, row.master, row.wrapped)
    known = _unwrapped_keys.pop(name, None)
    if known is None or known[0] < monotonic():
        key = await masters.unwrap(row.master, row.wrapped, bound_to(client_id, row.version))
        known = (monotonic() + _KEPT_SECONDS, key)
    _unwrapped_keys[name] = known
    _shorten(_unwrapped_keys)
    return known[1]


def _shorten(kept: OrderedDict[Any, Any]) -> None:
    while len(kept) > _MOST_KEPT:
        kept.popitem(last=False)


async def _rows(tx: Tx, client_id: UUID) -> list[Any]:
    columns = (_C.version, _C.master, _C.wrapped, _C.retired_at)
    return list(await tx.execute(select(*columns).where(_C.client_id == client_id).order_by(_C.version)))
