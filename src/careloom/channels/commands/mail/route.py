"""From which of our addresses to which of the customer's a mail goes, and whether it may."""

from uuid import UUID

from msgspec import Struct

from careloom.channels.commands.mail.thread import has_address
from careloom.channels.commands.suppression import refusal, require_not_suppressed
from careloom.channels.queries.mail import address_for, references_of
from careloom.channels.queries.suppression import find_suppressed
from careloom.channels.types import MailAddress
from careloom.channels.types.delivery import MailRoute
from careloom.conversations.queries.conversation import get_conversation
from careloom.conversations.types import Conversation
from careloom.customers.queries.customer import load
from careloom.customers.types import IdentityKind
from careloom.organizations.types import Channel
from careloom.platform.access import Actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.texts.text import Text, render, say


class Route(Struct, frozen=True):
    """From which of our addresses to which of the customer's a mail goes."""

    address: MailAddress
    recipient: str


async def find_route(tx: Tx, one: Conversation, seq: int) -> Route | Text:
    """The route of message `seq`, or why there is none. The customer is answered where they wrote from last."""
    references = await references_of(tx, one.client_id, one.id, seq)
    last = references[-1] if references else None
    address = await address_for(tx, one.client_id, one.program_id, None if last is None else last.mail_address_id)
    if address is None:
        return say("The program has no active mail address.")
    try:
        customer = await load(tx, one.client_id, one.customer_id)
    except NotFoundError:
        return say("The customer is gone.")
    for sender in reversed([known.sender for known in references if known.sender]):
        if has_address(customer, sender):
            return Route(address, sender)
    known_addresses = [identity for identity in customer.identities if identity.kind is IdentityKind.EMAIL]
    if not known_addresses:
        return say("The customer has no e-mail address.")
    known_addresses.sort(key=lambda identity: not identity.verified)
    return Route(address, known_addresses[0].value)


async def show_route(tx: Tx, actor: Actor, conversation_id: UUID) -> MailRoute:
    """Where a conversation's next mail would go; raises NotFoundError."""
    one = await get_conversation(tx, actor, conversation_id)
    if one.channel is not Channel.EMAIL:
        return MailRoute(None, None, render(say("This conversation is not by e-mail."), actor.language), None)
    route = await find_route(tx, one, one.last_seq + 1)
    if isinstance(route, Text):
        return MailRoute(None, None, render(route, actor.language), None)
    suppressed = await find_suppressed(tx, one.client_id, route.recipient, now())
    problem = None if suppressed is None else render(refusal(suppressed), actor.language)
    return MailRoute(route.address.address, route.recipient, problem, suppressed)


async def require_reachable(tx: Tx, actor: Actor, conversation_id: UUID) -> None:
    """Raises AddressSuppressedError where the next mail of a conversation would go to a suppressed address.

    Other channels, and mail that has no route yet, pass: they fail or go on their own terms.
    """
    one = await get_conversation(tx, actor, conversation_id)
    if one.channel is not Channel.EMAIL:
        return
    route = await find_route(tx, one, one.last_seq + 1)
    if isinstance(route, Route):
        await require_not_suppressed(tx, one.client_id, route.recipient)
