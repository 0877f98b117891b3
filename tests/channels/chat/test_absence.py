"""Nobody is there: the offline form, and visitors who leave the queue."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from careloom.channels.commands.chat.presence import GONE, absent_visitors, check_abandoned
from careloom.channels.commands.mail.addresses import create_mail_address
from careloom.channels.jobs.chat import periodic, tasks
from careloom.channels.types import NewMailAddress
from careloom.conversations.commands import lifecycle
from careloom.conversations.commands.reply import reply
from careloom.conversations.types import QueueId
from careloom.platform.clock import now
from tests.channels.chat.conftest import PAGE, SYSTEM, Chat

FORM = {"name": "Ada", "email": "Ada@Example.org", "text": "Call me back", "page_url": PAGE}


async def _phase(chat: Chat) -> str:
    return (await chat.rows("SELECT phase FROM conversation"))[0].phase


async def _gone(chat: Chat, visitor: dict[str, Any], seconds: float) -> bool:
    """Looks for an abandoned contact `seconds` from now."""
    async with chat.desk.database.transaction(SYSTEM) as tx:
        at = now() + timedelta(seconds=seconds)
        return await check_abandoned(tx, chat.desk.client.id, UUID(visitor["visitor_id"]), at)


async def _deferred(chat: Chat, wanted: int) -> list[Any]:
    statement = "SELECT args, scheduled_at FROM procrastinate_jobs WHERE task_name = 'channels.check_abandoned'"
    rows: list[Any] = []
    for _ in range(200):
        rows = await chat.rows(statement)
        if len(rows) >= wanted:
            break
        await asyncio.sleep(0.1)
    return rows


async def test_an_offline_message_becomes_a_case_answered_by_mail(chat: Chat) -> None:
    async with chat.desk.database.transaction(SYSTEM) as tx:
        address = NewMailAddress(
            program_id=chat.desk.program.id, address="care@brand.example", display_name="Brand care"
        )
        made = await create_mail_address(tx, SYSTEM, address)
    headers = {"Idempotency-Key": "form-1"}
    first = await chat.http.post(chat.url("offline"), json=FORM, headers=headers)
    assert first.status_code == 202, first.text
    again = await chat.http.post(chat.url("offline"), json=FORM, headers=headers)
    assert again.json() == first.json()
    row = (await chat.rows("SELECT id, channel, case_number, customer_name FROM conversation"))[0]
    assert (row.channel, row.case_number, row.customer_name) == ("email", first.json()["case_number"], "Ada")
    reference = (await chat.rows("SELECT sender, mail_address_id, conversation_id FROM mail_reference"))[0]
    assert (reference.sender, reference.mail_address_id, reference.conversation_id) == (
        "ada@example.org",
        made.id,
        row.id,
    )
    other = await chat.http.post(chat.url("offline"), json={**FORM, "text": "Another"}, headers={})
    assert other.status_code == 202
    assert (await chat.rows("SELECT count(*) AS n FROM message"))[0].n == 2


async def test_without_a_mail_address_the_visitor_finds_the_message_in_the_chat(chat: Chat) -> None:
    visitor = await chat.visitor()
    form = {**FORM, "visitor_secret": visitor["visitor_secret"]}
    assert (await chat.http.post(chat.url("offline"), json=form)).status_code == 202
    assert (await chat.rows("SELECT channel FROM conversation"))[0].channel == "chat"
    async with chat.socket(visitor["visitor_secret"]) as socket:
        assert (await socket.until("message"))["text"] == "Call me back"


@pytest.mark.parametrize("change", [{"email": "nobody"}, {"email": ""}, {"text": " "}, {"text": "x" * 8_001}])
async def test_an_offline_message_needs_an_address_and_a_text(chat: Chat, change: dict[str, str]) -> None:
    assert (await chat.http.post(chat.url("offline"), json={**FORM, **change})).status_code == 400
    assert await chat.rows("SELECT 1 FROM conversation") == []


async def test_a_visitor_who_leaves_the_queue_has_abandoned_it(chat: Chat) -> None:
    visitor = await chat.visitor()
    async with chat.socket(visitor["visitor_secret"]) as socket, chat.socket(visitor["visitor_secret"]) as tab:
        await socket.say("hello")
        await socket.heard("message")
        await tab.connection.close()
        await asyncio.sleep(0.3)
        assert await _deferred(chat, 0) == []
    job = (await _deferred(chat, 1))[0]
    assert job.args == {"client_id": str(chat.desk.client.id), "visitor_id": visitor["visitor_id"]}
    assert timedelta(seconds=100) < job.scheduled_at - now() <= GONE
    assert not await _gone(chat, visitor, 60)
    assert await _phase(chat) == "queued"
    assert await _gone(chat, visitor, 125)
    assert await _phase(chat) == "abandoned"
    assert not await _gone(chat, visitor, 300)


async def test_a_visitor_who_comes_back_in_time_has_not(chat: Chat) -> None:
    visitor = await chat.visitor()
    async with chat.socket(visitor["visitor_secret"]) as socket:
        await socket.say("hello")
    await _deferred(chat, 1)
    await chat.rows("UPDATE visitor SET seen_at = now() - interval '200 seconds' RETURNING id")
    async with chat.socket(visitor["visitor_secret"]):
        assert not await _gone(chat, visitor, 0)
        async with chat.desk.database.transaction(SYSTEM) as tx:
            assert await absent_visitors(tx, now(), 10) == []
    assert await _phase(chat) == "queued"


async def test_a_contact_that_an_agent_has_or_had_is_not_abandoned(chat: Chat) -> None:
    visitor = await chat.visitor()
    async with chat.socket(visitor["visitor_secret"]) as socket:
        conversation_id = UUID((await socket.say("hello"))["conversation_id"])
        await chat.desk.do(reply, conversation_id, "good morning")
        await socket.until("message", kind="outbound")
        await socket.until("status")
    assert not await _gone(chat, visitor, 500)
    assert await _phase(chat) == "with_agent"
    async with chat.desk.database.transaction(SYSTEM) as tx:
        await lifecycle.release(tx, SYSTEM, conversation_id, QueueId(chat.desk.queue_id))
    assert not await _gone(chat, visitor, 500)
    assert await _phase(chat) == "queued"


async def test_jobs_find_who_vanished_but_wait_after_a_start(chat: Chat) -> None:
    visitor = await chat.visitor()
    async with chat.socket(visitor["visitor_secret"]) as socket:
        await socket.say("hello")
    await _deferred(chat, 1)
    await chat.rows("UPDATE visitor SET seen_at = now() - interval '200 seconds', present = true RETURNING id")
    arguments = {"client_id": str(chat.desk.client.id), "visitor_id": visitor["visitor_id"]}
    await tasks(chat.runtime)[0].run(**arguments)
    await periodic(chat.runtime)[0].task.run()
    assert await _phase(chat) == "queued"
    assert len(await _deferred(chat, 2)) == 2
    await periodic(chat.runtime, settled_seconds=0)[0].task.run()
    assert await _phase(chat) == "abandoned"
    assert (await chat.rows("SELECT present FROM visitor"))[0].present is False
    await tasks(chat.runtime, settled_seconds=0)[0].run(**arguments)
