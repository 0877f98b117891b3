"""An agent's message becomes a mail: noted once, sent by a job, and sent again where a person wants that."""

import hashlib
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from careloom.channels.commands.mail.fate import tell_failure
from careloom.channels.commands.mail.route import Route, find_route
from careloom.channels.commands.suppression import require_not_suppressed
from careloom.channels.core.email.cause import DeliveryCause
from careloom.channels.core.email.thread import message_id_for
from careloom.channels.errors import AddressSuppressedError, NotSentAgainError
from careloom.channels.queries.mail import Outgoing, find_outgoing
from careloom.channels.tables import mail_reference, outgoing_mail
from careloom.channels.types import OutgoingMailId
from careloom.conversations.commands.delivery import set_delivery
from careloom.conversations.errors import ConversationErasedError
from careloom.conversations.events import MessageAdded
from careloom.conversations.queries.conversation import get_conversation
from careloom.conversations.queries.messages import get_message
from careloom.conversations.types import Conversation, Delivery, Message, MessageKind
from careloom.organizations.types import Channel, ClientId
from careloom.platform import audit
from careloom.platform.access import Actor, Permission, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.ids import new_id
from careloom.platform.jobs import defer, hurry
from careloom.platform.texts.text import Text

SEND_MAIL: Final = "channels.send_mail"
_AGAIN: Final = (Delivery.DEFERRED, Delivery.FAILED, Delivery.BOUNCED)


async def queue_mail(tx: Tx, secret: bytes, event: MessageAdded) -> None:
    """Notes the mail of an agent's message and defers its sending; does nothing for any other message."""
    if event.kind is not MessageKind.OUTBOUND or event.channel is not Channel.EMAIL or event.client_id is None:
        return
    client_id = ClientId(event.client_id)
    actor = system_actor("mail", client_id)
    one = await get_conversation(tx, actor, event.conversation_id)
    message = await get_message(tx, client_id, one.id, event.seq)
    route = await find_route(tx, one, message.seq)
    if isinstance(route, Text):
        await tell_failure(tx, actor, one, message.seq, "", str(route), DeliveryCause.NO_ROUTE)
        return
    try:
        await require_not_suppressed(tx, client_id, route.recipient)
    except AddressSuppressedError as error:
        cause = DeliveryCause.SUPPRESSED
        await tell_failure(tx, actor, one, message.seq, route.recipient, error.detail, cause)
        return
    await _queue(tx, secret, one, message, route)


async def send_again(tx: Tx, actor: Actor, secret: bytes, conversation_id: UUID, seq: int) -> Message:
    """Sends a mail that waits, failed or came back, to where the customer is reached now.

    Raises NotFoundError, ForbiddenError, ConversationErasedError, NotSentAgainError, AddressSuppressedError.
    """
    one = await get_conversation(tx, actor, conversation_id)
    actor.require(Permission.CONVERSATIONS_REPLY, client_id=one.client_id, program_id=one.program_id)
    if one.erased_at is not None:
        raise ConversationErasedError
    message = await get_message(tx, one.client_id, one.id, seq)
    if message.kind is not MessageKind.OUTBOUND or one.channel is not Channel.EMAIL or message.delivery not in _AGAIN:
        raise NotSentAgainError
    route = await find_route(tx, one, seq)
    if isinstance(route, Text):
        raise NotSentAgainError(route)
    await require_not_suppressed(tx, one.client_id, route.recipient)
    outgoing = await find_outgoing(tx, one.client_id, conversation_id=one.id, seq=seq)
    if outgoing is None:
        await _queue(tx, secret, one, message, route)
    else:
        await _requeue(tx, outgoing, route)
    await set_delivery(tx, one.client_id, one.id, seq, Delivery.SENDING)
    values = {"conversation_id": one.id, "seq": seq, "delivery": message.delivery}
    await audit.record(tx, actor, "message.send_again", message.id, client_id=one.client_id, after=values)
    return await get_message(tx, one.client_id, one.id, seq)


async def _queue(tx: Tx, secret: bytes, one: Conversation, message: Message, route: Route) -> None:
    domain = route.address.address.rpartition("@")[2]
    token = hashlib.sha256(message.id.bytes).hexdigest()[:12]
    message_id = message_id_for(one.id, message.seq, token, domain, secret)
    outgoing_id = OutgoingMailId(new_id())
    statement = insert(outgoing_mail).values(
        client_id=one.client_id,
        id=outgoing_id,
        conversation_id=one.id,
        seq=message.seq,
        mail_address_id=route.address.id,
        message_id=message_id,
        recipient=route.recipient,
    )
    if (await tx.execute(statement.on_conflict_do_nothing().returning(outgoing_mail.c.id))).one_or_none() is None:
        return
    reference = insert(mail_reference).values(
        client_id=one.client_id,
        message_id=message_id,
        conversation_id=one.id,
        seq=message.seq,
        mail_address_id=route.address.id,
        sender=None,
    )
    await tx.execute(reference.on_conflict_do_nothing())
    await _defer(tx, one.client_id, one.id, outgoing_id)


async def _requeue(tx: Tx, outgoing: Outgoing, route: Route) -> None:
    table = outgoing_mail.c
    of_mail = (table.client_id == outgoing.client_id) & (table.id == outgoing.id)
    values: dict[str, Any] = {
        "mail_address_id": route.address.id,
        "recipient": route.recipient,
        "made_at": now(),
        "sent_at": None,
        "failed_at": None,
        "error": None,
        "answer": None,
    }
    await tx.execute(update(outgoing_mail).where(of_mail).values(**values))
    # One that the relay deferred has its job already; behind that, another of the same conversation would wait.
    waiting = outgoing.sent_at is None and outgoing.failed_at is None
    if not (waiting and await hurry(tx, SEND_MAIL, _lock(outgoing.conversation_id))):
        await tx.execute(update(outgoing_mail).where(of_mail).values(attempts=0))
        await _defer(tx, outgoing.client_id, outgoing.conversation_id, outgoing.id)


async def _defer(tx: Tx, client_id: UUID, conversation_id: UUID, outgoing_id: OutgoingMailId) -> None:
    lock = _lock(conversation_id)
    await defer(tx, SEND_MAIL, lock=lock, client_id=str(client_id), outgoing_id=str(outgoing_id))


def _lock(conversation_id: UUID) -> str:
    return f"mail:{conversation_id}"
