"""A visitor writes."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import update

from careloom.channels.commands.chat.contact import add_contact
from careloom.channels.commands.inbound import Arrival, accept_inbound
from careloom.channels.core.chat.frames import Say
from careloom.channels.events import VisitorMoved
from careloom.channels.queries.chat_widgets import ChatEntry
from careloom.channels.queries.visitors import find_visitor
from careloom.channels.tables import visitor
from careloom.channels.types import Accepted, Visitor, VisitorId
from careloom.conversations.queries.customer_view import visible_before
from careloom.conversations.queries.files import attachments_of
from careloom.conversations.queries.messages import find_by_external_ids
from careloom.conversations.types import Attachment, ConversationId
from careloom.customers.types import IdentityKind
from careloom.organizations.types import Channel
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.eventlog.event import publish

UNNAMED = "Visitor"
_NO_CONVERSATION = UUID(int=0)


class Heard(Struct, frozen=True):
    """Where a visitor's message went. `moved`: the widget shows another conversation from now on."""

    conversation_id: ConversationId
    seq: int
    previous: int
    at: datetime
    moved: bool


async def say(tx: Tx, entry: ChatEntry, visitor_id: VisitorId, frame: Say, at: datetime) -> Heard:
    """Stores a visitor's message once, in the conversation that the widget shows or in a new one.

    Raises NotFoundError for an unknown visitor and for a file that is not theirs or was used before.
    """
    widget = entry.widget
    one = await find_visitor(tx, widget.client_id, widget.id, visitor_id, lock=True)
    if one is None:
        raise NotFoundError
    external_id = f"chat:{one.id}:{frame.client_id}"
    attachments = await _attachments(tx, one, frame, external_id)
    accepted = await accept_inbound(tx, entry.actor, _arrival(entry, one, frame, external_id, attachments, at))
    moved = not accepted.duplicate and accepted.conversation_id != one.conversation_id
    if moved:
        await _move(tx, one, accepted)
        await add_contact(tx, entry, one, accepted.customer_id)
    previous = await visible_before(tx, one.client_id, accepted.conversation_id, accepted.seq)
    return Heard(accepted.conversation_id, accepted.seq, previous, at, moved)


def _arrival(
    entry: ChatEntry,
    one: Visitor,
    frame: Say,
    external_id: str,
    attachments: tuple[Attachment, ...],
    at: datetime,
) -> Arrival:
    details = {"client_id": frame.client_id}
    if one.conversation_id is None and one.page_url:
        details["page_url"] = one.page_url
    known = one.external_id is not None
    return Arrival(
        client_id=one.client_id,
        program_id=entry.widget.program_id,
        channel=Channel.CHAT,
        external_id=external_id,
        text=frame.text,
        at=at,
        identity_kind=IdentityKind.EXTERNAL if known else IdentityKind.VISITOR,
        identity=one.external_id or str(one.id),
        verified=True,
        customer_id=one.customer_id if one.conversation_id is not None else None,
        customer_name=one.name,
        author_name=one.name or UNNAMED,
        conversation_id=one.conversation_id,
        queue_id=entry.widget.queue_id,
        attachments=attachments,
        details=details,
    )


async def _attachments(tx: Tx, one: Visitor, frame: Say, external_id: str) -> tuple[Attachment, ...]:
    if not frame.file_ids:
        return ()
    if await find_by_external_ids(tx, one.client_id, Channel.CHAT, [external_id]):
        return ()
    try:
        ids = [UUID(file_id) for file_id in frame.file_ids]
    except ValueError:
        raise NotFoundError from None
    return await attachments_of(tx, one.client_id, ids, _NO_CONVERSATION, one.id)


async def _move(tx: Tx, one: Visitor, accepted: Accepted) -> None:
    statement = update(visitor).where(visitor.c.client_id == one.client_id, visitor.c.id == one.id)
    await tx.execute(
        statement.values(
            conversation_id=accepted.conversation_id, customer_id=accepted.customer_id, read_seq=0, present=True
        )
    )
    moved = VisitorMoved(client_id=one.client_id, visitor_id=one.id, conversation_id=accepted.conversation_id)
    await publish(tx, moved)
