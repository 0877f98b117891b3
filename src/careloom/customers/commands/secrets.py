"""Sensitive attributes of customers: shown to those who may see them, and found by their exact value."""

from typing import Final
from uuid import UUID

from sqlalchemy import select

from careloom.customers.commands.seal import index_of
from careloom.customers.queries.customer import get_customer
from careloom.customers.queries.schema import get_attribute_schema
from careloom.customers.queries.search import read_row, rows
from careloom.customers.queries.secrets import kept_secrets, open_secret
from careloom.customers.tables import customer, customer_secret
from careloom.customers.types import CustomerRow, RevealedAttribute, SensitiveSearch
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, InvalidInputError, NotFoundError
from careloom.platform.keys.ring import keys_of

_C: Final = customer_secret.c
_MOST_FOUND: Final = 50


async def reveal_attribute(tx: Tx, actor: Actor, customer_id: UUID, attribute: str) -> RevealedAttribute:
    """A sensitive attribute of a customer in plain; each time leaves an audit entry.

    Raises NotFoundError, also where none is kept; ForbiddenError, ShreddedError, CipherBrokenError.
    """
    one = await get_customer(tx, actor, customer_id)
    actor.require_somewhere(Permission.PRIVACY_REVEAL, one.client_id)
    row = (await kept_secrets(tx, one.client_id, [one.id])).get((one.id, attribute))
    if row is None:
        raise NotFoundError
    shown = RevealedAttribute(attribute, open_secret(await keys_of(tx, one.client_id), row))
    told = {"fields": [f"attributes.{attribute}"]}
    await audit.record(tx, actor, "customer.reveal", one.id, client_id=one.client_id, after=told)
    return shown


async def find_by_secret(tx: Tx, actor: Actor, wanted: SensitiveSearch) -> tuple[CustomerRow, ...]:
    """At most 50 customers with exactly this value, newest first; each search leaves an audit entry without it.

    Raises NotFoundError, ShreddedError; InvalidInputError where the client's schema does not ask for it.
    """
    schema = await get_attribute_schema(tx, actor, wanted.client_id)
    if wanted.attribute not in {field.key for field in schema if field.exact}:
        message = "This client's customers are not found by the exact value of this attribute."
        raise InvalidInputError(errors=(FieldError("/attribute", message),))
    blind = index_of(await keys_of(tx, wanted.client_id), wanted.attribute, wanted.value)
    mine = (_C.client_id == wanted.client_id, _C.key == wanted.attribute, _C.blind.in_(blind))
    statement = rows().where(
        customer.c.client_id == wanted.client_id,
        customer.c.id.in_(select(_C.customer_id).where(*mine)),
        customer.c.merged_into.is_(None),
    )
    ordered = statement.order_by(customer.c.id.desc()).limit(_MOST_FOUND)
    found = tuple(read_row(row) for row in await tx.execute(ordered))
    told = {"field": f"attributes.{wanted.attribute}", "shown": len(found)}
    await audit.record(tx, actor, "customer.find", wanted.client_id, client_id=wanted.client_id, after=told)
    return found
