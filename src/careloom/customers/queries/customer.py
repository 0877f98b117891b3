"""Single customers with their identities."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from careloom.customers.tables import customer, customer_identity, customer_secret
from careloom.customers.types import Customer, CustomerId, Identity, IdentityKind
from careloom.organizations.types import ClientId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.scope import within_somewhere
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.wire import reader, row_fields

read_identity = reader(Identity)


async def get_customer(tx: Tx, actor: Actor, customer_id: UUID) -> Customer:
    """One customer as stored, also one merged away; raises NotFoundError."""
    row = (await tx.execute(_rows().where(customer.c.id == customer_id))).one_or_none()
    if row is None or not actor.may_somewhere(Permission.CUSTOMERS_READ, row.client_id):
        raise NotFoundError
    return await _whole(tx, row)


async def clients_of_customers(tx: Tx, customer_ids: Sequence[UUID]) -> list[ClientId]:
    """The clients of those of these customers that the transaction sees."""
    statement = select(customer.c.client_id).where(customer.c.id.in_(customer_ids)).distinct()
    return list((await tx.execute(statement)).scalars())


async def find_by_identity(tx: Tx, client_id: UUID, kind: IdentityKind, value: str) -> Customer | None:
    """The customer who has the address, already in its stored form."""
    table = customer_identity.c
    statement = (
        _rows()
        .join(customer_identity, (table.client_id == customer.c.client_id) & (table.customer_id == customer.c.id))
        .where(table.client_id == client_id, table.kind == kind, table.value == value)
    )
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else await _whole(tx, row)


async def load(tx: Tx, client_id: UUID, customer_id: UUID) -> Customer:
    """The customer, for commands that have checked the access; raises NotFoundError."""
    statement = _rows().where(customer.c.client_id == client_id, customer.c.id == customer_id)
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise NotFoundError
    return await _whole(tx, row)


async def name_of(tx: Tx, client_id: UUID | None, customer_id: UUID) -> str:
    """The customer's present name; empty where there is none."""
    statement = select(customer.c.name).where(customer.c.client_id == client_id, customer.c.id == customer_id)
    return (await tx.execute(statement)).scalar_one_or_none() or ""


async def names_of(tx: Tx, actor: Actor, customer_ids: Collection[UUID]) -> dict[CustomerId, str]:
    """The present names of those of these customers that the actor may see; of one erased it is empty."""
    mine = within_somewhere(actor, Permission.CUSTOMERS_READ, customer.c.client_id)
    statement = select(customer.c.id, customer.c.name).where(customer.c.id.in_(sorted(customer_ids)), mine)
    return {CustomerId(row.id): row.name for row in await tx.execute(statement)}


async def erased_among(tx: Tx, actor: Actor, customer_ids: Collection[UUID]) -> frozenset[CustomerId]:
    """Those of these customers that the actor may see and that were erased."""
    mine = within_somewhere(actor, Permission.CUSTOMERS_READ, customer.c.client_id)
    statement = select(customer.c.id).where(customer.c.id.in_(sorted(customer_ids)), customer.c.erased_at.is_not(None))
    return frozenset(map(CustomerId, (await tx.execute(statement.where(mine))).scalars()))


async def list_identities(tx: Tx, client_id: UUID, customer_id: CustomerId) -> list[Identity]:
    """The customer's addresses, oldest first."""
    table = customer_identity.c
    statement = (
        select(customer_identity)
        .where(table.client_id == client_id, table.customer_id == customer_id)
        .order_by(table.added_at, table.id)
    )
    return [read_identity(row) for row in await tx.execute(statement)]


async def _whole(tx: Tx, row: Any) -> Customer:
    """A customer from its row, with identities."""
    identities = await list_identities(tx, row.client_id, row.id)
    return msgspec.convert({**row_fields(row), "identities": identities}, Customer, strict=False)


def _rows() -> Select[Any]:
    """Customers, each with the names of the sensitive attributes that are kept of them."""
    secret = customer_secret.c
    masked = select(func.array_agg(aggregate_order_by(secret.key, secret.key))).where(
        secret.client_id == customer.c.client_id, secret.customer_id == customer.c.id
    )
    return select(customer, func.coalesce(masked.scalar_subquery(), []).label("masked"))
