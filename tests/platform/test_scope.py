"""What a transaction shows can be widened for a moment, and is as before afterwards, whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy.exc import DBAPIError

from careloom.platform.access import Actor, Reach
from careloom.platform.database.transactions import Database, Tx, widened
from careloom.platform.errors import ConflictError
from tests.world import SYSTEM, World


async def _seen(tx: Tx) -> int:
    return (await tx.exec_driver_sql("SELECT count(*) FROM client")).scalar_one()


async def _actor(world: World) -> Actor:
    mine = await world.client("Mine")
    await world.client("Theirs")
    return Actor("someone", (Reach(frozenset(), frozenset({mine.id})),))


async def test_a_widened_transaction_shows_everything_and_then_what_it_showed(world: World, database: Database) -> None:
    actor = await _actor(world)
    async with database.transaction(actor) as tx:
        async with widened(tx):
            async with widened(tx):
                assert await _seen(tx) == 2
            assert await _seen(tx) == 2
        assert await _seen(tx) == 1


async def test_an_error_narrows_it_again(world: World, database: Database) -> None:
    actor = await _actor(world)
    async with database.transaction(actor) as tx:
        with pytest.raises(ConflictError):
            await _fail(tx)
        assert await _seen(tx) == 1


async def _fail(tx: Tx) -> None:
    async with widened(tx):
        raise ConflictError


async def test_an_error_of_the_database_narrows_it_again_after_a_savepoint(world: World, database: Database) -> None:
    actor = await _actor(world)
    async with database.transaction(actor) as tx:
        with pytest.raises(DBAPIError):
            await _break(tx)
        assert await _seen(tx) == 1


async def _break(tx: Tx) -> None:
    async with tx.begin_nested(), widened(tx):
        await tx.exec_driver_sql("SELECT 1/0")


async def test_the_next_transaction_on_the_same_connection_starts_anew(world: World) -> None:
    actor = await _actor(world)
    database = Database(world.database.url, pool_size=1)
    async with database.transaction(actor) as tx:
        assert await _seen(tx) == 1
    async with database.engine.begin() as tx:
        assert await _seen(tx) == 0
    await database.close()


async def test_a_glance_sees_everything_and_a_transaction_after_it_does_not(world: World, database: Database) -> None:
    actor = await _actor(world)
    assert await database.glance(_seen) == 2
    async with database.transaction(actor) as tx:
        assert await _seen(tx) == 1
    assert await database.glance(_seen) == 2


async def test_what_a_glance_changes_stays_changed_whatever_comes_after_it(world: World, database: Database) -> None:
    await _actor(world)
    with pytest.raises(ConflictError):
        await database.glance(_rename_and_fail)
    async with database.transaction(SYSTEM) as tx:
        names = (await tx.exec_driver_sql("SELECT name FROM client ORDER BY name")).scalars().all()
    assert names == ["Mine", "Ours"]


async def _rename_and_fail(tx: Tx) -> None:
    await tx.exec_driver_sql("UPDATE client SET name = 'Ours' WHERE name = 'Theirs'")
    raise ConflictError


async def _rename(tx: Tx) -> None:
    await tx.exec_driver_sql("UPDATE client SET name = 'Ours'")


async def _widely(tx: Tx) -> list[int]:
    seen = [await _seen(tx)]
    async with widened(tx):
        seen.append(await _seen(tx))
        async with widened(tx):
            seen.append(await _seen(tx))
        seen.append(await _seen(tx))
    return [*seen, await _seen(tx)]


@pytest.fixture
async def narrow(world: World) -> AsyncIterator[Database]:
    """A database of one connection for each purpose: what one leaves behind the next would find."""
    database = Database(world.database.url, pool_size=1)
    yield database
    await database.close()


async def test_who_reads_cannot_write(world: World, narrow: Database) -> None:
    with pytest.raises(DBAPIError, match="read-only"):
        await narrow.read(await _actor(world), _rename)
    async with narrow.transaction(SYSTEM) as tx:
        await _rename(tx)


async def test_who_reads_sees_their_own_whoever_read_before(world: World, narrow: Database) -> None:
    actor = await _actor(world)
    nobody = Actor("nobody", (Reach(frozenset(), frozenset()),))
    assert [await narrow.read(one, _seen) for one in (actor, SYSTEM, actor, nobody, actor, actor)] == [1, 2, 1, 0, 1, 1]


async def test_a_widened_reading_shows_everything_and_then_what_it_showed(world: World, narrow: Database) -> None:
    actor = await _actor(world)
    for _ in range(2):
        assert await narrow.read(actor, _widely) == [1, 2, 2, 2, 1]


async def _break_widely(tx: Tx) -> None:
    async with widened(tx):
        await tx.exec_driver_sql("SELECT 1/0")


async def _write_widely(tx: Tx) -> None:
    async with widened(tx):
        await _rename(tx)


async def _wait_widely(tx: Tx) -> None:
    async with widened(tx):
        await tx.exec_driver_sql("SELECT pg_sleep(30)")


@pytest.mark.parametrize("work", [_fail, _break_widely, _write_widely])
async def test_a_reading_that_failed_while_it_was_widened_leaves_nothing_open(
    work: Callable[[Tx], Awaitable[None]], world: World, narrow: Database
) -> None:
    actor = await _actor(world)
    with pytest.raises((ConflictError, DBAPIError)):
        await narrow.read(actor, work)
    assert await narrow.read(actor, _widely) == [1, 2, 2, 2, 1]


async def test_a_reading_that_was_given_up_while_it_was_widened_leaves_nothing_open(
    world: World, narrow: Database
) -> None:
    actor = await _actor(world)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await narrow.read(actor, _wait_widely)
    assert await narrow.read(actor, _widely) == [1, 2, 2, 2, 1]
