"""Customers by name, or by the beginning of an address."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, union

from careloom.customers.core.likeness import name_key
from careloom.customers.tables import customer, customer_identity
from careloom.customers.types import CustomerRow
from careloom.organizations.queries import list_client_ids
from careloom.platform.access import Actor, Permission
from careloom.platform.database.scope import within_somewhere
from careloom.platform.database.transactions import Tx
from careloom.platform.paging import Page, cut, keyset, keyset_each
from careloom.platform.wire import reader

_MOST_FOUND: Final = 500
_LAST: Final = "\U0010ffff"
read_row = reader(CustomerRow)


async def list_customers(
    tx: Tx,
    actor: Actor,
    client_id: UUID | None = None,
    search: str | None = None,
    limit: int = 50,
    after: str | None = None,
) -> Page[CustomerRow]:
    """Customers, newest first, without those merged away.

    `search` is the beginning of a name, of an e-mail address or telephone number, or of another address; of more
    than 500 of a kind some are found.
    """
    actor.require_somewhere(Permission.CUSTOMERS_READ, client_id)
    clients = [client_id] if client_id is not None else await _clients(tx, actor)
    mine = within_somewhere(actor, Permission.CUSTOMERS_READ, customer.c.client_id)
    clauses = [mine, customer.c.merged_into.is_(None)]
    if search is not None and search.strip():
        statement = rows().where(*clauses, customer.c.id.in_(_matching(clients, search.strip())))
        statement = keyset(statement, [customer.c.id], after, limit, descending=True)
    else:
        client = customer.c.client_id
        page = keyset_each(client, clients, clauses, [customer.c.id], after, limit, descending=True, carry=[client])
        same = (page.c.client_id == client) & (page.c.k0 == customer.c.id)
        statement = rows().join(page, same).order_by(page.c.k0.desc())
    found = await tx.execute(statement)
    return cut([read_row(row) for row in found], limit, lambda one: [one.id])


def rows() -> Any:
    """The statement for customers in a list."""
    table = customer_identity.c
    primary = (
        select(table.value)
        .where(
            table.client_id == customer.c.client_id,
            table.customer_id == customer.c.id,
            table.kind.in_(["email", "phone", "handle"]),
        )
        .order_by(table.kind, table.added_at)
        .limit(1)
        .scalar_subquery()
        .label("primary_identity")
    )
    return select(customer.c.id, customer.c.client_id, customer.c.name, primary, customer.c.created_at)


def begins(column: Any, prefix: str) -> ColumnElement[bool]:
    """Whether `column` begins with `prefix`, by comparisons that an index on text_pattern_ops answers."""
    return and_(column.op("~>=~", is_comparison=True)(prefix), column.op("~<~", is_comparison=True)(prefix + _LAST))


def _matching(clients: list[UUID], search: str) -> Any:
    table = customer_identity.c
    search = search.replace("\x00", "").encode("utf-8", "replace").decode()
    by_name = select(customer.c.id).where(
        customer.c.client_id.in_(clients), begins(customer.c.name_key, name_key(search))
    )
    values = {search, search.lower()}
    digits = "".join(one for one in search if one.isdigit())
    if len(digits) > 2 and not any(one.isalpha() or one == "@" for one in search):
        values.add("+" + digits.removeprefix("00"))
    by_value = [
        select(table.customer_id).where(table.client_id.in_(clients), begins(table.value, value)).limit(_MOST_FOUND)
        for value in sorted(values)
    ]
    parts = [select(part.subquery()) for part in (by_name.limit(_MOST_FOUND), *by_value)]
    return union(*parts)


async def _clients(tx: Tx, actor: Actor) -> list[UUID]:
    mine = actor.clients_for(Permission.CUSTOMERS_READ)
    return sorted(mine) if mine is not None else list(await list_client_ids(tx))
