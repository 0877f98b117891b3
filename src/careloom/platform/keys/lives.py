"""The life of a client's key: its versions, the next one, the end of old ones and of all, and a new master key."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, select, update

from careloom.platform.access import Actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database, Tx
from careloom.platform.keys import ring
from careloom.platform.keys.errors import CipherBrokenError, MasterKeyMissingError, ShreddedError
from careloom.platform.keys.masters import Masters
from careloom.platform.keys.ring import KeyVersion, bound_to, masters_of
from careloom.platform.tables import client_key
from careloom.platform.wire import reader

_C: Final = client_key.c
_COLUMNS: Final = (_C.client_id, _C.version, _C.master, _C.made_at, _C.retired_at, _C.destroyed_at)
_AT_ONCE: Final = 200
_read = reader(KeyVersion)


class Verdict(Struct, frozen=True):
    """What was found of all keys: those that open, those of shredded clients, and what is wrong with the others."""

    opened: int
    destroyed: int
    problems: tuple[str, ...]
    masters: frozenset[str]
    """The master keys that some key still needs."""


async def versions_of(tx: Tx, client_ids: Collection[UUID]) -> list[KeyVersion]:
    """All versions of these clients' keys, oldest first, as far as the transaction sees them."""
    statement = select(*_COLUMNS).where(_C.client_id.in_(list(client_ids))).order_by(_C.client_id, _C.version)
    return [_read(row) for row in await tx.execute(statement)]


async def next_version(tx: Tx, client_id: UUID) -> int:
    """Retires the client's current version and makes the next one; answers its number. Raises ShreddedError."""
    keys = await ring.keys_of(tx, client_id)
    held = await tx.execute(select(_C.version, _C.wrapped).where(_C.client_id == client_id).with_for_update())
    versions = list(held)
    if keys.shredded or all(row.wrapped is None for row in versions):
        raise ShreddedError
    current = (_C.client_id == client_id) & _C.retired_at.is_(None)
    await tx.execute(update(client_key).where(current).values(retired_at=now()))
    number = 1 + max(row.version for row in versions)
    await ring.add_version(tx, masters_of(tx), client_id, number)
    ring.forget(client_id)
    return number


async def destroy_versions(tx: Tx, client_id: UUID, before: int | None = None) -> list[KeyVersion]:
    """Destroys the client's retired versions older than `before`, or all there are; answers those that went.

    A client that never had a key gets one that is destroyed: nothing is sealed for it any more.
    """
    if before is None:
        await ring.keys_of(tx, client_id)
    doomed = (_C.client_id == client_id) & _C.wrapped.is_not(None)
    if before is not None:
        doomed &= _C.retired_at.is_not(None) & (_C.version < before)
    at = now()
    values = {"wrapped": None, "destroyed_at": at, "retired_at": func.coalesce(_C.retired_at, at)}
    gone = await tx.execute(update(client_key).where(doomed).values(**values).returning(*_COLUMNS))
    ring.forget(client_id)
    return sorted((_read(row) for row in gone), key=lambda one: one.version)


async def rewrap(database: Database, actor: Actor, masters: Masters) -> int:
    """Wraps with the current master key what others wrapped; answers how many keys. Stopped, it goes on the next time.

    Raises MasterKeyMissingError, CipherBrokenError.
    """
    current, done = masters.current(), 0
    statement = select(client_key).where(_C.master != current, _C.wrapped.is_not(None))
    statement = statement.order_by(_C.client_id, _C.version).limit(_AT_ONCE).with_for_update()
    while True:
        async with database.transaction(actor) as tx:
            rows = list(await tx.execute(statement))
            for row in rows:
                bound = bound_to(row.client_id, row.version)
                wrapped = await masters.wrap(await masters.unwrap(row.master, row.wrapped, bound), bound)
                mine = (_C.client_id == row.client_id) & (_C.version == row.version)
                values = {"master": wrapped.master, "wrapped": wrapped.text}
                await tx.execute(update(client_key).where(mine).values(**values))
        done += len(rows)
        if len(rows) < _AT_ONCE:
            return done


async def verify_keys(tx: Tx, masters: Masters) -> Verdict:
    """Opens every key that is there with its master key."""
    opened, destroyed, problems, needed = 0, 0, list[str](), set[str]()
    for row in await tx.execute(select(client_key).order_by(_C.client_id, _C.version)):
        if row.wrapped is None:
            destroyed += 1
            continue
        needed.add(row.master)
        try:
            await masters.unwrap(row.master, row.wrapped, bound_to(row.client_id, row.version))
            opened += 1
        except (MasterKeyMissingError, CipherBrokenError) as error:
            problems.append(f"client {row.client_id}, version {row.version}, master {row.master}: {error.detail}")
    return Verdict(opened, destroyed, tuple(problems), frozenset(needed))


def current_of(versions: Sequence[KeyVersion]) -> KeyVersion | None:
    """The version that seals, of one client's."""
    return next((one for one in versions if one.retired_at is None and one.destroyed_at is None), None)
