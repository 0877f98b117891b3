"""An agent's message becomes a mail: noted once, sent by a job, settled with what became of it."""

import hashlib
from datetime import datetime
from typing import Final

from msgspec import Struct
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from careloom.channels.commands.mail.thread import has_address
from careloom.channels.core.email.thread import message_id_for
from careloom.channels.queries.mail import Outgoing, address_for, references_of
from careloom.channels.tables import mail_reference, outgoing_mail
from careloom.channels.types import MailAddress, OutgoingMailId
from careloom.conversations.commands.asides import add_channel_event
from careloom.conversations.commands.delivery import set_delivery
from careloom.conversations.events import MessageAdded
from careloom.conversations.queries.conversation import get_conversation
from careloom.conversations.queries.messages import get_message
from careloom.conversations.types import Conversation, Delivery, Message, MessageKind
from careloom.customers.queries.customer import load
from careloom.customers.types import IdentityKind
from careloom.organizations.types import Channel, ClientId
from careloom.platform.access import Actor, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.ids import new_id
from careloom.platform.jobs import defer

SEND_MAIL: Final = "channels.send_mail"


class Route(Struct, frozen=True):
    """From which of our addresses to which of the customer's a mail goes."""

    address: MailAddress
    recipient: str


async def queue_mail(tx: Tx, secret: bytes, event: MessageAdded) -> None:
    """Notes the mail of an agent's message and defers its sending; does nothing for any other message."""
    if event.kind is not MessageKind.OUTBOUND or event.channel is not Channel.EMAIL or event.client_id is None:
        return
    client_id = ClientId(event.client_id)
    actor = system_actor("mail", client_id)
    one = await get_conversation(tx, actor, event.conversation_id)
    message = await get_message(tx, client_id, one.id, event.seq)
    route = await _route(tx, one, message)
    if isinstance(route, str):
        await _tell_failure(tx, actor, one, message.seq, "", route)
        return
    domain = route.address.address.rpartition("@")[2]
    token = hashlib.sha256(message.id.bytes).hexdigest()[:12]
    message_id = message_id_for(one.id, message.seq, token, domain, secret)
    outgoing_id = OutgoingMailId(new_id())
    statement = insert(outgoing_mail).values(
        client_id=client_id,
        id=outgoing_id,
        conversation_id=one.id,
        seq=message.seq,
        mail_address_id=route.address.id,
        message_id=message_id,
        recipient=route.recipient,
    )
    if (await tx.execute(statement.on_conflict_do_nothing().returning(outgoing_mail.c.id))).one_or_none() is None:
        return
    await tx.execute(
        insert(mail_reference)
        .values(
            client_id=client_id,
            message_id=message_id,
            conversation_id=one.id,
            seq=message.seq,
            mail_address_id=route.address.id,
            sender=None,
        )
        .on_conflict_do_nothing()
    )
    await defer(tx, SEND_MAIL, lock=f"mail:{one.id}", client_id=str(client_id), outgoing_id=str(outgoing_id))


async def settle_sent(tx: Tx, outgoing: Outgoing, at: datetime) -> None:
    """Notes that the relay took the mail."""
    table = outgoing_mail.c
    of_mail = (table.client_id == outgoing.client_id) & (table.id == outgoing.id) & table.sent_at.is_(None)
    await tx.execute(update(outgoing_mail).where(of_mail).values(sent_at=at))
    await set_delivery(tx, outgoing.client_id, outgoing.conversation_id, outgoing.seq, Delivery.SENT)


async def fail(tx: Tx, actor: Actor, outgoing: Outgoing, reason: str) -> None:
    """Notes that the mail did not arrive and never will, once, and says so in its conversation."""
    table = outgoing_mail.c
    of_mail = (table.client_id == outgoing.client_id) & (table.id == outgoing.id) & table.failed_at.is_(None)
    statement = update(outgoing_mail).where(of_mail).values(failed_at=now(), error=reason[:2_000])
    if (await tx.execute(statement.returning(table.id))).one_or_none() is None:
        return
    one = await get_conversation(tx, system_actor(actor.name, outgoing.client_id), outgoing.conversation_id)
    await _tell_failure(tx, actor, one, outgoing.seq, outgoing.recipient, reason)


async def _tell_failure(tx: Tx, actor: Actor, one: Conversation, seq: int, recipient: str, reason: str) -> None:
    await set_delivery(tx, one.client_id, one.id, seq, Delivery.FAILED)
    details = {"seq": str(seq), "recipient": recipient, "reason": reason[:500]}
    await add_channel_event(tx, actor, one.id, "delivery_failed", details)


async def _route(tx: Tx, one: Conversation, message: Message) -> Route | str:
    """The route of a message, or why there is none. The customer is answered where they wrote from last."""
    references = await references_of(tx, one.client_id, one.id, message.seq)
    last = references[-1] if references else None
    address = await address_for(tx, one.client_id, one.program_id, None if last is None else last.mail_address_id)
    if address is None:
        return "The program has no active mail address."
    try:
        customer = await load(tx, one.client_id, one.customer_id)
    except NotFoundError:
        return "The customer is gone."
    for sender in reversed([known.sender for known in references if known.sender]):
        if has_address(customer, sender):
            return Route(address, sender)
    known_addresses = [identity for identity in customer.identities if identity.kind is IdentityKind.EMAIL]
    if not known_addresses:
        return "The customer has no e-mail address."
    known_addresses.sort(key=lambda identity: not identity.verified)
    return Route(address, known_addresses[0].value)
