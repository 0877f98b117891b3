"""Case numbers are handed out by the database: one or many at a time, never twice, to clients who exist."""

from __future__ import annotations

import asyncio

import pytest

from careloom.organizations.commands import reserve_case_numbers, take_case_number
from careloom.organizations.types import Client
from careloom.platform.database.transactions import Database
from careloom.platform.errors import NotFoundError
from careloom.platform.ids import new_id
from tests.world import SYSTEM, World


async def take(database: Database, client: Client, count: int) -> list[int]:
    async with database.transaction(SYSTEM) as tx:
        return await reserve_case_numbers(tx, client.id, count)


async def test_numbers_begin_with_one_and_follow_each_other(database: Database, world: World) -> None:
    client = await world.client()
    assert await take(database, client, 1) == [1]
    assert await take(database, client, 4) == [2, 3, 4, 5]
    async with database.transaction(SYSTEM) as tx:
        assert await take_case_number(tx, client.id) == 6


async def test_no_number_is_given_twice_however_many_ask_at_a_time(database: Database, world: World) -> None:
    client = await world.client()
    taken = await asyncio.gather(*(take(database, client, count) for count in (50, 1, 30, 2, 17)))
    numbers = [number for some in taken for number in some]
    assert sorted(numbers) == list(range(1, 101))


async def test_each_client_has_numbers_of_its_own(database: Database, world: World) -> None:
    one, other = await world.client("One"), await world.client("Other")
    assert await take(database, one, 3) == await take(database, other, 3) == [1, 2, 3]


async def test_a_client_who_is_not_there_has_no_numbers(database: Database) -> None:
    with pytest.raises(NotFoundError):
        async with database.transaction(SYSTEM) as tx:
            await reserve_case_numbers(tx, new_id(), 3)
