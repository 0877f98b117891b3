"""A customer's message is stored once, in the conversation that it belongs to."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from careloom.conversations.commands import lifecycle, turns
from careloom.conversations.types import Phase, Status
from careloom.organizations.types import Channel
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database
from tests.conversations.desk import SYSTEM, Desk, check_invariants, make_desk


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await make_desk(database)


async def test_a_first_message_opens_a_conversation_in_a_new_case(desk: Desk) -> None:
    customer = await desk.customer()
    received = await desk.write(customer, "  where is\nmy parcel? ", subject="Parcel", queue_id=desk.queue_id)
    one = received.conversation
    assert received.opened
    assert received.needs_routing
    assert (one.status, one.phase, one.case_number, one.last_seq, one.unread) == (
        Status.OPEN,
        Phase.QUEUED,
        1,
        1,
        True,
    )
    assert (one.preview, one.subject, one.customer_name) == ("where is my parcel?", "Parcel", "Ada")
    assert one.waiting_since == received.message.at
    kinds = [kind for kind, _ in await desk.events()]
    assert kinds[-2:] == ["conversation_opened", "message_added"]


async def test_a_repeat_answers_the_stored_message_and_changes_nothing(desk: Desk) -> None:
    customer = await desk.customer()
    inbound = desk.inbound(customer)
    first = await desk.receive(inbound)
    events = await desk.events()
    again = await desk.receive(inbound)
    assert again.duplicate
    assert again.message == first.message
    assert again.conversation == first.conversation
    assert await desk.events() == events


async def test_the_thread_goes_on_while_it_is_open(desk: Desk) -> None:
    customer = await desk.customer()
    first = await desk.write(customer)
    second = await desk.write(customer, "anyone?", conversation_id=first.conversation.id)
    assert second.message.seq == 2
    assert second.conversation.waiting_since == first.conversation.waiting_since
    assert not second.needs_routing


async def test_a_second_contact_joins_the_only_unresolved_case(desk: Desk) -> None:
    customer = await desk.customer()
    chat = await desk.write(customer)
    mail = await desk.write(customer, channel=Channel.EMAIL)
    assert mail.opened
    assert mail.conversation.id != chat.conversation.id
    assert mail.conversation.case_id == chat.conversation.case_id


async def test_another_customers_contact_has_a_case_of_its_own(desk: Desk) -> None:
    first = await desk.write(await desk.customer())
    other = await desk.write(await desk.customer("bo@example.org", "Bo"))
    assert other.conversation.case_number == first.conversation.case_number + 1


async def test_a_reply_while_we_wait_for_the_customer_returns_to_the_agent(desk: Desk) -> None:
    customer = await desk.customer()
    one = (await desk.write(customer)).conversation
    await desk.do(lifecycle.give_to, one.id, desk.agent.id, desk.agent.name)
    await desk.do(turns.set_status, one.id, Status.PENDING)
    received = await desk.write(customer, "here I am", conversation_id=one.id)
    assert (received.conversation.status, received.conversation.phase) == (Status.OPEN, Phase.WITH_AGENT)
    assert received.conversation.assignee_id == desk.agent.id
    assert received.conversation.waiting_since == received.message.at


async def test_a_message_soon_after_the_end_reopens_and_later_starts_anew_in_the_same_case(
    desk: Desk,
) -> None:
    customer = await desk.customer()
    one = (await desk.write(customer, queue_id=desk.queue_id)).conversation
    await desk.do(lifecycle.abandon, one.id)
    again = await desk.write(customer, "back", conversation_id=one.id)
    assert again.reopened
    assert again.needs_routing
    assert (again.conversation.status, again.conversation.phase) == (Status.OPEN, Phase.QUEUED)
    assert again.conversation.queue_id == desk.queue_id
    await desk.do(lifecycle.abandon, one.id)
    await desk.rows(
        "UPDATE conversation SET resolved_at = :at RETURNING id",
        at=now() - timedelta(days=desk.program.reopen_days, seconds=1),
    )
    later = await desk.write(customer, "months later", conversation_id=one.id)
    assert later.opened
    assert later.conversation.id != one.id
    assert later.conversation.case_id == one.case_id


async def test_twenty_at_once_with_one_key_store_one(desk: Desk) -> None:
    customer = await desk.customer()
    inbound = desk.inbound(customer)
    received = await asyncio.gather(*(desk.receive(inbound) for _ in range(20)))
    assert sum(not one.duplicate for one in received) == 1
    assert len({one.message.id for one in received}) == 1
    assert len(await desk.rows("SELECT 1 FROM message")) == 1
    assert len(await desk.rows("SELECT 1 FROM conversation")) == 1
    assert len(await desk.rows("SELECT 1 FROM care_case")) == 1


async def test_twenty_at_once_with_one_key_and_thread_store_one(desk: Desk) -> None:
    customer = await desk.customer()
    one = (await desk.write(customer)).conversation
    inbound = desk.inbound(customer, conversation_id=one.id)
    received = await asyncio.gather(*(desk.receive(inbound) for _ in range(20)))
    assert sum(not one.duplicate for one in received) == 1
    assert len(await desk.rows("SELECT 1 FROM message")) == 2


async def test_twenty_at_once_with_one_key_from_two_customers_store_one(desk: Desk) -> None:
    first, second = await desk.customer(), await desk.customer("bo@example.org", "Bo")
    both = [desk.inbound(one, external_id="same") for one in (first, second)]
    received = await asyncio.gather(*(desk.receive(both[index % 2]) for index in range(20)))
    assert sum(not one.duplicate for one in received) == 1
    assert len(await desk.rows("SELECT 1 FROM conversation")) == 1


async def test_twenty_different_at_once_are_numbered_without_gaps(desk: Desk) -> None:
    customer = await desk.customer()
    one = (await desk.write(customer)).conversation
    inbounds = [desk.inbound(customer, str(index), conversation_id=one.id) for index in range(20)]
    received = await asyncio.gather(*(desk.receive(inbound) for inbound in inbounds))
    assert sorted(each.message.seq for each in received) == list(range(2, 22))
    async with desk.database.transaction(SYSTEM) as tx:
        await check_invariants(tx)


async def test_twenty_first_messages_at_once_share_one_case(desk: Desk) -> None:
    customer = await desk.customer()
    received = await asyncio.gather(*(desk.write(customer, str(index)) for index in range(20)))
    assert len({each.conversation.id for each in received}) == 20
    assert len({each.conversation.case_id for each in received}) == 1


async def test_text_that_the_database_cannot_hold_is_cleaned(desk: Desk) -> None:
    received = await desk.write(await desk.customer(), "a\x00b\ud800c")
    assert received.message.text == "ab?c"
