"""Finds the conversation that a mail continues."""

from collections.abc import Iterable
from uuid import UUID

from msgspec import Struct

from careloom.channels.core.email.thread import ThreadKey
from careloom.channels.queries.mail import find_reference
from careloom.conversations.queries.conversation import get_conversation
from careloom.conversations.types import Conversation
from careloom.customers.core.addresses import normalised
from careloom.customers.queries.customer import load
from careloom.customers.types import Customer, IdentityKind
from careloom.organizations.types import Channel
from careloom.platform.access import Actor
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import InvalidInputError, NotFoundError


class Thread(Struct, frozen=True):
    """A conversation that a mail continues.

    `proven`: the mail shows something that only a mail of ours carried. `is_customers`: its sender is an address
    of the conversation's customer.
    """

    conversation: Conversation
    proven: bool
    is_customers: bool


async def find_thread(tx: Tx, actor: Actor, client_id: UUID, keys: Iterable[ThreadKey], sender: str) -> Thread | None:
    """The client's mail conversation that the best of `keys` names, or None.

    A key that proves nothing, a Message-ID of the customer's own, counts only in mail from the customer:
    else anyone who knows it could write into the thread.
    """
    for key in keys:
        conversation_id, proven = key.conversation_id, True
        if conversation_id is None:
            found = await find_reference(tx, client_id, key.message_id or "")
            if found is None:
                continue
            conversation_id, proven = found.conversation_id, found.sender is None
        one = await _mail_conversation(tx, actor, client_id, conversation_id)
        if one is None:
            continue
        is_customers = has_address(await load(tx, client_id, one.customer_id), sender)
        if proven or is_customers:
            return Thread(one, proven, is_customers)
    return None


def has_address(customer: Customer, address: str) -> bool:
    """Whether `address` is one of the customer's e-mail addresses."""
    try:
        wanted = normalised(IdentityKind.EMAIL, address)
    except InvalidInputError:
        return False
    return any(one.kind is IdentityKind.EMAIL and one.value == wanted for one in customer.identities)


async def _mail_conversation(tx: Tx, actor: Actor, client_id: UUID, conversation_id: UUID) -> Conversation | None:
    """None also for one whose words were erased: whoever writes again begins anew."""
    try:
        one = await get_conversation(tx, actor, conversation_id)
    except NotFoundError:
        return None
    wanted = one.client_id == client_id and one.channel is Channel.EMAIL and one.erased_at is None
    return one if wanted else None
