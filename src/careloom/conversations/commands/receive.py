"""A customer's message arrives: stored once, in the conversation that it belongs to."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import select

from careloom.conversations.commands.held import Held, change, hold_conversation, move, tell
from careloom.conversations.commands.journal import remember
from careloom.conversations.commands.message import (
    Entry,
    added,
    find_message,
    insert_message,
    preview,
)
from careloom.conversations.commands.opening import only_case, open_conversation
from careloom.conversations.core.phases import OVER
from careloom.conversations.core.status import Inbound as Verdict
from careloom.conversations.core.status import on_inbound
from careloom.conversations.events import ConversationOpened, facts
from careloom.conversations.queries.conversation import COLUMNS as CONVERSATION_COLUMNS
from careloom.conversations.queries.conversation import read_conversation
from careloom.conversations.tables.contact import conversation
from careloom.conversations.types import (
    Attachment,
    Conversation,
    ConversationId,
    Delivery,
    Message,
    MessageKind,
    Phase,
    QueueId,
    Status,
)
from careloom.customers.commands.hold import hold_customer
from careloom.customers.types import CustomerId, TimelineKind
from careloom.organizations.queries import get_program
from careloom.organizations.types import Channel, ClientId, ProgramId
from careloom.platform.access import Actor, Permission, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.eventlog.event import publish
from careloom.platform.redaction.values import storable


class Inbound(Struct, frozen=True, kw_only=True):
    """A customer's message as its channel hands it in.

    `external_id` is the channel's own key, unique for client and channel. `at` is when the message reached us.
    `conversation_id` is given where the channel knows the thread; `queue_id` is where a new conversation waits,
    `due_at` what that queue has promised, once it is chosen.
    """

    client_id: ClientId
    program_id: ProgramId
    channel: Channel
    external_id: str
    customer_id: CustomerId
    author_name: str
    text: str
    at: datetime
    conversation_id: ConversationId | None = None
    queue_id: QueueId | None = None
    due_at: datetime | None = None
    subject: str | None = None
    html: str | None = None
    folded_text: str | None = None
    attachments: tuple[Attachment, ...] = ()
    language: str | None = None
    details: dict[str, str] = {}


class Received(Struct, frozen=True):
    """Where a message went. `needs_routing`: the conversation waits and no queue has taken it in yet."""

    conversation: Conversation
    message: Message
    duplicate: bool = False
    opened: bool = False
    reopened: bool = False
    needs_routing: bool = False


class _StoredMeanwhileError(Exception):
    """Someone else stored the same message first."""


async def receive_message(tx: Tx, actor: Actor, inbound: Inbound) -> Received:
    """Stores a customer's message once; a repeat answers what was stored and changes nothing.

    Continues `conversation_id` by the status and reopening rules, unless its words were erased; else opens a
    conversation in the customer's only unresolved case of the program, else in a new case. Raises NotFoundError,
    ForbiddenError.
    """
    actor.require(Permission.MESSAGES_INGEST, client_id=inbound.client_id, program_id=inbound.program_id)
    stored = await _stored(tx, inbound)
    if stored is not None:
        return stored
    previous: Conversation | None = None
    if inbound.conversation_id is not None:
        held = await hold_conversation(tx, actor, inbound.conversation_id, Permission.MESSAGES_INGEST)
        if held.conversation.client_id != inbound.client_id:
            raise NotFoundError
        if held.conversation.erased_at is None:
            previous = held.conversation
            if await _verdict(tx, previous, inbound.at) is not Verdict.NEW:
                return await _continue(tx, held, inbound)
    try:
        async with tx.begin_nested():
            return await _open(tx, inbound, previous)
    except _StoredMeanwhileError:
        return await _stored_by_another(tx, inbound)


async def _verdict(tx: Tx, one: Conversation, at: datetime) -> Verdict:
    if one.status is not Status.RESOLVED:
        return on_inbound(one.status, None, at, 0)
    program = await get_program(tx, system_actor("receive", one.client_id), one.program_id)
    return on_inbound(one.status, one.resolved_at, at, program.reopen_days)


async def _continue(tx: Tx, held: Held, inbound: Inbound) -> Received:
    before = held.conversation
    at = min(inbound.at, now())
    stored = await insert_message(tx, before, before.last_seq + 1, _entry(inbound), at)
    if stored is None:
        return await _stored_by_another(tx, inbound)
    values: dict[str, Any] = {
        "last_seq": stored.seq,
        "last_inbound_seq": stored.seq,
        "preview": preview(storable(inbound.text)),
        "waiting_since": before.waiting_since or at,
        "language": before.language or inbound.language,
        "status": Status.OPEN,
    }
    messages = [stored]
    reopened = before.phase in OVER or before.phase is Phase.AFTER_CALL_WORK
    if reopened:
        event = Entry(kind=MessageKind.EVENT, author_name=inbound.author_name, text="reopened")
        noted = await insert_message(tx, before, stored.seq + 1, event, at)
        if noted is not None:
            messages.append(noted)
            values["last_seq"] = noted.seq
    held = await _turn(tx, held, values, inbound, at)
    after = held.conversation
    await tell(tx, before, after, *(added(after, one) for one in messages))
    if before.phase in OVER:
        await remember(tx, after, TimelineKind.CONVERSATION_REOPENED, at, inbound.author_name)
    return Received(after, stored, reopened=reopened, needs_routing=before.phase in OVER)


async def _turn(tx: Tx, held: Held, values: dict[str, Any], inbound: Inbound, at: datetime) -> Held:
    one = held.conversation
    if one.phase in OVER:
        values |= {"resolved_at": None, "disposition_id": None, "assignee_id": None, "assignee_name": None}
        queue_id = inbound.queue_id or one.queue_id
        return await move(tx, held, Phase.QUEUED, at, queue_id=queue_id, due_at=None, **values)
    if one.phase in (Phase.WAITING_CUSTOMER, Phase.AFTER_CALL_WORK):
        return await move(tx, held, Phase.WITH_AGENT, at, queue_id=one.queue_id, agent_id=one.assignee_id, **values)
    return await change(tx, held, at, **values)


async def _open(tx: Tx, inbound: Inbound, previous: Conversation | None) -> Received:
    customer = await hold_customer(tx, inbound.client_id, inbound.customer_id)
    at = min(inbound.at, now())
    case = None if previous is None else (previous.case_id, previous.case_number)
    one = await open_conversation(
        tx,
        customer,
        client_id=inbound.client_id,
        program_id=inbound.program_id,
        channel=inbound.channel,
        subject=storable(inbound.subject or preview(inbound.text)),
        at=at,
        case=case or await only_case(tx, customer, inbound.client_id, inbound.program_id),
        queue_id=inbound.queue_id,
        language=inbound.language or customer.language,
        preview=preview(storable(inbound.text)),
        waiting_since=at,
        due_at=inbound.due_at,
        last_seq=1,
        last_inbound_seq=1,
    )
    stored = await insert_message(tx, one, 1, _entry(inbound), at)
    if stored is None:
        raise _StoredMeanwhileError
    opened = ConversationOpened(**facts(one), case_id=one.case_id)
    await publish(tx, opened, added(one, stored))
    await remember(tx, one, TimelineKind.CONVERSATION_STARTED, at, inbound.author_name)
    return Received(one, stored, opened=True, needs_routing=inbound.due_at is None)


async def _stored(tx: Tx, inbound: Inbound) -> Received | None:
    found = await find_message(tx, inbound.client_id, inbound.channel, inbound.external_id)
    if found is None:
        return None
    statement = select(*CONVERSATION_COLUMNS).where(
        conversation.c.client_id == inbound.client_id, conversation.c.id == found.conversation_id
    )
    one = read_conversation((await tx.execute(statement)).one())
    return Received(one, found, duplicate=True)


async def _stored_by_another(tx: Tx, inbound: Inbound) -> Received:
    stored = await _stored(tx, inbound)
    if stored is None:
        raise NotFoundError
    return stored


def _entry(inbound: Inbound) -> Entry:
    return Entry(
        kind=MessageKind.INBOUND,
        author_id=inbound.customer_id,
        author_name=inbound.author_name,
        text=inbound.text,
        html=inbound.html,
        folded_text=inbound.folded_text,
        attachments=inbound.attachments,
        details=inbound.details,
        delivery=Delivery.NONE,
        external_id=inbound.external_id,
        subject=inbound.subject,
    )
