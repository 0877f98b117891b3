"""Two brands, A and B, side by side in one database, with all that happens behind them done."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select

from careloom.main import consumers, tasks
from careloom.platform.database.embedded import EmbeddedPostgres, temporary_name
from careloom.platform.database.transactions import Database
from careloom.platform.eventlog.consumer import ConsumerRunner
from careloom.platform.eventlog.event import LoggedEvent
from careloom.platform.eventlog.parked import park
from careloom.platform.files import LocalFiles
from careloom.platform.hub import Hub
from careloom.platform.jobs import job_app
from careloom.platform.runtime import Runtime
from careloom.platform.settings import Settings
from careloom.platform.tables import event_log, parked_event
from careloom.platform.wire import reader
from tests.application import application, http_client
from tests.isolation.brand import SYSTEM, Brand, build_brand
from tests.isolation.operations import Operation, operations
from tests.postgres import TEMPLATE, FreshDatabase, copy_database, database_like
from tests.world import World


@dataclass
class Brands:
    """The two, and the application that serves both, with its description."""

    runtime: Runtime
    schema: dict[str, Any]
    operations: list[Operation]
    api: httpx.AsyncClient
    world: World
    a: Brand
    b: Brand


@dataclass
class Built:
    """The two as they were built, the name of their database, the folder of their files, the API's description."""

    name: str
    home: Path
    schema: dict[str, Any]
    a: Brand
    b: Brand


class _Relay:
    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        return "250 2.0.0 queued"


@pytest.fixture(scope="session")
def built(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The two worlds, built once; each test gets a copy of their database."""
    name, home = temporary_name(), tmp_path_factory.mktemp("brands")
    copy_database(postgres, TEMPLATE, name)
    return asyncio.run(_build(postgres.url("careloom_app", name), name, home))


@pytest.fixture
async def brands(built: Built, copied_database: FreshDatabase) -> AsyncIterator[Brands]:
    """A and B with rows of both in every table that a client's rows can be in."""
    database = Database(copied_database.url)
    runtime = runtime_of(database, copied_database.url, built.home, 1)
    async with http_client(runtime) as api:
        world = World(database)
        a, b = (dataclasses.replace(one, runtime=runtime, world=world, api=api) for one in (built.a, built.b))
        yield Brands(runtime, built.schema, operations(built.schema), api, world, a, b)
    await database.close()


@pytest.fixture
def copied_database(postgres: EmbeddedPostgres, built: Built) -> Iterator[FreshDatabase]:
    """A copy of the database of the two worlds."""
    with database_like(postgres, built.name) as copied:
        yield copied


async def _build(url: str, name: str, home: Path) -> Built:
    relay = Controller(_Relay(), hostname="127.0.0.1", port=_free_port())
    relay.start()
    database = Database(url)
    runtime = runtime_of(database, url, home, relay.port)
    async with http_client(runtime) as api:
        a, b = [await build_brand(runtime, World(database), api, canary) for canary in ("amber", "birch")]
        await settle(runtime)
        for one in (a, b):
            await _park(runtime, one)
    relay.stop()
    await database.close()
    with application(runtime) as app:
        return Built(name, home, app.openapi_schema.to_schema(), a, b)


def runtime_of(database: Database, url: str, home: Path, relay_port: int) -> Runtime:
    """A runtime on a database of the two worlds."""
    settings = Settings(home=home, relay_port=relay_port)
    return Runtime(settings, database, LocalFiles(home / "files"), Hub(url), b"a secret of these tests")


async def settle(runtime: Runtime) -> None:
    """Lets every consumer and every job that is due do its work."""
    for consumer in consumers(runtime):
        runner = ConsumerRunner(runtime.database, runtime.hub, consumer)
        while (await runner.run_batch())[1]:
            continue
    app = job_app(runtime.database.url, tasks(runtime), [])
    async with app.open_async():
        await app.run_worker_async(wait=False)


async def _park(runtime: Runtime, brand: Brand) -> None:
    """Parks an event of the brand, as if its consumer could not have handled it."""
    statement = select(event_log).where(event_log.c.client_id == brand.ids["client_id"]).limit(1)
    found = select(parked_event.c.id).where(parked_event.c.client_id == brand.ids["client_id"])
    async with runtime.database.transaction(SYSTEM) as tx:
        event = reader(LoggedEvent)((await tx.execute(statement)).one())
        await park(tx, consumers(runtime)[0].name, event, ValueError(brand.text("cannot handle")))
        brand.ids["parked_id"] = (await tx.execute(found)).scalar_one()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
