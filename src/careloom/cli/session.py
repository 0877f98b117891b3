"""A short use of the database from the command line, beside whatever runs on the same home."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Generator
from typing import TypeVar

from careloom.cli.store import HomeInUseError, HomeLock, Store
from careloom.organizations.jobs import know_own_rules
from careloom.platform import residency
from careloom.platform.database.transactions import Database
from careloom.platform.keys import masters
from careloom.platform.settings import Settings

T = TypeVar("T")


@contextlib.contextmanager
def open_store(settings: Settings) -> Generator[Store]:
    """The installation's database; starts the embedded server only where nothing runs yet, and then stops it again."""
    store = Store(settings)
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(HomeInUseError):
            stack.enter_context(HomeLock(settings.home).held(alone=True))
            stack.callback(store.close)
        store.open()
        yield store


def with_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    """Runs `work` on the installation's database; logs hold nothing of what its clients' own rules take out."""
    with open_store(settings) as store:
        return asyncio.run(_use(settings, store.url, work))


async def _use(settings: Settings, url: str, work: Callable[[Database], Awaitable[T]]) -> T:
    options = {residency.OPTION: residency.residency_here(settings), masters.OPTION: masters.open_masters(settings)}
    database = Database(url, 2, options)
    try:
        await know_own_rules(database)
        return await work(database)
    finally:
        await database.close()
