"""The stage of the isolation suite: its two worlds built once a session, a copy of their database for each test."""

from __future__ import annotations

import asyncio
import dataclasses
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from careloom.evidence.isolation.stage import Built, Stage, build, staged
from careloom.platform.database.embedded import EmbeddedPostgres, temporary_name
from tests.application import application
from tests.postgres import TEMPLATE, FreshDatabase, copy_database, database_like


@pytest.fixture(scope="session")
def built(postgres: EmbeddedPostgres, memory: Path) -> Built:
    """The two worlds, built once; each test gets a copy of their database."""
    name, home = temporary_name(), memory / "brands"
    copy_database(postgres, TEMPLATE, name)
    return asyncio.run(build(postgres.url("careloom_app", name), name, home))


@pytest.fixture
async def stage(built: Built, copied_database: FreshDatabase, home: Path) -> AsyncIterator[Stage]:
    """A and B with rows of both in every table that a client's rows can be in, and files that are this test's own."""
    mine = dataclasses.replace(built, home=shutil.copytree(built.home, home))
    async with staged(mine, copied_database.url, copied_database.superuser_url, application) as one:
        yield one


@pytest.fixture
def copied_database(postgres: EmbeddedPostgres, built: Built) -> Iterator[FreshDatabase]:
    """A copy of the database of the two worlds."""
    with database_like(postgres, built.name) as copied:
        yield copied
