"""The one way in: a customer's message from any channel, to its customer, its conversation and its queue."""

import asyncio
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from careloom.channels.types import Accepted
from careloom.conversations.commands.privacy import cleaned, keep_originals
from careloom.conversations.commands.receive import Inbound, Received, receive_message
from careloom.conversations.commands.running import find_running_conversation
from careloom.conversations.core.language import detect_language
from careloom.conversations.types import Attachment, ConversationId, QueueId
from careloom.customers.commands.recognise import recognise
from careloom.customers.types import CustomerId, IdentityKind
from careloom.organizations.queries import require_served
from careloom.organizations.types import Channel, ClientId, ProgramId
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.routing.commands.enqueue import enqueue
from careloom.routing.queries.promises import due_at
from careloom.routing.queries.queues import line_for
from careloom.routing.types import Queue


class Arrival(Struct, frozen=True, kw_only=True):
    """A customer's message as a channel understood it.

    The customer is `customer_id` where the channel knows it, else whoever has the address `identity`;
    `verified` says that the sender is known to hold that address. `conversation_id` is given where the channel
    knows the thread, `queue_id` where its entry point names a queue. `runs_on_since`: without a thread,
    the message continues the customer's last conversation of this program and channel that was not resolved before
    then. `language` None: told from the text of a message that begins a conversation. `author_name` None: the
    customer's name.
    """

    client_id: ClientId
    program_id: ProgramId
    channel: Channel
    external_id: str
    text: str
    at: datetime
    identity_kind: IdentityKind
    identity: str
    verified: bool = False
    customer_id: CustomerId | None = None
    customer_name: str | None = None
    author_name: str | None = None
    conversation_id: ConversationId | None = None
    runs_on_since: datetime | None = None
    queue_id: QueueId | None = None
    subject: str | None = None
    language: str | None = None
    html: str | None = None
    folded_text: str | None = None
    attachments: tuple[Attachment, ...] = ()
    details: dict[str, str] = {}


async def accept_inbound(tx: Tx, actor: Actor, arrival: Arrival) -> Accepted:
    """Stores a customer's message once and hands the conversation to routing where it waits for an agent.

    What the client's policy takes out of messages is out before anything is stored. A repeat of `external_id` answers
    where the first went and changes nothing. Raises InvalidInputError for an identity that is no address of its kind,
    ForbiddenError, NotFoundError.
    """
    actor.require(Permission.MESSAGES_INGEST, client_id=arrival.client_id, program_id=arrival.program_id)
    await require_served(tx, arrival.client_id)
    arrival, taken = await cleaned(tx, arrival.client_id, arrival)
    language = arrival.language
    if language is None and arrival.conversation_id is None:
        language = await asyncio.to_thread(detect_language, arrival.text)
    customer_id, name, language = await _customer(tx, actor, arrival, language)
    if arrival.runs_on_since is not None:
        running = await find_running_conversation(
            tx, arrival.client_id, arrival.program_id, arrival.channel, customer_id, arrival.runs_on_since
        )
        arrival = replace(arrival, conversation_id=running)
    at = min(arrival.at, now())
    line = await _line(tx, arrival, language)
    received = await receive_message(
        tx,
        actor,
        Inbound(
            client_id=arrival.client_id,
            program_id=arrival.program_id,
            channel=arrival.channel,
            external_id=arrival.external_id,
            customer_id=customer_id,
            author_name=arrival.author_name or name,
            text=arrival.text,
            at=at,
            conversation_id=arrival.conversation_id,
            queue_id=line.id if line else arrival.queue_id,
            due_at=await due_at(tx, line, arrival.channel, at) if line else None,
            subject=arrival.subject,
            html=arrival.html,
            folded_text=arrival.folded_text,
            attachments=arrival.attachments,
            language=language,
            details=arrival.details,
        ),
    )
    if not received.duplicate:
        one = received.conversation
        await keep_originals(tx, one.client_id, one.id, received.message.id, taken)
    if received.needs_routing:
        one = received.conversation
        await enqueue(tx, actor, one, arrival.queue_id or one.queue_id)
    return accepted(received)


def accepted(received: Received) -> Accepted:
    """Where a message went, for the channel that handed it in."""
    return Accepted(
        conversation_id=received.conversation.id,
        message_id=received.message.id,
        customer_id=received.conversation.customer_id,
        seq=received.message.seq,
        duplicate=received.duplicate,
    )


async def _line(tx: Tx, arrival: Arrival, language: str | None) -> Queue | None:
    """The queue in which the message's conversation begins to wait; None where it may be there already."""
    if arrival.conversation_id is not None:
        return None
    channel, queue_id = arrival.channel, arrival.queue_id
    return await line_for(tx, arrival.client_id, arrival.program_id, channel, language, queue_id)


async def _customer(tx: Tx, actor: Actor, arrival: Arrival, language: str | None) -> tuple[CustomerId, str, str | None]:
    """The customer, the name to show, and the language: as told, else the customer's own."""
    if arrival.customer_id is not None:
        return arrival.customer_id, arrival.customer_name or arrival.identity, language
    customer = await recognise(
        tx,
        actor,
        arrival.client_id,
        arrival.identity_kind,
        arrival.identity,
        name=arrival.customer_name,
        language=language,
        verified=arrival.verified,
    )
    return customer.id, arrival.customer_name or customer.name or arrival.identity, language or customer.language
