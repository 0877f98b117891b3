"""Whoever claims a name has it alone until the transaction ends, and nobody else waits for that unasked."""

from __future__ import annotations

import asyncio

from careloom.platform.database.claims import claim, claim_free
from careloom.platform.database.transactions import Database
from tests.world import SYSTEM


async def test_of_names_that_another_has_one_is_told_at_once(database: Database) -> None:
    async with database.transaction(SYSTEM) as first:
        assert await claim_free(first, ["a", "b"]) == set()
        async with asyncio.timeout(60), database.transaction(SYSTEM) as second:
            assert await claim_free(second, ["b", "c"]) == {"b"}
        assert await claim_free(first, ["a", "c"]) == set()
    async with database.transaction(SYSTEM) as third:
        assert await claim_free(third, ["a", "b", "c"]) == set()


async def test_nothing_is_asked_for_no_names(database: Database) -> None:
    async with database.transaction(SYSTEM) as tx:
        assert await claim_free(tx, []) == set()


async def test_who_wants_one_name_waits_for_whoever_has_it(database: Database) -> None:
    ended: list[str] = []

    async def wait() -> None:
        async with database.transaction(SYSTEM) as tx:
            await claim(tx, "a")
            ended.append("second")

    async with database.transaction(SYSTEM) as first:
        await claim_free(first, ["a"])
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0.2)
        assert ended == []
        ended.append("first")
    await waiting
    assert ended == ["first", "second"]
