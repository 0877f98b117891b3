"""Consumers: exactly once, in order, past open transactions, through crashes and poison."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from careloom.platform.access import system_actor
from careloom.platform.database.transactions import Database, Tx
from careloom.platform.errors import ConflictError
from careloom.platform.eventlog import consumer as consumer_module
from careloom.platform.eventlog.consumer import Consumer, ConsumerRunner
from careloom.platform.eventlog.event import Event, publish
from careloom.platform.eventlog.parked import list_parked, retry_parked
from careloom.platform.hub import Hub
from careloom.platform.ids import new_id
from tests.postgres import FreshDatabase
from tests.statements import sent_statements

SYSTEM = system_actor("test")


class Counted(Event, frozen=True, kw_only=True):
    """Something was counted."""

    number: int
    writer: UUID | None = None

    @property
    def stream(self) -> str:
        return str(self.writer)


@pytest.fixture
def tally(fresh_database: FreshDatabase) -> None:
    with psycopg.connect(fresh_database.superuser_url) as connection:
        connection.execute("CREATE TABLE tally (id bigserial, number int, writer uuid)")
        connection.execute("GRANT ALL ON tally TO careloom_app")
        connection.execute("GRANT ALL ON SEQUENCE tally_id_seq TO careloom_app")


@pytest.fixture
async def hub(database: Database) -> AsyncIterator[Hub]:
    hub = Hub(database.links)
    running = asyncio.create_task(hub.run())
    await hub.ready.wait()
    yield hub
    running.cancel()


async def _note(tx: Tx, event: Counted) -> None:
    await tx.execute(
        text("INSERT INTO tally (number, writer) VALUES (:number, :writer)"),
        {"number": event.number, "writer": event.writer},
    )


async def _tally(database: Database) -> list[int]:
    async with database.transaction(SYSTEM) as tx:
        return list((await tx.execute(text("SELECT number FROM tally ORDER BY id"))).scalars())


async def _tallied(database: Database, count: int) -> None:
    async with asyncio.timeout(60):
        while len(await _tally(database)) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def _publish(database: Database, *numbers: int, writer: UUID | None = None) -> None:
    async with database.transaction(SYSTEM) as tx:
        await publish(tx, *[Counted(number=number, writer=writer) for number in numbers])


async def _drain(runner: ConsumerRunner) -> None:
    quiet = 0
    while quiet < 3:
        handled, behind = await runner.run_batch()
        quiet = 0 if handled or behind else quiet + 1
        await asyncio.sleep(0.005)


@pytest.mark.usefixtures("tally")
async def test_each_event_takes_effect_once_with_two_runners_and_many_writers(database: Database, hub: Hub) -> None:
    consumer = Consumer("tally", {Counted: _note})
    runners = [asyncio.create_task(ConsumerRunner(database, hub, consumer).run()) for _ in range(2)]
    writers = [new_id() for _ in range(8)]

    async def write(writer: UUID) -> None:
        for number in range(25):
            await _publish(database, number, writer=writer)

    await asyncio.gather(*[write(writer) for writer in writers])
    await _tallied(database, 200)
    await asyncio.sleep(0.1)
    for one in runners:
        one.cancel()
    async with database.transaction(SYSTEM) as tx:
        rows = (await tx.execute(text("SELECT writer, number FROM tally ORDER BY id"))).all()
    assert len(rows) == 200
    for writer in writers:
        assert [row.number for row in rows if row.writer == writer] == list(range(25))


@pytest.mark.usefixtures("tally")
async def test_who_has_nothing_to_do_asks_for_nothing_until_an_event_comes(database: Database, hub: Hub) -> None:
    running = asyncio.create_task(ConsumerRunner(database, hub, Consumer("tally", {Counted: _note})).run())
    await _publish(database, 1)
    await _tallied(database, 1)
    await asyncio.sleep(0.3)
    with sent_statements() as sent:
        await asyncio.sleep(1.2)
        assert [one for one in sent if "consumer_cursor" in one.statement] == []
        await _publish(database, 2)
        async with asyncio.timeout(2):
            await _tallied(database, 2)
    running.cancel()


@pytest.mark.usefixtures("tally")
async def test_an_open_transaction_holds_back_what_follows_and_loses_nothing(database: Database, hub: Hub) -> None:
    runner = ConsumerRunner(database, hub, Consumer("tally", {Counted: _note}))
    async with database.transaction(SYSTEM) as slow:
        await publish(slow, Counted(number=1))
        await _publish(database, 2)
        for _ in range(5):
            await runner.run_batch()
        assert await _tally(database) == []
    await _drain(runner)
    assert await _tally(database) == [1, 2]


@pytest.mark.usefixtures("tally")
async def test_what_an_event_has_locked_is_let_go_before_the_next_one(
    database: Database, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer_module, "_HELD_SECONDS", 60.0)
    seen: list[list[int]] = []

    async def lock(tx: Tx, event: Counted) -> bool:
        seen.append(await _tally(database))
        await _note(tx, event)
        return event.number % 2 == 0

    runner = ConsumerRunner(database, hub, Consumer("tally", {Counted: lock}))
    await _publish(database, 1, 2, 3, 4)
    await _drain(runner)
    assert await _tally(database) == [1, 2, 3, 4]
    assert seen == [[], [], [1, 2], [1, 2]]


@pytest.mark.usefixtures("tally")
async def test_a_slow_consumer_commits_often_so_that_readers_get_past_it(
    database: Database, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer_module, "_HELD_SECONDS", 0.0)
    seen: list[list[int]] = []

    async def look(tx: Tx, event: Counted) -> None:
        seen.append(await _tally(database))
        await _note(tx, event)

    runner = ConsumerRunner(database, hub, Consumer("tally", {Counted: look}))
    await _publish(database, 1, 2, 3)
    await _drain(runner)
    assert await _tally(database) == [1, 2, 3]
    assert seen == [[], [1], [1, 2]]


@pytest.mark.usefixtures("tally")
async def test_a_rolled_back_transaction_leaves_a_gap_that_is_passed(database: Database, hub: Hub) -> None:
    runner = ConsumerRunner(database, hub, Consumer("tally", {Counted: _note}))
    with pytest.raises(ZeroDivisionError):
        async with database.transaction(SYSTEM) as tx:
            await publish(tx, Counted(number=1))
            raise ZeroDivisionError
    await _publish(database, 2)
    await _drain(runner)
    assert await _tally(database) == [2]


@pytest.mark.usefixtures("tally")
async def test_a_consumer_killed_in_the_middle_of_a_batch_begins_the_batch_again(
    database: Database, hub: Hub, fresh_database: FreshDatabase
) -> None:
    killed = False

    async def note_or_die(tx: Tx, event: Counted) -> None:
        nonlocal killed
        await _note(tx, event)
        if event.number == 3 and not killed:
            killed = True
            backend = (await tx.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            with psycopg.connect(fresh_database.superuser_url, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [backend])
            await tx.execute(text("SELECT 1"))

    await _publish(database, 1, 2, 3, 4)
    running = asyncio.create_task(ConsumerRunner(database, hub, Consumer("tally", {Counted: note_or_die})).run())
    async with asyncio.timeout(60):
        while len(await _tally(database)) < 4:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    running.cancel()
    assert killed
    assert await _tally(database) == [1, 2, 3, 4]


@pytest.mark.usefixtures("tally")
async def test_a_parked_event_says_what_went_wrong_and_shows_no_row(database: Database, hub: Hub) -> None:
    async def count_twice(tx: Tx, event: Counted) -> None:
        await tx.execute(text("CREATE TEMP TABLE once (number int UNIQUE, name text)"))
        await tx.execute(text("INSERT INTO once VALUES (4711, 'quartz')"))
        await tx.execute(text("INSERT INTO once VALUES (4711, 'quartz')"))

    consumer = Consumer("tally", {Counted: count_twice})
    await _publish(database, 1)
    await _drain(ConsumerRunner(database, hub, consumer))
    async with database.transaction(SYSTEM) as tx:
        (parked,) = (await list_parked(tx, SYSTEM, 50, None)).items
    async with database.transaction(SYSTEM) as tx:
        again = await retry_parked(tx, SYSTEM, parked.id, {"tally": consumer})
    for error in (parked.error, again.error):
        assert error is not None
        assert "duplicate key value violates unique constraint" in error
        assert "(number)" not in error


@pytest.mark.usefixtures("tally")
async def test_a_poison_event_is_parked_visible_and_can_be_run_again(database: Database, hub: Hub) -> None:
    poisonous = True

    async def refuse_two(tx: Tx, event: Counted) -> None:
        await _note(tx, event)
        if event.number == 2 and poisonous:
            raise ValueError("no twos here")

    consumer = Consumer("tally", {Counted: refuse_two})
    await _publish(database, 1, 2, 3)
    await _drain(ConsumerRunner(database, hub, consumer))
    assert await _tally(database) == [1, 3]
    async with database.transaction(SYSTEM) as tx:
        (parked,) = (await list_parked(tx, SYSTEM, 50, None)).items
    assert "no twos here" in parked.error
    async with database.transaction(SYSTEM) as tx:
        again = await retry_parked(tx, SYSTEM, parked.id, {"tally": consumer})
    assert not again.settled
    poisonous = False
    async with database.transaction(SYSTEM) as tx:
        assert (await retry_parked(tx, SYSTEM, parked.id, {"tally": consumer})).settled
    assert await _tally(database) == [1, 3, 2]
    with pytest.raises(ConflictError):
        async with database.transaction(SYSTEM) as tx:
            await retry_parked(tx, SYSTEM, parked.id, {"tally": consumer})
