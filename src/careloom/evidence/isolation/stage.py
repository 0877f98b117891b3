"""Two brands, A and B, side by side in one database, with all that happens behind them done; and copies of it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select

from careloom.evidence.isolation.brand import build_brand
from careloom.evidence.isolation.builders import World
from careloom.evidence.isolation.kept import SYSTEM, Brand
from careloom.evidence.isolation.operations import Operation, operations
from careloom.evidence.isolation.relay import OpenRelay
from careloom.main import consumers, create_app, tasks
from careloom.platform.database.transactions import Database
from careloom.platform.eventlog.consumer import ConsumerRunner
from careloom.platform.eventlog.event import LoggedEvent
from careloom.platform.eventlog.parked import park
from careloom.platform.files import LocalFiles
from careloom.platform.hub import Hub
from careloom.platform.jobs import job_app
from careloom.platform.keys.masters import OPTION, LocalMasters
from careloom.platform.runtime import Runtime
from careloom.platform.settings import Settings
from careloom.platform.tables import event_log, parked_event
from careloom.platform.trail.jobs import verify_all
from careloom.platform.trail.sealing import Sealer
from careloom.platform.wire import reader


@dataclass(repr=False)
class Stage:
    """The two in a database of a probe's own, and the application that serves both, with its description.

    `url` is the database as the program's role, `superuser_url` past row-level security.
    """

    runtime: Runtime
    app: Any
    schema: dict[str, Any]
    operations: list[Operation]
    api: httpx.AsyncClient
    world: World
    a: Brand
    b: Brand
    url: str
    superuser_url: str


@dataclass(repr=False)
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


Serving = Callable[[Runtime], contextlib.AbstractContextManager[Any]]
"""Lends the application on a runtime."""


def _alone(runtime: Runtime) -> contextlib.AbstractContextManager[Any]:
    return contextlib.nullcontext(create_app(runtime))


async def build(url: str, name: str, home: Path) -> Built:
    """Builds the two in the empty, migrated database at `url`."""
    relay = OpenRelay(_Relay())
    relay.start()
    database = open_database(url)
    runtime = runtime_of(database, home, relay.port)
    app = create_app(runtime)
    async with client_of(app) as api:
        a, b = [await build_brand(runtime, World(database), api, canary) for canary in ("amber", "birch")]
        await settle(runtime)
        for one in (a, b):
            await _park(runtime, one)
    relay.stop()
    await database.close()
    return Built(name, home, app.openapi_schema.to_schema(), a, b)


@contextlib.asynccontextmanager
async def staged(built: Built, url: str, superuser_url: str, serving: Serving = _alone) -> AsyncGenerator[Stage]:
    """A stage on a copy of the database of `built`, and an application on its runtime."""
    database = open_database(url)
    runtime = runtime_of(database, built.home, 1)
    with serving(runtime) as app:
        async with client_of(app) as api:
            world = World(database)
            a, b = (one.moved(runtime, world, api) for one in (built.a, built.b))
            described = operations(built.schema)
            yield Stage(runtime, app, built.schema, described, api, world, a, b, url, superuser_url)
    await database.close()


def open_database(url: str) -> Database:
    """A database of the two worlds, with the master key that wraps their clients' keys."""
    return Database(url, options={OPTION: LocalMasters([b"a master key of these probes"])})


def runtime_of(database: Database, home: Path, relay_port: int) -> Runtime:
    """A runtime on a database of the two worlds."""
    settings = Settings(home=home, relay_port=relay_port)
    return Runtime(settings, database, LocalFiles(home / "files"), Hub(database.links), b"a secret of these probes")


@contextlib.asynccontextmanager
async def client_of(app: Any) -> AsyncGenerator[httpx.AsyncClient]:
    """An HTTP client of the application, without a server between; failures inside are answers."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://careloom.test", timeout=60) as client:
        yield client


async def settle(runtime: Runtime) -> None:
    """Lets every consumer and every job that is due do its work, and the audit trail be sealed and verified."""
    await consume(runtime)
    app = job_app(runtime.database.links, tasks(runtime), [])
    async with app.open_async():
        await app.run_worker_async(wait=False)
    await seal(runtime)
    await verify_all(runtime.database, runtime, whole=True)


async def seal(runtime: Runtime) -> None:
    """Lets the audit trail be sealed."""
    sealer = Sealer(runtime.database)
    while await sealer.seal_batch():
        continue


async def consume(runtime: Runtime) -> None:
    """Lets every consumer do its work."""
    for consumer in consumers(runtime):
        runner = ConsumerRunner(runtime.database, runtime.hub, consumer)
        while (await runner.run_batch())[1]:
            continue


async def _park(runtime: Runtime, brand: Brand) -> None:
    """Parks an event of the brand, as if its consumer could not have handled it."""
    statement = select(event_log).where(event_log.c.client_id == brand.ids["client_id"]).limit(1)
    found = select(parked_event.c.id).where(parked_event.c.client_id == brand.ids["client_id"])
    async with runtime.database.transaction(SYSTEM) as tx:
        event = reader(LoggedEvent)((await tx.execute(statement)).one())
        await park(tx, consumers(runtime)[0].name, event, ValueError(brand.text("cannot handle")))
        brand.ids["parked_id"] = (await tx.execute(found)).scalar_one()
