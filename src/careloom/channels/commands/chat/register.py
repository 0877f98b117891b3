"""A browser asks who it is: a visitor known by its secret, by the client's word, or a new one."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from careloom.channels.commands.chat.page import Page, stored_page
from careloom.channels.core.chat.signatures import Vouched
from careloom.channels.queries.chat_widgets import ChatEntry
from careloom.channels.queries.visitors import COLUMNS, find_identified, find_visitor, read_visitor
from careloom.channels.tables import visitor
from careloom.channels.types import Visitor, VisitorId
from careloom.customers.commands.attach import attach_identity
from careloom.customers.commands.recognise import recognise
from careloom.customers.core.addresses import normalised
from careloom.customers.types import CustomerId, IdentityKind
from careloom.organizations.queries import as_stored, require_served
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import InvalidInputError
from careloom.platform.ids import new_id


async def register(
    tx: Tx, entry: ChatEntry, visitor_id: VisitorId | None, vouched: Vouched | None, page: Page
) -> Visitor:
    """The visitor behind a browser; `visitor_id` is what its secret proves, `vouched` what the client's token says.

    An anonymous visitor whom the client vouches for becomes that person, with everything said before. A visitor
    whom the client knows as someone else is left alone, as on a shared computer.
    """
    widget = entry.widget
    await require_served(tx, widget.client_id)
    one = None
    if visitor_id is not None:
        one = await find_visitor(tx, widget.client_id, widget.id, visitor_id, lock=True)
    if vouched is not None:
        one = await _identified(tx, entry, one, vouched)
    if one is None:
        one = await _make(tx, entry)
    given = await stored_page(tx, widget.client_id, page)
    return await _set(tx, one, **given) if given else one


async def _identified(tx: Tx, entry: ChatEntry, anonymous: Visitor | None, vouched: Vouched) -> Visitor:
    if anonymous is not None and anonymous.external_id not in (None, vouched.subject):
        anonymous = None
    widget = entry.widget
    one = await find_identified(tx, widget.client_id, widget.id, vouched.subject, lock=True)
    if one is None and anonymous is not None:
        one = await _set(tx, anonymous, external_id=vouched.subject)
    if one is None:
        one = await _make(tx, entry, vouched.subject)
    customer_id = await _person(tx, entry, vouched, [one] if anonymous is None else [one, anonymous])
    values: dict[str, Any] = {"customer_id": customer_id}
    values |= {"name": vouched.name} if vouched.name else {}
    values |= {"email": vouched.email.lower()} if vouched.email else {}
    if anonymous is not None and anonymous.id != one.id and anonymous.conversation_id and not one.conversation_id:
        values |= {"conversation_id": anonymous.conversation_id, "read_seq": anonymous.read_seq}
        await _set(tx, anonymous, conversation_id=None, read_seq=0)
    return await _set(tx, one, **values)


async def _person(tx: Tx, entry: ChatEntry, vouched: Vouched, visitors: list[Visitor]) -> CustomerId:
    client_id, actor = entry.widget.client_id, entry.actor
    person = await recognise(
        tx, actor, client_id, IdentityKind.EXTERNAL, vouched.subject, name=vouched.name, verified=True
    )
    claims = [(IdentityKind.VISITOR, str(one.id)) for one in visitors]
    if vouched.email is not None and _is_email(vouched.email):
        claims.append((IdentityKind.EMAIL, vouched.email))
    customer_id = person.id
    for kind, value in claims:
        attached = await attach_identity(tx, actor, client_id, customer_id, kind, value, verified=True)
        customer_id = attached.customer.id
    return customer_id


async def _make(tx: Tx, entry: ChatEntry, external_id: str | None = None) -> Visitor:
    widget, table = entry.widget, visitor.c
    statement = insert(visitor).values(
        client_id=widget.client_id, id=VisitorId(new_id()), widget_id=widget.id, external_id=external_id
    )
    statement = statement.on_conflict_do_nothing(
        index_elements=[table.client_id, table.widget_id, table.external_id],
        index_where=table.external_id.is_not(None),
    )
    row = (await tx.execute(statement.returning(*COLUMNS))).one_or_none()
    if row is not None:
        return read_visitor(row)
    meanwhile = await find_identified(tx, widget.client_id, widget.id, external_id or "", lock=True)
    if meanwhile is None:
        raise AssertionError("an identified visitor exists where making it met a conflict")
    return meanwhile


async def _set(tx: Tx, one: Visitor, **values: Any) -> Visitor:
    values = await as_stored(tx, one.client_id, visitor, values)
    statement = update(visitor).where(visitor.c.client_id == one.client_id, visitor.c.id == one.id)
    return read_visitor((await tx.execute(statement.values(**values).returning(*COLUMNS))).one())


def _is_email(text: str) -> bool:
    try:
        normalised(IdentityKind.EMAIL, text)
    except InvalidInputError:
        return False
    return True
