"""A short use of the database from the command line, beside whatever runs on the same home."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from careloom.cli.store import HomeInUseError, HomeLock, Store
from careloom.platform.database.transactions import Database
from careloom.platform.settings import Settings

T = TypeVar("T")


def with_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    """Runs `work` on the installation's database; starts the embedded server only where nothing runs yet."""
    store = Store(settings)
    try:
        with HomeLock(settings.home).held(alone=True):
            store.open()
            try:
                return asyncio.run(_use(store.url, work))
            finally:
                store.close()
    except HomeInUseError:
        store.open()
        return asyncio.run(_use(store.url, work))


async def _use(url: str, work: Callable[[Database], Awaitable[T]]) -> T:
    database = Database(url, pool_size=2)
    try:
        return await work(database)
    finally:
        await database.close()
