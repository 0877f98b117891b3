"""What a round of the dispatcher costs: few statements, no contact read that nobody could take, few rounds a burst."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from careloom.conversations.queries.work import Stretch, Waiting, waiting_in
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database, Tx
from careloom.routing.jobs.pool import TICK, Pool
from careloom.routing.types import AcceptMode, Presence, SkillNeed
from tests.conftest import FreshDatabase
from tests.routing.floor import Floor, make_floor
from tests.routing.test_router import leads, process, until
from tests.statements import sent_statements


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many contacts each reading of the lines brought."""
    counts: list[int] = []

    async def counted(tx: Tx, stretches: list[Stretch]) -> list[Waiting]:
        found = await waiting_in(tx, stretches)
        counts.append(len(found))
        return found

    monkeypatch.setattr("careloom.routing.queries.snapshot.waiting_in", counted)
    return counts


async def arrivals(floor: Floor, many: int) -> None:
    for _ in range(many):
        await floor.arrive()


@pytest.fixture
def cached_queues(monkeypatch: pytest.MonkeyPatch) -> None:
    """Queues are read once, not again after a while."""
    monkeypatch.setattr("careloom.routing.jobs.pool.TICK", timedelta(hours=1))


@pytest.mark.usefixtures("cached_queues")
async def test_with_nobody_available_a_round_is_four_statements_and_reads_no_contact(
    floor: Floor, reads: list[int]
) -> None:
    for name in ("Ada", "Bo"):
        await floor.be(await floor.agent(name), Presence.BUSY)
    await floor.pool.round()
    sent: list[int] = []
    for many in (1, 30):
        await arrivals(floor, many)
        with sent_statements() as found:
            await floor.pool.round()
        assert not any("FROM conversation" in one.statement for one in found)
        sent.append(len(found))
    assert sent == [4, 4]
    assert set(reads) == {0}


@pytest.mark.usefixtures("cached_queues")
async def test_with_everyone_full_a_round_reads_no_contact(floor: Floor, reads: list[int]) -> None:
    ada = await floor.available("Ada", chat=1)
    await arrivals(floor, 12)
    await floor.pool.round()
    assert await floor.offered(ada)
    reads.clear()
    with sent_statements() as sent:
        await floor.pool.round()
    assert len(sent) == 7
    assert set(reads) == {0}


async def test_no_more_is_read_than_could_be_taken(database: Database, reads: list[int]) -> None:
    floor = await make_floor(database, accept_mode=AcceptMode.AUTO)
    await arrivals(floor, 30)
    await floor.available("Ada", chat=2)
    await floor.available("Bo", chat=3)
    await floor.pool.round()
    assert await floor.outcomes() == ["given"] * 5
    # Mail has eight slots an agent; nobody knows before reading that all who wait are chats.
    assert reads[0] <= 2 + 3 + 8 + 8
    await floor.check()


async def test_an_offer_at_a_time_reads_one_contact_for_each_free_agent(floor: Floor, reads: list[int]) -> None:
    await arrivals(floor, 20)
    for name in ("Ada", "Bo", "Cy"):
        await floor.available(name)
    await floor.pool.round()
    assert (await floor.outcomes(), reads) == (["None"] * 3, [3])


async def test_lines_that_nobody_there_can_serve_are_not_read(floor: Floor, reads: list[int]) -> None:
    await floor.make_queue("French", language="fr")
    for _ in range(10):
        await floor.arrive(language="fr")
    await floor.available("Ada")
    await floor.pool.round()
    assert set(reads) == {0}


@pytest.mark.usefixtures("cached_queues")
async def test_of_a_line_whose_overflow_is_not_reached_yet_the_head_is_read_and_waited_for(
    floor: Floor, reads: list[int]
) -> None:
    skill = await floor.make_skill("billing")
    overflow = {"overflow_queue_id": floor.queue.id, "overflow_after_seconds": 600}
    await floor.make_queue("Billing", skills=(SkillNeed(skill.id, 3),), language="en", **overflow)
    for _ in range(6):
        one = await floor.arrive(language="en")
        assert one.queue_id != floor.queue.id
    ada = await floor.available("Ada")
    await floor.desk.rows("UPDATE conversation SET waiting_since = now(), due_at = NULL RETURNING id")
    wake = await floor.pool.round()
    assert (await floor.offered(ada), reads) == ([], [1])
    assert wake <= now() + timedelta(seconds=600)


async def test_a_burst_is_taken_in_by_few_rounds(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = 0

    async def slow(pool: Pool) -> Any:
        nonlocal rounds
        rounds += 1
        await asyncio.sleep(0.02)
        return now() + timedelta(hours=1)

    monkeypatch.setattr(Pool, "round", slow)
    running = asyncio.create_task(floor.pool.run())
    try:
        began = time.monotonic()
        for _ in range(200):
            floor.pool.wake.set()
            await asyncio.sleep(0.001)
        # A round of 0.02 s and a rest as long.
        assert 2 <= rounds <= 2 + (time.monotonic() - began) / 0.04
        # One for the last wake is still to come, and nothing wakes the pool after that.
        last = rounds
        await asyncio.sleep(0.2)
        assert rounds <= last + 1
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_arrivals_that_nobody_could_take_wake_nobody(
    floor: Floor, fresh_database: FreshDatabase, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, rounds, real = await floor.agent("Ada"), 0, Pool.round

    async def counted(pool: Pool) -> Any:
        nonlocal rounds
        rounds += 1
        return await real(pool)

    monkeypatch.setattr(Pool, "round", counted)
    async with process(fresh_database.url, home) as one:
        await leads(one)
        await asyncio.sleep(0.3)
        rounds, began = 0, time.monotonic()
        await arrivals(floor, 15)
        await asyncio.sleep(0.2)
        assert rounds <= 2 + (time.monotonic() - began) / TICK.total_seconds()
        await floor.be(ada, Presence.AVAILABLE)

        async def offered() -> bool:
            return len(await floor.offered(ada)) == 1

        await until(offered)
