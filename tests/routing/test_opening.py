"""Opening hours in routing: what waits for the morning, what does not, and what is promised for it."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from careloom.conversations.types import Phase
from careloom.organizations.commands import change_program
from careloom.organizations.types import Channel, OpenHours, Opening, ProgramChanges
from careloom.platform.clock import now
from careloom.routing.commands import assignment
from careloom.routing.commands.queues import change_queue
from careloom.routing.core.hours import next_opening
from careloom.routing.queries.live import live_queues
from careloom.routing.types import Presence, QueueChanges, QueueNow, Transfer
from tests.conftest import FreshDatabase
from tests.routing.floor import SYSTEM, Floor, begin_early
from tests.routing.test_router import leads, process, until

ONLY_TOLD = "careloom.routing.jobs.pool.TICK"
"""Of an hour, it leaves the pool what an event tells it and what it has found out itself: it looks at nothing else."""

DAY = timedelta(days=1)


async def set_hours(floor: Floor, hours: tuple[OpenHours, ...] = (), holidays: tuple[date, ...] = ()) -> None:
    changes = ProgramChanges(time_zone="UTC", hours=hours, holidays=holidays)
    await floor.desk.do(change_program, floor.desk.program.id, changes, actor=SYSTEM)


async def close(floor: Floor) -> datetime:
    """Closes the program until the day after tomorrow; answers when it opens."""
    today = now().date()
    await set_hours(floor, holidays=(today - DAY, today, today + DAY))
    return datetime.combine(today + 2 * DAY, datetime.min.time(), now().tzinfo)


async def on_the_board(floor: Floor) -> QueueNow:
    lead = await floor.lead()
    async with floor.database.transaction(lead) as tx:
        return next(one for one in await live_queues(tx, lead) if one.queue.id == floor.queue.id)


async def test_outside_of_its_hours_a_queue_offers_nothing_and_what_waits_stays(floor: Floor) -> None:
    opens = await close(floor)
    ada = await floor.available("Ada")
    chat, mail = await floor.arrive(), await floor.arrive(Channel.EMAIL)
    await floor.pool.round()
    assert await floor.offered(ada) == []
    for one in (chat, mail):
        waiting = await floor.now(one.id)
        assert (waiting.phase, waiting.queue_id) == (Phase.QUEUED, floor.queue.id)
    board = await on_the_board(floor)
    assert (board.opens_at, board.waiting) == (opens, 2)
    await set_hours(floor)
    floor.pool.forget_queues()
    await floor.pool.round()
    assert [each.conversation_id for each in await floor.offered(ada)] == [chat.id]
    assert (await on_the_board(floor)).opens_at is None
    await floor.check()


async def test_a_queue_that_is_always_open_goes_on(floor: Floor) -> None:
    await close(floor)
    await floor.desk.do(change_queue, floor.queue.id, QueueChanges(always_open=True), actor=await floor.planner())
    ada, mail = await floor.available("Ada"), await floor.arrive(Channel.EMAIL)
    assert mail.due_at is not None
    assert mail.waiting_since is not None
    assert (mail.due_at - mail.waiting_since).total_seconds() == floor.queue.target_seconds
    await floor.pool.round()
    assert [each.conversation_id for each in await floor.offered(ada)] == [mail.id]
    assert (await on_the_board(floor)).opens_at is None


async def test_mail_is_promised_in_opening_time_and_chat_by_the_clock(floor: Floor) -> None:
    opens = await close(floor)
    promise = timedelta(seconds=floor.queue.target_seconds)
    mail, chat = await floor.arrive(Channel.EMAIL), await floor.arrive()
    assert mail.due_at == opens + promise
    assert chat.waiting_since is not None
    assert chat.due_at == chat.waiting_since + promise
    board = await on_the_board(floor)
    assert (board.longest_wait_since, board.longest_wait_due_at) == (mail.waiting_since, mail.due_at)


async def test_service_level_counts_a_mails_wait_in_opening_time_and_a_chats_by_the_clock(floor: Floor) -> None:
    await begin_early()
    await set_hours(floor, holidays=tuple(now().date() - number * DAY for number in range(4)))
    ada, arrived = await floor.available("Ada"), now() - 2 * DAY
    for channel in (Channel.EMAIL, Channel.CHAT):
        one = await floor.arrive(channel, at=arrived)
        await floor.desk.do(assignment.take, one.id, actor=ada)
    await floor.consume()
    board = await on_the_board(floor)
    assert (board.answered, board.answered_in_target) == (2, 1)


async def test_people_hand_each_other_contacts_at_any_time(floor: Floor) -> None:
    await close(floor)
    ada, bo = await floor.available("Ada"), await floor.available("Bo")
    one = await floor.arrive()
    await floor.desk.do(assignment.take, one.id, actor=ada)
    to_bo = Transfer("over to you", person_id=bo.person_id)  # pyright: ignore[reportArgumentType]
    await floor.desk.do(assignment.transfer, one.id, to_bo, actor=ada)
    assert (await floor.now(one.id)).assignee_id == bo.person_id


async def test_a_mail_given_back_keeps_its_promise_in_opening_time(floor: Floor) -> None:
    second, mail = await floor.make_queue("Second", target_seconds=3600), await floor.arrive(Channel.EMAIL)
    opens = await close(floor)
    ada = await floor.agent("Ada")
    await floor.desk.do(assignment.transfer, mail.id, Transfer("", queue_id=second.id), actor=ada)
    due = (await floor.now(mail.id)).due_at
    assert due is not None
    assert opens < due <= opens + timedelta(hours=1)


async def test_a_closed_queue_holds_up_no_open_one(floor: Floor) -> None:
    await close(floor)
    lasting = await floor.make_queue("Emergencies", channels=(Channel.CHAT,), always_open=True, language="fr")
    await floor.arrive()
    one = await floor.arrive(language="fr")
    assert one.queue_id == lasting.id
    ada = await floor.available("Ada", languages=("en", "fr"))
    await floor.pool.round()
    assert [each.conversation_id for each in await floor.offered(ada)] == [one.id]


async def test_what_waits_is_offered_as_soon_as_the_program_opens(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    minute = (now() + timedelta(hours=2)).hour * 60
    hours = tuple(OpenHours(weekday, minute, minute + 60) for weekday in range(7))
    await set_hours(floor, hours)
    ada = await floor.available("Ada")
    one = await floor.arrive()
    opening = next_opening(Opening("UTC", hours, ()), now())
    assert opening is not None
    ahead = opening - now() - timedelta(seconds=1)
    monkeypatch.setattr("careloom.routing.jobs.pool.now", lambda: now() + ahead)
    monkeypatch.setattr(ONLY_TOLD, timedelta(hours=1))
    running = asyncio.create_task(floor.pool.run())
    try:
        await asyncio.sleep(0.3)
        early = await floor.offered(ada)
        assert early == [] or now() + ahead >= opening, "a machine may take its time"

        async def offered() -> bool:
            return [each.conversation_id for each in await floor.offered(ada)] == [one.id]

        await until(offered)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_router_learns_of_new_hours_at_once(
    floor: Floor, fresh_database: FreshDatabase, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ONLY_TOLD, timedelta(hours=1))
    await close(floor)
    ada, one = await floor.agent("Ada"), await floor.arrive()
    await floor.be(ada, Presence.AVAILABLE)
    async with process(fresh_database.url, home) as running:
        await leads(running)
        await asyncio.sleep(0.3)
        assert await floor.offered(ada) == []
        await set_hours(floor)

        async def offered() -> bool:
            return [each.conversation_id for each in await floor.offered(ada)] == [one.id]

        await until(offered)
