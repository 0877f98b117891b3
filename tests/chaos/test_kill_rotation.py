"""kill -9 in the middle of a key's rotation, again and again: nothing is lost, and all is sealed anew in the end."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest

from careloom.compliance.commands.keys.rotation import rotate_key
from careloom.conversations.commands.files import store_file
from careloom.conversations.queries.files import load_file, read_file
from careloom.customers.commands import profile
from careloom.customers.commands.secrets import find_by_secret
from careloom.customers.queries.secrets import open_secrets
from careloom.customers.types import AttributeField, AttributeKind, NewCustomer, SensitiveSearch
from careloom.organizations.types import Client
from careloom.platform.runtime import Runtime, open_runtime
from careloom.platform.settings import Settings
from tests.postgres import FreshDatabase
from tests.world import SYSTEM, World

pytestmark = pytest.mark.chaos
CUSTOMERS, FILES, KILLS = 150, 30, 8
_GRACE = 3
"""How many commits later a process dies at most, however late this one is told."""
POLICY = AttributeField("policy", "Policy", AttributeKind.TEXT, sensitive=True, exact=True)


class Kept:
    """What was confided, and under which ids."""

    def __init__(self, runtime: Runtime, client: Client) -> None:
        self.runtime = runtime
        self.client = client
        self.policies: dict[UUID, str] = {}
        self.files: dict[UUID, bytes] = {}

    async def confide(self) -> None:
        async with self.runtime.database.transaction(SYSTEM) as tx:
            await profile.change_attribute_schema(tx, SYSTEM, self.client.id, (POLICY,))
            for number in range(CUSTOMERS):
                new = NewCustomer(client_id=self.client.id, name="Ada", attributes={"policy": f"P-{number}"})
                self.policies[(await profile.create_customer(tx, SYSTEM, new)).id] = f"P-{number}"
            for number in range(FILES):
                content = f"file {number} ".encode() * 5_000
                one = await store_file(tx, SYSTEM, self.runtime.files, self.client.id, f"{number}.txt", content)
                self.files[one.file_id] = content

    async def is_whole(self) -> None:
        """All that was confided can be read as it was, and is found."""
        async with self.runtime.database.transaction(SYSTEM) as tx:
            opened = await open_secrets(tx, self.client.id, list(self.policies))
            wanted = SensitiveSearch(self.client.id, "policy", "p-7")
            (found,) = await find_by_secret(tx, SYSTEM, wanted)
            stored = [await load_file(tx, self.client.id, one) for one in self.files]
        assert {customer_id: value for (customer_id, _), value in opened.items()} == self.policies
        assert self.policies[found.id] == "P-7"
        assert {one.id: await read_file(self.runtime.files, one) for one in stored} == self.files

    async def rows(self, query: str) -> list[Any]:
        async with self.runtime.database.transaction(SYSTEM) as tx:
            return list(await tx.exec_driver_sql(query))


async def rotating(fresh: FreshDatabase, home: Path, client: Client, commits: int | None) -> bool:
    """Lets a process rotate, and kills it once it has committed so often, or a little later; answers whether it came
    to its end.
    """
    source, most = Path(__file__).parents[2], 0 if commits is None else commits + _GRACE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.chaos.rotating", fresh.url, str(home), str(client.id), str(most)),
        cwd=source,
        env={**os.environ, "PYTHONPATH": f"{source / 'src'}:{source}"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(300):
        told = 0
        while told != commits and await process.stdout.readline():
            told += 1
        if told == commits:
            process.kill()
        return await process.wait() == 0


async def test_a_rotation_that_is_killed_again_and_again_loses_nothing(
    fresh_database: FreshDatabase, home: Path
) -> None:
    runtime, chance = open_runtime(Settings(home=home), fresh_database.url, 2), Random(20)
    try:
        client = await World(runtime.database).client()
        kept = Kept(runtime, client)
        await kept.confide()
        async with runtime.database.transaction(SYSTEM) as tx:
            await rotate_key(tx, SYSTEM, client.id)
        died, renewed = 0, [0]
        for _ in range(KILLS):
            if await rotating(fresh_database, home, client, chance.randint(4, 9)):
                break
            died += 1
            await kept.is_whole()
            renewed += [row.renewed for row in await kept.rows("SELECT renewed FROM key_rotation")]
        assert died >= 3
        assert len(set(renewed)) >= 3, f"it was never killed in the middle: {renewed}"
        assert await rotating(fresh_database, home, client, None)
        await kept.is_whole()
        (done,) = await kept.rows("SELECT broken, finished_at FROM key_rotation")
        assert (done.broken, done.finished_at is not None) == (0, True)
        assert await kept.rows("SELECT 1 FROM customer_secret WHERE value NOT LIKE 'k1.2.%%'") == []
        assert [row.version for row in await kept.rows("SELECT version FROM client_key WHERE wrapped IS NOT NULL")] == [
            2
        ]
    finally:
        await runtime.database.close()
