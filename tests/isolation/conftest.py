"""The stage of the suite that the package ships: built once a session, a copy of its database for each test."""

from __future__ import annotations

import asyncio
import dataclasses
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from careloom.evidence.isolation.stage import Built, Stage, build, staged
from careloom.platform.database.embedded import EmbeddedPostgres, temporary_name
from tests.postgres import TEMPLATE, FreshDatabase, copy_database, database_like


@pytest.fixture(scope="session")
def built(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The two worlds, built once; each test gets a copy of their database."""
    name, home = temporary_name(), tmp_path_factory.mktemp("brands")
    copy_database(postgres, TEMPLATE, name)
    return asyncio.run(build(postgres.url("careloom_app", name), name, home))


@pytest.fixture
async def stage(built: Built, copied_database: FreshDatabase, tmp_path: Path) -> AsyncIterator[Stage]:
    """A and B with rows of both in every table that a client's rows can be in, and files that are this test's own."""
    home = shutil.copytree(built.home, tmp_path / "home")
    async with staged(dataclasses.replace(built, home=home), copied_database.url, copied_database.superuser_url) as one:
        yield one


@pytest.fixture
def copied_database(postgres: EmbeddedPostgres, built: Built) -> Iterator[FreshDatabase]:
    """A copy of the database of the two worlds."""
    with database_like(postgres, built.name) as copied:
        yield copied
