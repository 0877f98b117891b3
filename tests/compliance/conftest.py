"""A client with all that can belong to one, its people, and all that happens behind them when told to."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from careloom.evidence.isolation.brand import build_brand
from careloom.evidence.isolation.builders import World
from careloom.evidence.isolation.kept import Brand
from careloom.evidence.isolation.stage import open_database, runtime_of, settle
from careloom.platform.database.embedded import EmbeddedPostgres, temporary_name
from careloom.platform.runtime import Runtime
from tests.application import http_client
from tests.compliance.house import House
from tests.compliance.subject import Subject
from tests.postgres import TEMPLATE, FreshDatabase, copy_database, database_like


@dataclass(repr=False)
class Built:
    """A house as it was built: its brand, its database, the folder of its files."""

    brand: Brand
    database: FreshDatabase
    home: Path


@dataclass(repr=False)
class Lived:
    """A house in which a customer has lived, and the customer."""

    house: Built
    subject: Subject


@pytest.fixture(scope="session")
def built_house(postgres: EmbeddedPostgres, memory: Path) -> Built:
    """The house, built once; each test gets a copy."""
    database, home = FreshDatabase(postgres, temporary_name()), memory / "house"
    copy_database(postgres, TEMPLATE, database.name)

    async def build() -> Brand:
        async with _runtime(database.url, home) as runtime, http_client(runtime) as api:
            brand = await build_brand(runtime, World(runtime.database), api, "amber")
            await settle(runtime)
        return brand

    return Built(asyncio.run(build()), database, home)


@pytest.fixture(scope="session")
def lived(postgres: EmbeddedPostgres, built_house: Built, memory: Path) -> Lived:
    """The house with a customer's marks wherever one can leave some, left once; each test gets a copy."""
    database, home = FreshDatabase(postgres, temporary_name()), memory / "lived"
    copy_database(postgres, built_house.database.name, database.name)

    async def live() -> Subject:
        async with _moved(built_house, database, home) as house:
            subject = Subject(house)
            await subject.leave_marks()
            # What the customer's agent may still take back is not sent while other tests are run.
            later = "UPDATE procrastinate_jobs SET scheduled_at = scheduled_at + interval '1 day'"
            house.run(f"{later} WHERE scheduled_at > now()")
        return subject

    subject = asyncio.run(live())
    return Lived(Built(subject.house.brand, database, home), subject)


@pytest.fixture
def before(request: pytest.FixtureRequest) -> Built:
    """What the test's house is a copy of."""
    return (
        request.getfixturevalue("lived").house
        if "subject" in request.fixturenames
        else request.getfixturevalue("built_house")
    )


@pytest.fixture
async def house(postgres: EmbeddedPostgres, before: Built, home: Path) -> AsyncIterator[House]:
    """A house of the test's own; who asks for its `subject` as well finds it lived in."""
    with database_like(postgres, before.database.name) as copied:
        async with _moved(before, copied, home) as one:
            yield one


@pytest.fixture
def subject(lived: Lived, house: House) -> Subject:
    """The customer who left marks in the test's house."""
    return lived.subject.moved(house)


@asynccontextmanager
async def _moved(built: Built, database: FreshDatabase, home: Path) -> AsyncGenerator[House]:
    """The same house in a copy of its database and of its files."""
    shutil.copytree(built.home, home)
    async with _runtime(database.url, home) as runtime, http_client(runtime) as api:
        brand = built.brand.moved(runtime, World(runtime.database), api)
        yield House(brand, runtime, database.superuser_url)


@asynccontextmanager
async def _runtime(url: str, home: Path) -> AsyncGenerator[Runtime]:
    database = open_database(url)
    yield runtime_of(database, home, 1)
    await database.close()
