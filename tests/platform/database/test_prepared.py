"""A prepared statement answers and fails as it would by SQLAlchemy."""

from __future__ import annotations

import asyncio
from enum import StrEnum

import pytest
from msgspec import Struct
from sqlalchemy import Enum, Integer, String, bindparam, cast, column, func, literal_column, select, text, values
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from careloom.organizations.tables import client
from careloom.platform.database.prepared import Prepared, unwaited
from careloom.platform.database.transactions import Database
from careloom.platform.ids import new_id
from tests.world import SYSTEM, World

_SLEEP = Prepared(text("SELECT pg_sleep(:seconds)"))
_ASLEEP = Prepared(text("SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'"))


class Mood(StrEnum):
    """How it is."""

    CALM = "calm"


async def _falls_asleep(database: Database) -> None:
    """Until a statement sleeps: one that is given up before the server has begun it is not cancelled by that."""
    async with asyncio.timeout(60):
        while not await database.read(SYSTEM, _ASLEEP.rows):  # noqa: ASYNC110 - what is waited for happens there
            await asyncio.sleep(0.01)


async def test_rows_hold_their_columns_by_name_and_type(database: Database) -> None:
    one = new_id()
    asked = select(
        cast(bindparam("id"), client.c.id.type).label("id"),
        cast(bindparam("names"), ARRAY(String)).label("names"),
        literal_column("""'{"n": [1, null, "%s"]}'::jsonb""", JSONB).label("data"),
        cast(bindparam("mood"), String).label("mood"),
        func.upper("100 % :sure").label("literal"),
    )
    async with database.transaction(SYSTEM) as tx:
        [row] = await Prepared(asked).rows(tx, id=one, names=["a", "b"], mood=Mood.CALM)
    assert (row.id, row.names, row.data) == (one, ["a", "b"], {"n": [1, None, "%s"]})
    assert (row.mood, row.literal) == ("calm", "100 % :SURE")


async def test_a_list_in_the_statement_itself_stays_in_it(database: Database) -> None:
    given = values(column("n"), name="given").data([(1,), (2,), (3,)])
    asked = Prepared(select(given.c.n).where(given.c.n.in_([1, 3]), given.c.n < bindparam("below")))
    async with database.transaction(SYSTEM) as tx:
        assert [one.n for one in await asked.rows(tx, below=3)] == [1]
        assert [one.n for one in await asked.rows(tx, below=9)] == [1, 3]


def test_a_column_that_sqlalchemy_would_turn_into_something_else_is_refused() -> None:
    with pytest.raises(TypeError):
        Prepared(select(cast("calm", Enum(Mood))))


def test_a_kind_of_rows_has_the_columns_for_fields_in_their_order() -> None:
    class Pair(Struct):
        one: int
        two: int

    Prepared(select(literal_column("1", Integer).label("one"), literal_column("2", Integer).label("two")), Pair)
    with pytest.raises(TypeError, match="Pair"):
        Prepared(select(literal_column("2", Integer).label("two"), literal_column("1", Integer).label("one")), Pair)


async def test_a_plan_is_kept_unless_it_is_to_be_made_anew(database: Database) -> None:
    kept, anew = Prepared(text("SELECT 1 AS kept")), Prepared(text("SELECT 1 AS anew"), planned_anew=True)
    asked = text(
        "SELECT statement FROM pg_prepared_statements WHERE statement IN ('SELECT 1 AS kept', 'SELECT 1 AS anew')"
    )
    async with database.transaction(SYSTEM) as tx:
        for _ in range(10):
            assert [one.kept for one in await kept.rows(tx)] == [1]
            assert [one.anew for one in await anew.rows(tx)] == [1]
        assert (await tx.execute(asked)).scalars().all() == ["SELECT 1 AS kept"]


async def test_it_sees_and_writes_what_its_transaction_does(database: Database) -> None:
    world = World(database)
    one = await world.client("Rook")
    rename = Prepared(text("UPDATE client SET name = :name WHERE id = :id"))
    read = Prepared(select(client.c.name).where(client.c.id == bindparam("id")))
    async with database.transaction(SYSTEM) as tx, tx.begin_nested() as inside:
        await rename.run(tx, name="Heron", id=one.id)
        assert [row.name for row in await read.rows(tx, id=one.id)] == ["Heron"]
        await inside.rollback()
    assert [row.name for row in await database.read(SYSTEM, lambda tx: read.rows(tx, id=one.id))] == ["Rook"]
    stranger = await world.actor(await world.agent(await world.provider("Far"), await world.client("Other")))
    assert await database.read(stranger, lambda tx: read.rows(tx, id=one.id)) == []


async def test_it_fails_as_by_sqlalchemy_and_shows_no_parameters(database: Database) -> None:
    one = await World(database).client("Rook")
    twice = Prepared(text("INSERT INTO client SELECT * FROM client WHERE id = :id"))
    with pytest.raises(IntegrityError) as failed:
        async with database.transaction(SYSTEM) as tx:
            await twice.run(tx, id=one.id)
    assert not failed.value.connection_invalidated
    assert failed.value.params is None
    with pytest.raises(ProgrammingError):
        async with database.transaction(SYSTEM) as tx:
            await Prepared(text("SELECT nothing FROM nowhere")).rows(tx)
    with pytest.raises(ProgrammingError):
        async with database.transaction(SYSTEM) as tx:
            await twice.run(tx)


async def test_a_connection_whose_statement_was_given_up_is_not_used_again(database: Database) -> None:
    async def slow() -> None:
        async with database.transaction(SYSTEM) as tx:
            await _SLEEP.run(tx, seconds=600)

    waiting = asyncio.create_task(slow())
    await _falls_asleep(database)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    async with asyncio.timeout(60), database.transaction(SYSTEM) as tx:
        assert await Prepared(text("SELECT 1 AS one")).rows(tx)
        assert await _ASLEEP.rows(tx) == []


async def test_a_lost_connection_is_told_as_lost(database: Database) -> None:
    end = Prepared(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    with pytest.raises(DBAPIError) as lost:
        async with database.transaction(SYSTEM) as tx:
            await end.run(tx)
    assert lost.value.connection_invalidated
    async with database.transaction(SYSTEM) as tx:
        assert await Prepared(text("SELECT 1 AS one")).rows(tx)


_RENAME = Prepared(text("UPDATE client SET name = :name WHERE id = :id"))
_NAME = Prepared(select(client.c.name).where(client.c.id == bindparam("id")))


async def test_statements_that_nobody_waits_for_are_done_in_their_order(database: Database) -> None:
    one = await World(database).client("Rook")
    async with database.transaction(SYSTEM) as tx:
        async with unwaited(tx):
            for name in ("Heron", "Stork", "Crane"):
                await _RENAME.run(tx, name=name, id=one.id)
                assert [row.name for row in await _NAME.rows(tx, id=one.id)] == [name]
            await _RENAME.run(tx, name="Ibis", id=one.id)
        assert [row.name for row in await _NAME.rows(tx, id=one.id)] == ["Ibis"]
    assert [row.name for row in await database.read(SYSTEM, lambda tx: _NAME.rows(tx, id=one.id))] == ["Ibis"]


async def test_one_of_them_that_fails_undoes_all_of_the_transaction(database: Database) -> None:
    one = await World(database).client("Rook")
    twice = Prepared(text("INSERT INTO client SELECT * FROM client WHERE id = :id"))
    for asking in (False, True):
        with pytest.raises(IntegrityError) as failed:
            async with database.transaction(SYSTEM) as tx, unwaited(tx):
                await _RENAME.run(tx, name="Heron", id=one.id)
                await twice.run(tx, id=one.id)
                await _RENAME.run(tx, name="Stork", id=one.id)
                if asking:
                    await _NAME.rows(tx, id=one.id)
        assert not failed.value.connection_invalidated
        assert [row.name for row in await database.read(SYSTEM, lambda tx: _NAME.rows(tx, id=one.id))] == ["Rook"]
    async with database.transaction(SYSTEM) as tx:
        await _RENAME.run(tx, name="Ibis", id=one.id)
        assert [row.name for row in await _NAME.rows(tx, id=one.id)] == ["Ibis"]


async def test_given_up_or_lost_among_them_the_connection_is_not_used_again(database: Database) -> None:
    async def slow() -> None:
        async with database.transaction(SYSTEM) as tx, unwaited(tx):
            await _SLEEP.run(tx, seconds=600)

    waiting = asyncio.create_task(slow())
    await _falls_asleep(database)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    end = Prepared(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    with pytest.raises(DBAPIError) as lost:
        async with database.transaction(SYSTEM) as tx, unwaited(tx):
            await end.run(tx)
    assert lost.value.connection_invalidated
    async with database.transaction(SYSTEM) as tx:
        assert await Prepared(text("SELECT 1 AS one")).rows(tx)
