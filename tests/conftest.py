"""Fixtures for every test: a closed network, one embedded PostgreSQL, a fresh database for each test that asks."""

from __future__ import annotations

import gc
import ipaddress
import logging
import os
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import structlog
from argon2 import PasswordHasher
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import LRUCache

from careloom.identity.commands import passwords
from careloom.identity.commands.authentication import csrf_token
from careloom.identity.commands.sessions import start_session
from careloom.identity.types import Person
from careloom.identity.types.sign_in import Origin
from careloom.platform.access import system_actor
from careloom.platform.database import transactions
from careloom.platform.database.embedded import OWNER_ROLE, EmbeddedPostgres
from careloom.platform.database.migrations import migrate
from careloom.platform.database.transactions import Database
from careloom.platform.files import LocalFiles
from careloom.platform.hub import Hub
from careloom.platform.ids import new_id
from careloom.platform.keys.masters import OPTION, LocalMasters
from careloom.platform.runtime import Runtime
from careloom.platform.settings import Settings
from tests.application import http_client
from tests.effort import EFFORT
from tests.logs import logs
from tests.memory import memory_folder
from tests.order import dealt
from tests.postgres import TEMPLATE, FreshDatabase, database_like, running_postgres
from tests.stage import built, copied_database, stage
from tests.world import World

__all__ = ["built", "copied_database", "logs", "stage"]

_STATEMENTS_KEPT = 3000
_LONG = {
    Path(__file__).parent / one
    for one in (
        "api/test_any_input.py",
        "cli/test_evidence.py",
        "cli/test_up.py",
        "isolation/test_probes.py",
        "isolation/test_the_suite_itself.py",
        "routing/core/test_engine.py",
        "routing/test_live.py",
        "routing/test_presence_machine.py",
        "routing/test_random_floor.py",
    )
}
"""Files with single tests that take ten seconds or so; they share nothing that is made once a file."""

# What else runs on the machine decides about no test, and neither does chance: examples may take as long as they take,
# and are the same each time but for `make soak`.
hypothesis_settings.register_profile(
    "careloom",
    deadline=None,
    derandomize=EFFORT == 1,
    max_examples=100 * EFFORT,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.load_profile("careloom")


def pytest_collection() -> None:
    """What collecting makes stays to the end: the garbage collector need not look through it again and again."""
    gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first with each worker; of what is not chosen, nothing is here any more."""
    long = [one for one in items if one.path in _LONG]
    short = [one for one in items if one.path not in _LONG]
    items[:] = dealt(long, short, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def pytest_collection_finish() -> None:
    """Nor later, while the tests run."""
    gc.freeze()
    gc.enable()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are named after their argument: packed ones hold the second they were made in, and workers must agree."""
    return argname if isinstance(val, bytes | bytearray) else None


@pytest.fixture(autouse=True, scope="session")
def closed_network() -> Iterator[None]:
    """No test reaches beyond loopback."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple):
            host = str(cast(tuple[object, ...], address)[0])
            if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
                raise OSError(f"tests may not connect to {host}")
        connect(self, address)  # pyright: ignore[reportArgumentType]

    socket.socket.connect = guarded
    yield
    socket.socket.connect = connect


@pytest.fixture(autouse=True, scope="session")
def hashers() -> Iterator[tuple[PasswordHasher, PasswordHasher]]:
    """What hashes passwords as shipped, and what does in tests, by the same algorithm with less work: hundreds of them
    sign people in.
    """
    shipped = cast(PasswordHasher, vars(passwords)["_hasher"])
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "_hasher", quick)
        yield shipped, quick


@pytest.fixture(autouse=True, scope="session")
def compiled_once() -> Iterator[None]:
    """What was compiled for the database of one test serves the next."""
    kept = LRUCache[Any, Any](_STATEMENTS_KEPT)
    make: Callable[..., AsyncEngine] = vars(transactions)["create_async_engine"]

    def make_knowing(url: str, **options: Any) -> AsyncEngine:
        engine = make(url, **options)
        vars(engine.sync_engine)["_compiled_cache"] = kept
        return engine

    def same(one: object, other: object) -> bool:
        return type(one) is type(other)

    def of_the_kind(one: object) -> int:
        return hash(type(one))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(transactions, "create_async_engine", make_knowing)
        patched.setattr(PGDialectAsync_psycopg, "__eq__", same)
        patched.setattr(PGDialectAsync_psycopg, "__hash__", of_the_kind)
        yield


@pytest.fixture(autouse=True)
def loose_logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test does to the logs ends with it: no logger keeps its stream or its level for the next one."""
    configure = cast(Callable[..., None], structlog.configure)

    def configure_loosely(**options: Any) -> None:
        configure(**{**options, "cache_logger_on_first_use": False})

    monkeypatch.setattr(structlog, "configure", configure_loosely)
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    structlog.reset_defaults()
    root.handlers, root.level = handlers, level


@pytest.fixture(scope="session")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in memory: what databases cost most is files, on some disks twenty times as much."""
    os.chmod(tmp_path_factory.getbasetemp(), 0o755)
    with memory_folder(tmp_path_factory.mktemp("memory")) as folder:
        yield folder


@pytest.fixture(scope="session")
def postgres(memory: Path) -> Iterator[EmbeddedPostgres]:
    """The embedded server with a migrated template database; durability is switched off, speed is all it needs."""
    with running_postgres(memory / "postgres") as server:
        server.create(TEMPLATE)
        migrate(server.url(OWNER_ROLE, TEMPLATE))
        yield server


@pytest.fixture
def fresh_database(postgres: EmbeddedPostgres) -> Iterator[FreshDatabase]:
    """A migrated, empty database."""
    with database_like(postgres, TEMPLATE) as fresh:
        yield fresh


@pytest.fixture
async def database(fresh_database: FreshDatabase) -> AsyncIterator[Database]:
    """The program's access to a fresh database."""
    opened = Database(fresh_database.url, options={OPTION: LocalMasters([b"a master key of these tests"])})
    yield opened
    await opened.close()


@pytest.fixture
def home(memory: Path) -> Iterator[Path]:
    """A data folder of the test's own."""
    folder = memory / new_id().hex
    folder.mkdir()
    yield folder / "home"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def world(database: Database) -> World:
    """Builders on the test's database."""
    return World(database)


@pytest.fixture
async def runtime(fresh_database: FreshDatabase, database: Database, home: Path) -> Runtime:
    """A runtime on the test's database, with a hub that is not listening."""
    settings = Settings(home=home, demo=False, sso_networks=("127.0.0.0/8",))
    return Runtime(settings, database, LocalFiles(home / "files"), Hub(database.links), b"a secret of this test")


@pytest.fixture
async def api(runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the whole application, not signed in."""
    async with http_client(runtime) as client:
        yield client


@pytest.fixture
def sign_in(database: Database, runtime: Runtime) -> Callable[[httpx.AsyncClient, Person], Awaitable[None]]:
    """Signs a person in on a client, without a password: `await sign_in(api, person)`."""

    async def start(client: httpx.AsyncClient, person: Person) -> None:
        async with database.transaction(system_actor("test")) as tx:
            started = await start_session(tx, person.id, Origin("127.0.0.1", "test"), 1)
        client.cookies.set("careloom_session", started.secret)
        client.headers["X-CSRF-Token"] = csrf_token(runtime.secret, started.secret)

    return start
