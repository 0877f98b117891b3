"""An agent answers: sent at once, or held back for the seconds in which it can be recalled."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import delete, select

from careloom.conversations.commands.drafts import drop_draft, put_back
from careloom.conversations.commands.held import Held, change, hold_conversation, move, require_words, tell
from careloom.conversations.commands.journal import add_message, audit_act
from careloom.conversations.commands.lifecycle import assign
from careloom.conversations.commands.message import Entry, added, preview
from careloom.conversations.commands.privacy import cleaned_words, keep_originals
from careloom.conversations.commands.turns import wait_for_customer
from careloom.conversations.core.markup import safe_html
from careloom.conversations.core.phases import HELD, LIVE_CHANNELS, OVER
from careloom.conversations.errors import AlreadySentError
from careloom.conversations.events import ReplyPending, ReplyRecalled, facts
from careloom.conversations.queries.desk import read_pending
from careloom.conversations.queries.files import attachments_of
from careloom.conversations.tables.message import message, pending_reply
from careloom.conversations.types import (
    Attachment,
    Conversation,
    Delivery,
    Message,
    MessageId,
    MessageKind,
    PendingReply,
    Phase,
    ReplyOutcome,
)
from careloom.identity.types import PersonId
from careloom.organizations.queries import get_program
from careloom.platform.access import Actor, Permission, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, InvalidInputError, NotFoundError
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id
from careloom.platform.jobs import defer
from careloom.platform.wire import to_plain

SEND_PENDING = "conversations.send_pending"
_REPLY = Permission.CONVERSATIONS_REPLY


class _Letter(Struct, frozen=True):
    """What is to be sent."""

    id: MessageId
    author_id: UUID | None
    author_name: str
    text: str
    html: str | None
    attachments: tuple[Attachment, ...]


async def reply(
    tx: Tx,
    actor: Actor,
    conversation_id: UUID,
    text: str,
    html: str | None = None,
    file_ids: Sequence[UUID] = (),
) -> ReplyOutcome:
    """Answers the customer. A person's first reply to a conversation that nobody has takes it.

    Raises InvalidInputError for an empty reply, NotFoundError for a file that is not there,
    ConversationErasedError.
    """
    if not text.strip() and not file_ids:
        raise InvalidInputError(errors=(FieldError("/text", "Write something or attach a file."),))
    held = await hold_conversation(tx, actor, conversation_id, _REPLY)
    require_words(held)
    before, at = held.conversation, now()
    attachments = await attachments_of(tx, before.client_id, file_ids, before.id, actor.person_id)
    held, messages = await _take(tx, actor, held, at)
    words = await cleaned_words(tx, before.client_id, text, html)
    letter = _Letter(
        id=MessageId(new_id()),
        author_id=actor.person_id,
        author_name=actor.name,
        text=words.text,
        html=None if words.html is None else safe_html(words.html),
        attachments=attachments,
    )
    await keep_originals(tx, before.client_id, before.id, letter.id, words.taken)
    await drop_draft(tx, actor, before)
    await _audit(tx, actor, held.conversation, letter)
    program = await get_program(tx, system_actor("reply", before.client_id), before.program_id)
    if program.undo_send_seconds > 0 and actor.person_id is not None:
        await tell(tx, before, held.conversation, *(added(held.conversation, one) for one in messages))
        send_at = at + timedelta(seconds=program.undo_send_seconds)
        return ReplyOutcome(None, await _hold_back(tx, held.conversation, letter, PersonId(actor.person_id), send_at))
    held, sent = await _send(tx, held, letter, at)
    messages.append(sent)
    await tell(tx, before, held.conversation, *(added(held.conversation, one) for one in messages))
    return ReplyOutcome(sent, None)


async def recall(tx: Tx, actor: Actor, pending_id: UUID) -> None:
    """Takes one's own pending reply back into the draft; raises AlreadySentError, NotFoundError."""
    table = pending_reply.c
    found = (await tx.execute(select(table.conversation_id).where(table.id == pending_id))).scalar_one_or_none()
    if found is None:
        sent = await tx.execute(select(message.c.conversation_id).where(message.c.id == pending_id))
        found = sent.scalar_one_or_none()
        if found is None:
            raise NotFoundError
    held = await hold_conversation(tx, actor, found, _REPLY)
    one = held.conversation
    taking = delete(pending_reply).where(
        table.client_id == one.client_id, table.id == pending_id, table.author_id == actor.person_id
    )
    row = (await tx.execute(taking.returning(*table))).one_or_none()
    if row is None:
        raise AlreadySentError
    back = read_pending(row)
    await put_back(tx, actor, one, back)
    await publish(tx, ReplyRecalled(**facts(one), pending_id=pending_id, author_id=back.author_id))
    await audit_act(tx, actor, "conversation.recall", one, message_id=pending_id)


async def send_pending(tx: Tx, conversation_id: UUID, pending_id: UUID) -> Message | None:
    """Sends a reply whose time has come; None where it was recalled or sent before."""
    try:
        held = await hold_conversation(tx, system_actor(SEND_PENDING), conversation_id)
    except NotFoundError:
        return None
    before, table = held.conversation, pending_reply.c
    taking = delete(pending_reply).where(table.client_id == before.client_id, table.id == pending_id)
    row = (await tx.execute(taking.returning(*table))).one_or_none()
    if row is None:
        return None
    pending = read_pending(row)
    letter = _Letter(
        id=MessageId(pending.id),
        author_id=pending.author_id,
        author_name=row.author_name,
        text=pending.text,
        html=pending.html,
        attachments=pending.attachments,
    )
    held, sent = await _send(tx, held, letter, now())
    await tell(tx, before, held.conversation, added(held.conversation, sent))
    return sent


async def _take(tx: Tx, actor: Actor, held: Held, at: datetime) -> tuple[Held, list[Message]]:
    one = held.conversation
    if actor.person_id is None:
        return held, []
    if one.phase not in HELD:
        return await assign(tx, actor, held, PersonId(actor.person_id), actor.name, at)
    if one.phase is Phase.AFTER_CALL_WORK:
        queue_id, agent_id = one.queue_id, one.assignee_id
        return await move(tx, held, Phase.WITH_AGENT, at, queue_id=queue_id, agent_id=agent_id), []
    return held, []


async def _audit(tx: Tx, actor: Actor, one: Conversation, letter: _Letter) -> None:
    files = [each.file_id for each in letter.attachments]
    values = {"message_id": letter.id, "file_ids": files, "assignee_id": one.assignee_id}
    await audit_act(tx, actor, "conversation.reply", one, **values)


async def _hold_back(
    tx: Tx, one: Conversation, letter: _Letter, author_id: PersonId, send_at: datetime
) -> PendingReply:
    statement = pending_reply.insert().values(
        client_id=one.client_id,
        id=letter.id,
        conversation_id=one.id,
        author_id=author_id,
        author_name=letter.author_name,
        text=letter.text,
        html=letter.html,
        attachments=to_plain(letter.attachments),
        send_at=send_at,
    )
    pending = read_pending((await tx.execute(statement.returning(*pending_reply.c))).one())
    await defer(
        tx,
        SEND_PENDING,
        at=send_at,
        lock=f"conversation:{one.id}",
        conversation_id=str(one.id),
        pending_id=str(letter.id),
    )
    await publish(tx, ReplyPending(**facts(one), pending_id=letter.id, author_id=author_id))
    return pending


async def _send(tx: Tx, held: Held, letter: _Letter, at: datetime) -> tuple[Held, Message]:
    one = held.conversation
    entry = Entry(
        kind=MessageKind.OUTBOUND,
        author_id=letter.author_id,
        author_name=letter.author_name,
        text=letter.text,
        html=letter.html,
        attachments=letter.attachments,
        delivery=Delivery.SENDING,
        id=letter.id,
    )
    sent = await add_message(tx, one, one.last_seq + 1, entry, at)
    values: dict[str, Any] = {
        "last_seq": sent.seq,
        "read_seq": sent.seq,
        "preview": preview(letter.text),
        "waiting_since": None,
        "due_at": None,
    }
    if one.phase in (Phase.WITH_AGENT, Phase.ON_HOLD) and one.channel not in LIVE_CHANNELS:
        return await wait_for_customer(tx, held, at, **values), sent
    if one.phase not in HELD and one.phase not in OVER:
        values = {name: value for name, value in values.items() if name not in ("waiting_since", "due_at")}
    return await change(tx, held, at, **values), sent
