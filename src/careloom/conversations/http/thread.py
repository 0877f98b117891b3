"""Endpoints of one conversation: what was said, and what an agent does with it."""

from typing import Annotated, Any
from uuid import UUID

from litestar import delete, get, patch, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta, Struct

from careloom.conversations.commands import desk, lifecycle, notes, reply, start, turns
from careloom.conversations.commands.start import FirstMail
from careloom.conversations.ports import Reachable
from careloom.conversations.queries.conversation import get_conversation, list_intervals
from careloom.conversations.queries.desk import list_pending_replies
from careloom.conversations.queries.messages import list_messages
from careloom.conversations.types import (
    Conversation,
    ConversationChanges,
    ConversationId,
    DispositionId,
    FileId,
    Interval,
    Message,
    PendingReply,
    ReplyOutcome,
    Status,
    Subject,
)
from careloom.customers.types import CustomerId
from careloom.identity.types import PersonId
from careloom.organizations.types import Channel, ProgramId
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, InvalidInputError
from careloom.platform.paging import Page
from careloom.platform.reads import Read
from careloom.platform.web.http import Limit
from careloom.platform.web.unit import Unit

Text = Annotated[str, Meta(max_length=50_000)]
Html = Annotated[str, Meta(max_length=200_000)]
Seq = Annotated[int | None, QueryParameter(ge=0, le=2_147_483_647)]


class NewReply(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer to the customer; `text` may be empty where files are sent."""

    text: Text
    html: Html | None = None
    file_ids: Annotated[tuple[FileId, ...], Meta(max_length=20)] = ()


class NewNote(Struct, frozen=True, forbid_unknown_fields=True):
    """A note for agents."""

    text: Annotated[str, Meta(min_length=1, max_length=20_000)]
    mentions: Annotated[tuple[PersonId, ...], Meta(max_length=20)] = ()


class NewStatus(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose turn it is."""

    status: Status


class WrapUp(Struct, frozen=True, forbid_unknown_fields=True):
    """How it ended."""

    disposition_id: DispositionId
    note: Annotated[str, Meta(max_length=20_000)] | None = None


class OnHold(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the customer is on hold."""

    on: bool


class ReadMark(Struct, frozen=True, forbid_unknown_fields=True):
    """Up to which message one has read."""

    seq: Annotated[int, Meta(ge=0, le=2_147_483_647)]


class Typing(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether one is typing."""

    typing: bool


class NewConversation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an agent writes first."""

    customer_id: CustomerId
    program_id: ProgramId
    channel: Channel = Channel.EMAIL
    subject: Subject
    text: Annotated[str, Meta(min_length=1, max_length=50_000)]
    html: Html | None = None


@get("/conversations/{conversation_id:uuid}", summary="A conversation")
async def get_one(unit: Unit, conversation_id: FromPath[ConversationId]) -> Conversation:
    """One conversation."""
    return await unit.read(
        lambda tx: get_conversation(tx, unit.actor, conversation_id),
        noting=lambda one: [_opened(one)],
    )


@patch("/conversations/{conversation_id:uuid}", summary="Change a conversation's labels")
async def change(
    unit: Unit, conversation_id: FromPath[ConversationId], data: JSONBody[ConversationChanges]
) -> Conversation:
    """Changes the fields that are given."""
    return await unit.write(lambda tx: desk.change_conversation(tx, unit.actor, conversation_id, data))


@get("/conversations/{conversation_id:uuid}/messages", summary="Messages, ascending")
async def get_messages(
    unit: Unit,
    conversation_id: FromPath[ConversationId],
    before_seq: Seq = None,
    after_seq: Seq = None,
    limit: Limit = 50,
) -> Page[Message]:
    """The latest; or those before or after a number. `next` is the number to go on from in that direction."""

    async def read(tx: Tx) -> tuple[Page[Message], Conversation]:
        page = await list_messages(
            tx, unit.actor, conversation_id, before_seq=before_seq, after_seq=after_seq, limit=limit
        )
        return page, await get_conversation(tx, unit.actor, conversation_id)

    page, _ = await unit.read(read, noting=lambda found: [_opened(found[1])])
    return page


def _opened(one: Conversation) -> Read:
    return Read("conversation.read", one.id, one.client_id)


@get("/conversations/{conversation_id:uuid}/intervals", summary="The facts of a conversation's life")
async def get_intervals(unit: Unit, conversation_id: FromPath[ConversationId]) -> Page[Interval]:
    """Oldest first; the last is still open."""
    return Page(tuple(await unit.read(lambda tx: list_intervals(tx, unit.actor, conversation_id))))


@post("/conversations/{conversation_id:uuid}/replies", summary="Answer the customer")
async def post_reply(
    unit: Unit, state: State, conversation_id: FromPath[ConversationId], data: JSONBody[NewReply]
) -> ReplyOutcome:
    """`pending` where the program lets a reply be recalled; 409 where nothing is sent to the customer's address."""
    reachable: Reachable = state.reachable

    async def work(tx: Tx) -> ReplyOutcome:
        await reachable(tx, unit.actor, conversation_id)
        return await reply.reply(tx, unit.actor, conversation_id, data.text, data.html, data.file_ids)

    return await unit.write(work)


@get("/pending-replies", summary="My replies that can be recalled")
async def get_pending_replies(unit: Unit) -> Page[PendingReply]:
    """Next one to be sent first, at most 50."""
    return Page(tuple(await unit.read(lambda tx: list_pending_replies(tx, unit.actor))))


@delete("/pending-replies/{pending_id:uuid}", summary="Recall a reply")
async def recall(unit: Unit, pending_id: FromPath[UUID]) -> None:
    """Its text and files are back in the draft; 409 once it was sent."""
    await unit.write(lambda tx: reply.recall(tx, unit.actor, pending_id))


@post("/conversations/{conversation_id:uuid}/notes", summary="Add a note")
async def post_note(unit: Unit, conversation_id: FromPath[ConversationId], data: JSONBody[NewNote]) -> Message:
    """For agents only; those mentioned find it in their list."""
    return await unit.write(lambda tx: notes.add_note(tx, unit.actor, conversation_id, data.text, data.mentions))


@post("/conversations/{conversation_id:uuid}/status", status_code=200, summary="Say whose turn it is")
async def post_status(unit: Unit, conversation_id: FromPath[ConversationId], data: JSONBody[NewStatus]) -> Conversation:
    """409 where the change is not allowed; resolving goes through wrap-up."""
    return await unit.write(lambda tx: turns.set_status(tx, unit.actor, conversation_id, data.status))


@post("/conversations/{conversation_id:uuid}/wrap-up", status_code=200, summary="Resolve with an outcome")
async def wrap_up(unit: Unit, conversation_id: FromPath[ConversationId], data: JSONBody[WrapUp]) -> Conversation:
    """Ends the agent's work on it."""
    return await unit.write(
        lambda tx: lifecycle.wrap_up(tx, unit.actor, conversation_id, data.disposition_id, data.note)
    )


@post("/conversations/{conversation_id:uuid}/end", status_code=200, summary="The contact is over")
async def end(unit: Unit, conversation_id: FromPath[ConversationId]) -> Conversation:
    """Wrap-up follows."""
    return await unit.write(lambda tx: lifecycle.end_contact(tx, unit.actor, conversation_id))


@post("/conversations/{conversation_id:uuid}/reopen", status_code=200, summary="Reopen")
async def reopen(unit: Unit, conversation_id: FromPath[ConversationId]) -> Conversation:
    """You take it."""
    return await unit.write(lambda tx: turns.reopen(tx, unit.actor, conversation_id))


@post("/conversations/{conversation_id:uuid}/hold", status_code=200, summary="Hold")
async def hold(unit: Unit, conversation_id: FromPath[ConversationId], data: JSONBody[OnHold]) -> Conversation:
    """Puts the customer on hold or takes them off it."""
    return await unit.write(lambda tx: turns.hold(tx, unit.actor, conversation_id, on=data.on))


@post("/conversations/{conversation_id:uuid}/read", status_code=200, summary="Mark as read")
async def mark_read(unit: Unit, conversation_id: FromPath[ConversationId], data: JSONBody[ReadMark]) -> Conversation:
    """Up to a message; mentions of you are seen."""
    return await unit.write(lambda tx: desk.mark_read(tx, unit.actor, conversation_id, data.seq))


@post("/conversations/{conversation_id:uuid}/typing", status_code=204, summary="Tell that you are typing")
async def typing(unit: Unit, conversation_id: FromPath[ConversationId], data: JSONBody[Typing]) -> None:
    """Reaches the customer and whoever looks at the conversation now; nothing is kept. For whoever may answer."""
    await unit.write(lambda tx: desk.tell_typing(tx, unit.actor, conversation_id, typing=data.typing))


@post("/conversations/start", summary="Write first")
async def post_start(unit: Unit, state: State, data: JSONBody[NewConversation]) -> Conversation:
    """By e-mail; the conversation is yours."""
    if data.channel is not Channel.EMAIL:
        raise InvalidInputError(errors=(FieldError("/channel", "Agents write first by e-mail alone."),))
    mail = FirstMail(
        customer_id=data.customer_id,
        program_id=data.program_id,
        subject=data.subject,
        text=data.text,
        html=data.html,
    )
    reachable: Reachable = state.reachable

    async def work(tx: Tx) -> Conversation:
        made = await start.start_conversation(tx, unit.actor, mail)
        await reachable(tx, unit.actor, made.id)
        return made

    return await unit.write(work)


handlers: list[Any] = [
    get_one,
    change,
    get_messages,
    get_intervals,
    post_reply,
    get_pending_replies,
    recall,
    post_note,
    post_status,
    wrap_up,
    end,
    reopen,
    hold,
    mark_read,
    typing,
    post_start,
]
