"""Answers, notes, drafts and what becomes of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from careloom.conversations.commands import delivery, drafts, lifecycle, notes, reply, start
from careloom.conversations.commands import desk as desk_commands
from careloom.conversations.commands.files import store_file
from careloom.conversations.commands.start import FirstMail
from careloom.conversations.errors import AlreadySentError
from careloom.conversations.queries.conversation import get_conversation
from careloom.conversations.queries.desk import get_draft, list_pending_replies
from careloom.conversations.queries.files import file_key
from careloom.conversations.queries.messages import list_messages
from careloom.conversations.types import Delivery, Phase, Status
from careloom.identity.commands.people import create_person
from careloom.identity.types import NewPerson, Role, RoleGrant, ScopeKind
from careloom.organizations.types import Channel
from careloom.platform.database.transactions import Database
from careloom.platform.errors import ForbiddenError, InvalidInputError, NotFoundError, UnsupportedMediaError
from careloom.platform.files import LocalFiles
from careloom.platform.ids import new_id
from careloom.platform.keys.files import ClientFiles
from tests.conversations.desk import SYSTEM, Desk, check_invariants, make_desk


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    made = await make_desk(database)
    yield made
    async with database.transaction(SYSTEM) as tx:
        await check_invariants(tx)


@pytest.fixture
async def slow_desk(database: Database) -> Desk:
    return await make_desk(database, undo_send_seconds=10)


async def test_the_first_reply_takes_an_unassigned_conversation(desk: Desk) -> None:
    one = await desk.opened()
    sent = await desk.do(reply.reply, one, "Hello, I look into it.")
    after = await desk.do(get_conversation, one)
    assert (after.assignee_id, after.phase, after.status) == (desk.agent.id, Phase.WITH_AGENT, Status.OPEN)
    assert after.waiting_since is None
    assert after.preview == "Hello, I look into it."
    assert not after.unread
    assert sent.message.delivery is Delivery.SENDING
    assert sent.message.author_name == "Bo Agent"


async def test_after_an_answered_mail_the_customer_has_the_next_word(desk: Desk) -> None:
    one = await desk.opened(channel=Channel.EMAIL)
    await desk.do(reply.reply, one, "Done.", "<p onclick='x()'>Done.<script>bad()</script></p>")
    after = await desk.do(get_conversation, one)
    assert (after.phase, after.status) == (Phase.WAITING_CUSTOMER, Status.PENDING)
    message = (await desk.do(list_messages, one)).items[-1]
    assert message.html == "<p>Done.</p>"


async def test_an_empty_reply_is_refused(desk: Desk) -> None:
    one = await desk.opened()
    with pytest.raises(InvalidInputError):
        await desk.do(reply.reply, one, "  ")


async def test_a_held_back_reply_is_sent_once_and_then_cannot_be_recalled(slow_desk: Desk) -> None:
    desk = slow_desk
    one = await desk.opened()
    outcome = await desk.do(reply.reply, one, "soon")
    assert outcome.message is None
    assert (await desk.do(get_conversation, one)).waiting_since is not None
    jobs = await desk.rows("SELECT task_name, args FROM procrastinate_jobs")
    assert [job.task_name for job in jobs] == [reply.SEND_PENDING]

    async def send() -> object:
        async with desk.database.transaction(SYSTEM) as tx:
            return await reply.send_pending(tx, one, outcome.pending.id)

    sent = await asyncio.gather(send(), send(), send())
    assert sum(each is not None for each in sent) == 1
    with pytest.raises(AlreadySentError):
        await desk.do(reply.recall, outcome.pending.id)
    assert (await desk.do(get_conversation, one)).waiting_since is None


async def test_a_recalled_reply_is_back_in_the_draft_and_never_sent(slow_desk: Desk) -> None:
    desk = slow_desk
    one = await desk.opened()
    outcome = await desk.do(reply.reply, one, "too soon")
    await desk.do(drafts.save_draft, one, "next thing")
    await desk.do(reply.recall, outcome.pending.id)
    assert (await desk.do(get_draft, one)).text == "too soon\n\nnext thing"
    async with desk.database.transaction(SYSTEM) as tx:
        assert await reply.send_pending(tx, one, outcome.pending.id) is None
    with pytest.raises(NotFoundError):
        await desk.do(reply.recall, outcome.pending.id)


async def test_a_recalled_reply_brings_back_its_files_before_those_attached_since(
    slow_desk: Desk, tmp_path: Path
) -> None:
    desk, files = slow_desk, ClientFiles(LocalFiles(tmp_path), slow_desk.database)
    one = await desk.opened()
    first, second = [await desk.do(store_file, files, desk.client.id, name, b"x") for name in ("a.txt", "b.txt")]
    outcome = await desk.do(reply.reply, one, "", None, [first.file_id])
    assert outcome.pending.attachments == (first,)
    await desk.do(drafts.save_draft, one, "", None, [second.file_id, first.file_id])
    await desk.do(reply.recall, outcome.pending.id)
    assert (await desk.do(get_draft, one)).attachments == (first, second)


async def test_a_held_back_reply_is_sent_with_its_files(slow_desk: Desk, tmp_path: Path) -> None:
    desk = slow_desk
    one = await desk.opened()
    attachment = await desk.do(
        store_file, ClientFiles(LocalFiles(tmp_path), desk.database), desk.client.id, "a.txt", b"x"
    )
    outcome = await desk.do(reply.reply, one, "see there", None, [attachment.file_id])
    async with desk.database.transaction(SYSTEM) as tx:
        sent = await reply.send_pending(tx, one, outcome.pending.id)
    assert sent is not None
    assert sent.attachments == (attachment,)


async def test_a_draft_takes_no_file_that_someone_else_stored(desk: Desk, tmp_path: Path) -> None:
    one = await desk.opened()
    other = await desk.world.actor(await desk.world.agent(desk.provider, desk.client))
    theirs = await desk.do(
        store_file, ClientFiles(LocalFiles(tmp_path), desk.database), desk.client.id, "a.txt", b"x", actor=other
    )
    with pytest.raises(NotFoundError):
        await desk.do(drafts.save_draft, one, "with a file", None, [theirs.file_id])


async def test_only_the_author_finds_a_pending_reply_until_it_is_sent(slow_desk: Desk) -> None:
    desk = slow_desk
    one, two = await desk.opened(), await desk.opened()
    first = (await desk.do(reply.reply, one, "first")).pending
    second = (await desk.do(reply.reply, two, "second")).pending
    assert await desk.do(list_pending_replies) == [first, second]
    other = await desk.world.actor(await desk.world.agent(desk.provider, desk.client))
    assert await desk.do(list_pending_replies, actor=other) == []
    await desk.do(reply.recall, first.id)
    async with desk.database.transaction(SYSTEM) as tx:
        await reply.send_pending(tx, two, second.id)
    assert await desk.do(list_pending_replies) == []


async def test_a_sent_reply_forgets_the_draft(desk: Desk) -> None:
    one = await desk.opened()
    await desk.do(drafts.save_draft, one, "half")
    await desk.do(reply.reply, one, "whole")
    assert await desk.do(get_draft, one) is None


async def test_a_note_reaches_those_it_mentions_until_they_have_read_it(desk: Desk) -> None:
    one = await desk.opened()
    other = await desk.world.agent(desk.provider, desk.client, name="Cy Agent")
    note = await desk.do(notes.add_note, one, "@Cy look", [other.id])
    assert note.kind == "note"
    assert any(kind == "person_mentioned" for kind, _ in await desk.events())
    assert len(await desk.rows("SELECT 1 FROM mention WHERE seen_at IS NULL")) == 1
    await desk.do(desk_commands.mark_read, one, note.seq, actor=await desk.world.actor(other))
    assert await desk.rows("SELECT 1 FROM mention WHERE seen_at IS NULL") == []


async def test_a_quality_analyst_writes_notes_and_answers_nobody(desk: Desk) -> None:
    one = await desk.opened()
    new = NewPerson(
        name="Quinn",
        email="quinn@example.org",
        provider_id=desk.provider.id,
        grants=(RoleGrant(Role.QA_ANALYST, ScopeKind.CLIENT, desk.client.id),),
    )
    async with desk.database.transaction(SYSTEM) as tx:
        person = await create_person(tx, SYSTEM, new)
    analyst = await desk.world.actor(person)
    assert (await desk.do(notes.add_note, one, "well said", actor=analyst)).author_name == "Quinn"
    with pytest.raises(ForbiddenError):
        await desk.do(reply.reply, one, "I add", actor=analyst)


async def test_who_may_not_see_a_conversation_cannot_be_mentioned(desk: Desk) -> None:
    one = await desk.opened()
    elsewhere = await desk.world.client("Elsewhere")
    stranger = await desk.world.agent(desk.provider, elsewhere)
    with pytest.raises(InvalidInputError):
        await desk.do(notes.add_note, one, "psst", [stranger.id])


async def test_delivery_only_gets_further(desk: Desk) -> None:
    one = await desk.opened()
    seq = (await desk.do(reply.reply, one, "hi")).message.seq

    async def set_to(word: Delivery) -> bool:
        async with desk.database.transaction(SYSTEM) as tx:
            return await delivery.set_delivery(tx, desk.client.id, one, seq, word)

    assert await set_to(Delivery.DELIVERED)
    assert not await set_to(Delivery.SENT)
    assert not await set_to(Delivery.DELIVERED)
    async with desk.database.transaction(SYSTEM) as tx:
        assert await delivery.set_read_by_customer(tx, desk.client.id, one, seq)
        assert not await delivery.set_read_by_customer(tx, desk.client.id, one, seq)


async def test_only_the_agent_who_has_it_marks_it_read(desk: Desk) -> None:
    one = await desk.opened()
    await desk.do(lifecycle.give_to, one, desk.agent.id, desk.agent.name)
    other = await desk.world.actor(await desk.world.agent(desk.provider, desk.client))
    assert (await desk.do(desk_commands.mark_read, one, 1, actor=other)).unread
    assert not (await desk.do(desk_commands.mark_read, one, 1)).unread


async def test_an_agent_writes_first(desk: Desk) -> None:
    customer = await desk.customer()
    mail = FirstMail(
        customer_id=customer.id, program_id=desk.program.id, subject="Your parcel", text="It is on its way."
    )
    one = await desk.do(start.start_conversation, mail)
    assert (one.assignee_id, one.phase, one.last_seq) == (desk.agent.id, Phase.WAITING_CUSTOMER, 1)
    opened = [data for kind, data in await desk.events() if kind == "conversation_opened"]
    assert opened[0]["outbound"] is True


async def test_a_file_is_sent_once_attached_and_stays_with_its_conversation(desk: Desk, tmp_path: Path) -> None:
    files = ClientFiles(LocalFiles(tmp_path), desk.database)
    one, other = await desk.opened(), await desk.opened()
    attachment = await desk.do(store_file, files, desk.client.id, "a/../note.txt", b"hello")
    assert (attachment.name, attachment.media_type) == ("note.txt", "text/plain")
    assert await files.get(file_key(desk.client.id, attachment.file_id)) == b"hello"
    sent = await desk.do(reply.reply, one, "", None, [attachment.file_id])
    assert sent.message.attachments == (attachment,)
    with pytest.raises(NotFoundError):
        await desk.do(reply.reply, other, "", None, [attachment.file_id])
    with pytest.raises(NotFoundError):
        await desk.do(reply.reply, one, "", None, [new_id()])
    with pytest.raises(UnsupportedMediaError):
        await desk.do(store_file, files, desk.client.id, "setup.exe", b"MZ\x90")
