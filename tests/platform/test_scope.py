"""What a transaction shows can be widened for a moment, and is as before afterwards, whatever happens."""

from __future__ import annotations

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


async def test_a_transaction_that_reads_cannot_write(world: World, database: Database) -> None:
    actor = await _actor(world)
    with pytest.raises(DBAPIError, match="read-only"):
        async with database.transaction(actor, reading=True) as tx:
            await tx.exec_driver_sql("UPDATE client SET name = 'Ours'")
