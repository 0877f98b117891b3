"""A visitor leaves a message while nobody is there."""

import hashlib
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from careloom.channels.commands.chat.page import stored_url
from careloom.channels.commands.inbound import Arrival, accept_inbound
from careloom.channels.events import VisitorMoved
from careloom.channels.queries.chat_widgets import ChatEntry
from careloom.channels.queries.mail import address_for
from careloom.channels.queries.visitors import find_visitor
from careloom.channels.tables import mail_reference, visitor
from careloom.channels.types import Accepted, MailAddress, VisitorId
from careloom.conversations.queries.conversation import get_conversation
from careloom.customers.types import IdentityKind
from careloom.organizations.types import Channel
from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.event import publish


async def leave_message(
    tx: Tx,
    entry: ChatEntry,
    *,
    key: str,
    name: str,
    email: str,
    text: str,
    page_url: str | None,
    visitor_id: VisitorId | None,
    at: datetime,
) -> int:
    """Opens a contact that is answered by mail to `email`, in its stored form; answers the case's number.

    The same `key` from the same address again answers the first number and changes nothing. Where the program has
    no mail address the contact is a chat, which the visitor finds on coming back.
    """
    client_id, program_id = entry.widget.client_id, entry.widget.program_id
    address = await address_for(tx, client_id, program_id, None)
    digest = hashlib.sha256(f"{entry.widget.id}\0{email}\0{key}".encode()).hexdigest()[:40]
    message_id = f"<offline.{digest}@made.invalid>"
    accepted = await accept_inbound(
        tx,
        entry.actor,
        Arrival(
            client_id=client_id,
            program_id=program_id,
            channel=Channel.CHAT if address is None else Channel.EMAIL,
            external_id=message_id,
            text=text,
            at=at,
            identity_kind=IdentityKind.EMAIL,
            identity=email,
            customer_name=name or None,
            author_name=name or email,
            queue_id=entry.widget.queue_id if address is None else address.queue_id,
            details={"page_url": await stored_url(tx, client_id, page_url)} if page_url else {},
        ),
    )
    if not accepted.duplicate:
        if address is not None:
            await _refer(tx, address, accepted, message_id, email)
        elif visitor_id is not None:
            await _show(tx, entry, visitor_id, accepted)
    return (await get_conversation(tx, entry.actor, accepted.conversation_id)).case_number


async def _refer(tx: Tx, address: MailAddress, accepted: Accepted, message_id: str, email: str) -> None:
    """Lets the answer go out from `address` to `email`, as if the message had come by mail."""
    statement = insert(mail_reference).values(
        client_id=address.client_id,
        message_id=message_id,
        conversation_id=accepted.conversation_id,
        seq=accepted.seq,
        mail_address_id=address.id,
        sender=email,
    )
    await tx.execute(statement.on_conflict_do_nothing())


async def _show(tx: Tx, entry: ChatEntry, visitor_id: VisitorId, accepted: Accepted) -> None:
    one = await find_visitor(tx, entry.widget.client_id, entry.widget.id, visitor_id, lock=True)
    if one is None or one.conversation_id is not None:
        return
    statement = update(visitor).where(visitor.c.client_id == one.client_id, visitor.c.id == one.id)
    await tx.execute(
        statement.values(conversation_id=accepted.conversation_id, customer_id=accepted.customer_id, read_seq=0)
    )
    moved = VisitorMoved(client_id=one.client_id, visitor_id=one.id, conversation_id=accepted.conversation_id)
    await publish(tx, moved)
