"""A visitor says who they are."""

from sqlalchemy import update

from careloom.channels.core.chat.frames import Introduce
from careloom.channels.queries.chat_widgets import ChatEntry
from careloom.channels.queries.visitors import find_visitor
from careloom.channels.tables import visitor
from careloom.channels.types import Visitor, VisitorId
from careloom.customers.commands.attach import attach_identity
from careloom.customers.commands.recognise import recognise
from careloom.customers.core.addresses import normalised
from careloom.customers.types import CustomerId, IdentityKind
from careloom.organizations.queries import as_stored
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import InvalidInputError, NotFoundError


async def introduce(tx: Tx, entry: ChatEntry, visitor_id: VisitorId, frame: Introduce) -> None:
    """Keeps a visitor's own word on name and address, which nobody has verified; empty ones change nothing.

    An address that another customer has stays theirs: whether the two are one person is for people to decide.
    Raises InvalidInputError for what is no e-mail address, NotFoundError.
    """
    widget = entry.widget
    one = await find_visitor(tx, widget.client_id, widget.id, visitor_id, lock=True)
    if one is None:
        raise NotFoundError
    email = email_address(frame.email)
    said = {"name": " ".join((frame.name or "").split()) or one.name}
    name = (await as_stored(tx, one.client_id, visitor, said))["name"]
    if (name, email or one.email) == (one.name, one.email):
        return
    statement = update(visitor).where(visitor.c.client_id == one.client_id, visitor.c.id == one.id)
    changed = (await tx.execute(statement.values(name=name, email=email or one.email).returning(visitor.c.email))).one()
    if one.customer_id is None:
        return
    if name != one.name:
        kind, value = own_identity(one)
        await recognise(tx, entry.actor, one.client_id, kind, value, name=name)
    if changed.email:
        await attach_identity(tx, entry.actor, one.client_id, one.customer_id, IdentityKind.EMAIL, changed.email)


async def add_contact(tx: Tx, entry: ChatEntry, one: Visitor, customer_id: CustomerId) -> None:
    """Gives a customer who has just begun to write the address that they named before."""
    if one.email:
        await attach_identity(tx, entry.actor, one.client_id, customer_id, IdentityKind.EMAIL, one.email)


def own_identity(one: Visitor) -> tuple[IdentityKind, str]:
    """By what the customer behind a visitor is recognised: the client's own id for them, else the visitor's."""
    if one.external_id is not None:
        return IdentityKind.EXTERNAL, one.external_id
    return IdentityKind.VISITOR, str(one.id)


def email_address(text: str | None) -> str | None:
    """The address in its stored form, None for an empty one; raises InvalidInputError."""
    if text is None or not text.strip():
        return None
    address = normalised(IdentityKind.EMAIL, text)
    if not address.isprintable():
        raise InvalidInputError("Write an e-mail address such as ada@example.org.")
    return address
