"""What the program does while PostgreSQL is away, hung, replaced or back: real servers, killed and stopped."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from careloom.identity.types import Person, Role, ScopeKind
from careloom.platform import hub as hub_module
from careloom.platform.access import system_actor
from careloom.platform.database.embedded import OWNER_ROLE, EmbeddedPostgres
from careloom.platform.database.links import LOST
from careloom.platform.database.migrations import migrate
from careloom.platform.database.prepared import Prepared
from careloom.platform.database.transactions import CommitUnknownError, Database, Tx
from careloom.platform.eventlog.event import Event, LoggedEvent, publish
from careloom.platform.eventlog.tail import LogTail
from careloom.platform.files import LocalFiles
from careloom.platform.hub import Hub
from careloom.platform.jobs import Task, defer, job_app
from careloom.platform.loops import Loop, end_all, keep_running
from careloom.platform.runtime import Runtime
from careloom.platform.settings import Settings
from careloom.platform.trail.sealing import Sealer
from tests.application import http_client
from tests.world import SYSTEM, World

NAME = "outage"
OPTIONS = {"max_connections": "60", "shared_buffers": "16MB", "autovacuum": "off"}


class Rang(Event, frozen=True, kw_only=True):
    """It rang."""

    number: int


@pytest.fixture(scope="module")
def migrated(memory: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(memory / "outage", OPTIONS)
    server.start()
    server.create(NAME)
    migrate(server.url(OWNER_ROLE, NAME))
    yield server
    server.stop()


@pytest.fixture
def server(migrated: EmbeddedPostgres) -> Iterator[EmbeddedPostgres]:
    migrated.ensure_running()
    yield migrated
    migrated.start()


@pytest.fixture
async def database(server: EmbeddedPostgres) -> AsyncIterator[Database]:
    opened = Database(server.url("careloom_app", NAME), pool_size=3)
    yield opened
    await opened.close()


@pytest.fixture
async def runtime(database: Database, home: Path) -> Runtime:
    settings = Settings(home=home, demo=False)
    return Runtime(settings, database, LocalFiles(home / "files"), Hub(database.links), b"a secret of this test")


def kill(server: EmbeddedPostgres) -> None:
    """kill -9 of the postmaster and everyone below; returns when they are gone."""
    postmaster = psutil.Process(server.pid)
    family = [postmaster, *postmaster.children(recursive=True)]
    for one in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    psutil.wait_procs(family, 10)


def superuser(server: EmbeddedPostgres, statement: str) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(statement.encode())


def waits_for_standby(server: EmbeddedPostgres) -> bool:
    """Whether somebody has committed and is to hear so once a standby has."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        waiting = connection.execute("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
        return waiting.fetchone() is not None


async def cut_when_committed(server: EmbeddedPostgres, database: Database) -> None:
    """Breaks the connections as soon as somebody has committed; until then nobody else waits to hear so any more."""
    await until(lambda: waits_for_standby(server))
    database.links.cut()
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")


async def answers(database: Database) -> None:
    """Waits until the server is met again: while others try, whoever comes is refused at once."""
    async with asyncio.timeout(60):
        while True:
            with contextlib.suppress(OperationalError):
                async with database.transaction(SYSTEM):
                    return
            await asyncio.sleep(0.05)


async def measured(api: httpx.AsyncClient, line: str) -> None:
    """Waits for a measure: each process of the server takes new settings when it comes to it."""
    async with asyncio.timeout(60):
        while True:
            if line in (await api.get("/metrics")).text:
                return
            await asyncio.sleep(0.02)


async def ring(database: Database, *numbers: int) -> None:
    async with database.transaction(SYSTEM) as tx:
        await publish(tx, *[Rang(number=one) for one in numbers])


@contextlib.asynccontextmanager
async def running(*loops: Loop) -> AsyncGenerator[None]:
    parts = [asyncio.create_task(keep_running("part", one)) for one in loops]
    try:
        yield
    finally:
        await end_all(parts)


async def until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_nobody_notices_a_restart_between_two_transactions(server: EmbeddedPostgres, database: Database) -> None:
    await asyncio.gather(*[ring(database, one) for one in range(3)])
    kill(server)
    server.start()
    await asyncio.gather(*[ring(database, one) for one in range(3)])


async def test_nobody_notices_it_who_looks_up_who_asks(server: EmbeddedPostgres, database: Database) -> None:
    assert await database.glance(_one) == 1
    kill(server)
    with pytest.raises(OperationalError):
        await database.glance(_one)
    server.start()
    assert await database.glance(_one) == 1
    kill(server)
    server.start()
    assert await database.glance(_one) == 1


async def test_nobody_who_reads_notices_a_restart(server: EmbeddedPostgres, database: Database) -> None:
    assert await database.read(SYSTEM, _one) == 1
    kill(server)
    with pytest.raises(OperationalError):
        await database.read(SYSTEM, _one)
    server.start()
    assert await database.read(SYSTEM, _one) == 1
    kill(server)
    server.start()
    assert await database.read(SYSTEM, _one) == 1


_ONE = Prepared(text("SELECT 1 AS one"))


async def _one(tx: Tx) -> int:
    [row] = await _ONE.rows(tx)
    return row.one + (await tx.execute(text("SELECT 0"))).scalar_one()


async def test_a_request_while_the_database_is_away_is_asked_to_come_again_and_then_served(
    server: EmbeddedPostgres, runtime: Runtime
) -> None:
    async with http_client(runtime) as api:
        assert (await api.get("/ready")).status_code == 200
        kill(server)
        began = time.monotonic()
        away = await api.get("/ready")
        assert time.monotonic() - began < 25, "it waited for a connection of the pool"
        assert away.status_code == 503
        assert int(away.headers["Retry-After"]) > 0
        assert away.json()["detail"] == "Nothing was changed; try again."
        assert "careloom_database_reachable 0.0" in (await api.get("/metrics")).text
        server.start()
        assert (await api.get("/ready")).status_code == 200
        assert "careloom_database_reachable 1.0" in (await api.get("/metrics")).text


async def test_a_commit_that_is_never_confirmed_is_told_as_unknown(
    server: EmbeddedPostgres, runtime: Runtime, sign_in: Callable[[httpx.AsyncClient, Person], Awaitable[None]]
) -> None:
    database = runtime.database
    admin = await World(database).person(Role.ADMIN, ScopeKind.EVERYTHING, None)
    async with http_client(runtime) as api:
        await sign_in(api, admin)
        superuser(server, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        superuser(server, "SELECT pg_reload_conf()")
        try:
            await measured(api, "careloom_database_synchronous 1.0")
            asked = asyncio.create_task(api.post("/api/providers", json={"name": "Perhaps"}))
            await cut_when_committed(server, database)
            answer = await asked
            rung = asyncio.create_task(ring(database, 1))
            await cut_when_committed(server, database)
            with pytest.raises(CommitUnknownError):
                await rung
        finally:
            superuser(server, "ALTER SYSTEM RESET synchronous_standby_names")
            superuser(server, "SELECT pg_reload_conf()")
        assert answer.status_code == 503
        assert "may be stored" in answer.json()["detail"]
        await measured(api, "careloom_database_synchronous 0.0")
        names = [one["name"] for one in (await api.get("/api/providers")).json()["items"]]
        assert "Perhaps" in names


async def test_who_waits_for_a_silent_server_is_told_that_it_is_lost(
    server: EmbeddedPostgres, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "_SILENT_SECONDS", 0.5)
    hub = Hub(database.links)
    async with running(hub.run):
        await hub.ready.wait()
        with pytest.raises(LOST):
            async with database.transaction(SYSTEM) as tx:
                await silenced(server, tx.execute(text("SELECT 1")))
        # A busy machine is silent for half a second as well.
        monkeypatch.setattr(hub_module, "_SILENT_SECONDS", 60.0)
        await answers(database)
        await ring(database, 1)
        await until(hub.ready.is_set)


async def silenced(server: EmbeddedPostgres, waiting: Awaitable[object]) -> None:
    """Waits while the server's processes are there and do nothing, as those of a machine that hangs."""
    processes = psutil.Process(server.pid).children()
    for one in processes:
        one.suspend()
    try:
        async with asyncio.timeout(60):
            await waiting
    finally:
        for one in processes:
            one.resume()


async def test_of_several_hosts_the_one_that_takes_writes_is_used(
    server: EmbeddedPostgres, database: Database, memory: Path
) -> None:
    other = EmbeddedPostgres(memory / "reader", {**OPTIONS, "default_transaction_read_only": "on"})
    other.start()
    try:
        folders = [one.url().split("host=")[1] for one in (other, server)]
        both = Database(f"postgresql://careloom_app@/{NAME}?host={','.join(folders)}", pool_size=1)
        await ring(both, 1)
        kill(server)
        with pytest.raises(OperationalError):
            await ring(both, 2)
        server.start()
        await ring(both, 2)
        await both.close()
    finally:
        other.stop()


async def test_readers_sealer_and_jobs_go_on_by_themselves_after_a_restart(
    server: EmbeddedPostgres, database: Database
) -> None:
    heard: list[int] = []
    ran: list[int] = []
    hub, sealer = Hub(database.links), Sealer(database)
    tail = LogTail(database, hub)

    async def run(number: int) -> None:
        ran.append(number)

    async def work() -> None:
        app = job_app(database.links, [Task("outage.count", run)], [])
        async with app.open_async():
            await app.run_worker_async(concurrency=1)

    def hear(event: LoggedEvent) -> None:
        if event.type == "rang":
            heard.append(event.data["number"])

    async with running(hub.run, tail.run, sealer.run, work):
        with tail.subscribe(hear):
            await tail.ready.wait()
            for round_number in range(3):
                await ring(database, round_number)
                async with database.transaction(SYSTEM) as tx:
                    await defer(tx, "outage.count", number=round_number)
                await World(database).provider(f"Provider {time.time_ns()}")
                await until(lambda: len(heard) == len(ran) == round_number + 1)  # noqa: B023
                assert heard == ran == list(range(round_number + 1))
                kill(server)
                await asyncio.sleep(0.5)
                server.start()
                await answers(database)
        unsealed = text(
            "SELECT count(*) FROM audit_entry e WHERE NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.entry_id = e.id)"
        )
        async with asyncio.timeout(60):
            while True:
                async with database.transaction(system_actor("test")) as tx:
                    if not (await tx.execute(unsealed)).scalar_one():
                        break
                await asyncio.sleep(0.1)


async def test_a_tail_whose_server_lacks_what_it_told_goes_back_and_says_so(
    server: EmbeddedPostgres, database: Database
) -> None:
    hub = Hub(database.links)
    tail = LogTail(database, hub)
    heard: list[LoggedEvent] = []
    rewound: list[int] = []

    def go_back() -> None:
        rewound.append(tail.position)

    with tail.subscribe(heard.append, go_back):
        async with running(tail.run):
            await tail.ready.wait()
            await ring(database, 1, 2, 3)
            await until(lambda: len(heard) == 3)
            # What an asynchronous replica does that had not got the last two when it took over.
            with psycopg.connect(server.url(database=NAME), autocommit=True) as connection:
                connection.execute("DELETE FROM event_log WHERE id > %s", [heard[0].id])
                connection.execute("SELECT setval('event_log_id_seq', %s)", [heard[0].id])
            kill(server)
            server.start()
            await until(lambda: bool(rewound))
            assert rewound == [heard[0].id]
            await ring(database, 4)
            await until(lambda: [one.data["number"] for one in heard] == [1, 2, 3, 4])
