"""The router: offers soon after arrival, one leader a pool, take-over within three seconds."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from careloom.organizations.types import ProviderId
from careloom.platform.clock import now
from careloom.platform.database.links import Connection
from careloom.platform.database.transactions import Database
from careloom.platform.files import LocalFiles
from careloom.platform.hub import Hub
from careloom.platform.runtime import Runtime
from careloom.platform.settings import Settings
from careloom.routing.jobs import dispatcher, pool
from careloom.routing.jobs.dispatcher import Router
from careloom.routing.jobs.pool import Pool
from careloom.routing.types import Presence
from tests.postgres import FreshDatabase
from tests.routing.floor import Floor

MOST_SECONDS = 3.0
RETRY_SECONDS: float = vars(dispatcher)["_RETRY_SECONDS"]


class Process:
    """A router as a process of its own would run it: own pool of connections, own hub."""

    def __init__(self, url: str, home: Path) -> None:
        self.database = Database(url)
        settings = Settings(home=home, demo=False)
        runtime = Runtime(settings, self.database, LocalFiles(home / "files"), Hub(self.database.links), b"secret")
        self.router = Router(runtime)
        self._hub = asyncio.create_task(runtime.hub.run())
        self._running = asyncio.create_task(self.router.run())

    async def stop(self) -> None:
        for task in (self._running, self._hub):
            task.cancel()
        await asyncio.gather(self._running, self._hub, return_exceptions=True)
        await self.database.close()


@contextlib.asynccontextmanager
async def process(url: str, home: Path) -> AsyncGenerator[Process]:
    one = Process(url, home)
    try:
        yield one
    finally:
        await one.stop()


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 60.0) -> float:
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if await condition():
            return time.monotonic() - began
        await asyncio.sleep(0.005)
    raise AssertionError("it did not happen in time")


async def leads(one: Process) -> float:
    """Waits until it leads a pool; answers for how many seconds."""

    async def led() -> bool:
        return bool(one.router.leads)

    return await until(led)


@pytest.fixture
def only_events(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Pools look when an event wakes them, never by the clock alone; answers when each round was over."""
    rounds: list[datetime] = []
    whole = Pool.round

    async def counted(self: Pool) -> datetime:
        until = await whole(self)
        rounds.append(now())
        return until

    monkeypatch.setattr(pool, "TICK", timedelta(hours=1))
    monkeypatch.setattr(Pool, "round", counted)
    return rounds


async def test_a_contact_is_offered_as_soon_as_it_arrives(
    floor: Floor, fresh_database: FreshDatabase, home: Path, only_events: list[datetime]
) -> None:
    ada = await floor.available("Ada", chat=50)
    async with process(fresh_database.url, home) as one:
        await leads(one)
        for _ in range(10):
            await floor.arrive()
            arrived = now()

            async def offered() -> bool:
                return bool(await floor.offered(ada))

            await until(offered)
            (offer,) = await floor.offered(ada)
            # A round may have been under way; the next one finds the contact.
            assert sum(arrived < over < offer.offered_at for over in only_events) <= 1
            await floor.accept(ada)
    await floor.check()


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What routers found each time that they tried to lead."""
    found: list[bool] = []
    real: Callable[[Connection, ProviderId], Awaitable[bool]] = vars(dispatcher)["_try_lock"]

    async def noted(connection: Connection, provider_id: ProviderId) -> bool:
        free = await real(connection, provider_id)
        found.append(free)
        return free

    monkeypatch.setattr(dispatcher, "_try_lock", noted)
    return found


@pytest.mark.usefixtures("only_events")
async def test_an_agent_who_comes_is_offered_what_waits(
    floor: Floor, fresh_database: FreshDatabase, home: Path
) -> None:
    ada, one = await floor.agent("Ada"), await floor.arrive()
    async with process(fresh_database.url, home) as running:
        await leads(running)
        await floor.be(ada, Presence.AVAILABLE)

        async def offered() -> bool:
            return [each.conversation_id for each in await floor.offered(ada)] == [one.id]

        await until(offered)


async def test_one_leads_and_another_takes_over_within_three_seconds(
    floor: Floor, fresh_database: FreshDatabase, home: Path, looks: list[bool]
) -> None:
    assert RETRY_SECONDS < MOST_SECONDS
    await floor.available("Ada", chat=50)
    bo = await floor.available("Bo", chat=50)
    async with process(fresh_database.url, home) as first:
        await leads(first)
        async with process(fresh_database.url, home) as second:
            await asyncio.sleep(1.5)
            assert not second.router.leads
            for _ in range(3):
                await floor.arrive()
            kill_leader(fresh_database)
            looks.clear()
            await first.stop()
            await floor.arrive()

            async def offered() -> bool:
                rows = await floor.desk.rows("SELECT 1 FROM offer WHERE outcome IS NULL")
                return len(rows) == 2

            await until(offered)
            await leads(second)
            # One may have been under way; the next finds the lock free, no longer after than it looks.
            assert looks in ([True], [False, True])
    assert await floor.offered(bo)
    await floor.check()


async def test_a_leader_whose_lock_dies_stops_and_someone_leads_again(
    floor: Floor, fresh_database: FreshDatabase, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await floor.available("Ada")
    monkeypatch.setattr(dispatcher, "_RETRY_SECONDS", 3600.0)
    async with process(fresh_database.url, home) as first:
        await leads(first)
        # By the clock it looks in an hour.
        monkeypatch.setattr(dispatcher, "_RETRY_SECONDS", RETRY_SECONDS)
        kill_leader(fresh_database)

        async def stopped() -> bool:
            return not first.router.leads

        await until(stopped)
        await leads(first)


async def test_two_that_dispatch_one_pool_at_once_assign_nothing_twice(floor: Floor) -> None:
    for name in ("Ada", "Bo", "Cy", "Di"):
        await floor.available(name, chat=2)
    for _ in range(12):
        await floor.arrive()
    others = [Pool(floor.database, floor.desk.provider.id) for _ in range(3)]
    for _ in range(3):
        await asyncio.gather(*(pool.round() for pool in (floor.pool, *others)))
        await floor.check()
    rows = await floor.desk.rows("SELECT conversation_id FROM offer")
    assert len(rows) == len({row.conversation_id for row in rows}) == 4


async def test_a_provider_made_later_is_picked_up(floor: Floor, fresh_database: FreshDatabase, home: Path) -> None:
    async with process(fresh_database.url, home) as one:
        await leads(one)
        made = await floor.desk.world.provider("Second")

        async def led() -> bool:
            return made.id in one.router.leads

        await until(led)


def kill_leader(fresh: FreshDatabase) -> None:
    """Ends the connection that holds the pool's lock, as the death of its process does; answers once it is over."""
    with psycopg.connect(fresh.superuser_url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT pg_terminate_backend(pid, 30000) FROM pg_locks WHERE locktype = 'advisory' AND granted "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ).fetchall()
    assert rows, "nobody held a lock"
