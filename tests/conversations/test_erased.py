"""What a conversation refuses once its words were erased: new ones would stay for good."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest

from careloom.channels.commands.mail.outgoing import send_again
from careloom.conversations.commands import drafts, lifecycle, notes, reply, turns
from careloom.conversations.commands.desk import change_conversation
from careloom.conversations.commands.erase import erase_contacts
from careloom.conversations.errors import ConversationErasedError
from careloom.conversations.queries.conversation import get_conversation
from careloom.conversations.types import ConversationChanges, ConversationId, Status
from careloom.identity.types import Person
from careloom.platform.database.transactions import Database
from careloom.platform.runtime import Runtime
from tests.conversations.desk import SYSTEM, Desk, make_desk
from tests.conversations.test_lifecycle import disposition

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await make_desk(database)


async def erased(desk: Desk, runtime: Runtime) -> ConversationId:
    """A resolved conversation without its words."""
    one = await desk.opened()
    await desk.do(lifecycle.give_to, one, desk.agent.id, desk.agent.name)
    await desk.do(lifecycle.wrap_up, one, (await disposition(desk)).id)
    async with desk.database.transaction(SYSTEM) as tx:
        assert (await erase_contacts(tx, runtime.files, desk.client.id, [one])).ids == (one,)
    return one


async def test_nothing_leads_out_of_it_and_nothing_new_is_written_into_it(desk: Desk, runtime: Runtime) -> None:
    one = await erased(desk, runtime)
    before = await desk.rows("SELECT status, phase, erased_at, last_seq FROM conversation")
    with pytest.raises(ConversationErasedError):
        await desk.do(turns.reopen, one)
    with pytest.raises(ConversationErasedError):
        await desk.do(turns.set_status, one, Status.OPEN)
    with pytest.raises(ConversationErasedError):
        await desk.do(lifecycle.give_to, one, desk.agent.id, desk.agent.name)
    with pytest.raises(ConversationErasedError):
        await desk.do(lifecycle.transfer, one, note="", person_id=desk.agent.id, person_name=desk.agent.name)
    with pytest.raises(ConversationErasedError):
        await desk.do(reply.reply, one, "hello again")
    with pytest.raises(ConversationErasedError):
        await desk.do(notes.add_note, one, "a note")
    with pytest.raises(ConversationErasedError):
        await desk.do(send_again, b"a secret", one, 1)
    with pytest.raises(ConversationErasedError):
        await desk.do(change_conversation, one, ConversationChanges(tags=("a name",)))
    with pytest.raises(ConversationErasedError):
        await desk.do(drafts.save_draft, one, "hello again")
    assert await desk.rows("SELECT status, phase, erased_at, last_seq FROM conversation") == before


async def test_a_new_message_begins_a_new_conversation(desk: Desk, runtime: Runtime) -> None:
    one = await erased(desk, runtime)
    received = await desk.write(await desk.customer(), "again", conversation_id=one)
    assert received.opened
    assert received.conversation.id != one
    async with desk.database.transaction(SYSTEM) as tx:
        old = await get_conversation(tx, SYSTEM, one)
    assert (old.status, old.erased_at is not None) == (Status.RESOLVED, True)


async def test_the_refusal_says_why(desk: Desk, runtime: Runtime, api: httpx.AsyncClient, sign_in: SignIn) -> None:
    one = await erased(desk, runtime)
    await sign_in(api, desk.agent)
    answer = await api.post(f"/api/conversations/{one}/reopen", headers={"Accept-Language": "de"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conversation_erased")
    assert "gelöscht" in answer.json()["detail"]
