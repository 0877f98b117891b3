"""How far an answer got that lies in a chat."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from careloom.channels.commands.chat.handed import hand_on
from careloom.conversations.commands.reply import reply
from careloom.conversations.events import MessageAdded, facts
from careloom.conversations.queries.conversation import get_conversation
from careloom.conversations.types import Message, MessageKind
from careloom.organizations.types import Channel
from tests.channels.chat.conftest import SYSTEM, Chat


async def handed_on(chat: Chat, message: Message) -> bool:
    """What is done when the log tells of the message."""
    async with chat.desk.database.transaction(SYSTEM) as tx:
        one = await get_conversation(tx, SYSTEM, message.conversation_id)
        return await hand_on(tx, MessageAdded(**facts(one), seq=message.seq, kind=message.kind))


async def deliveries(chat: Chat, kind: MessageKind = MessageKind.OUTBOUND) -> list[Any]:
    return [row.delivery for row in await chat.rows("SELECT delivery FROM message WHERE kind = :kind", kind=kind)]


async def test_an_answer_that_a_widget_can_show_is_sent(chat: Chat) -> None:
    visitor = await chat.visitor()
    async with chat.socket(visitor["visitor_secret"]) as socket:
        one = UUID((await socket.say("My parcel is late"))["conversation_id"])
    answer = (await chat.desk.do(reply, one, "I am looking into it")).message
    assert answer is not None
    assert await handed_on(chat, answer)
    assert await deliveries(chat) == ["sent"]
    assert not await handed_on(chat, answer)  # once is enough


async def test_an_answer_in_a_chat_of_another_program_waits_for_its_report(chat: Chat) -> None:
    answer = (await chat.desk.do(reply, await chat.desk.opened(channel=Channel.CHAT), "On its way.")).message
    assert answer is not None
    assert not await handed_on(chat, answer)
    assert await deliveries(chat) == ["sending"]
