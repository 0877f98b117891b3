"""What is kept of customers: for disclosure to them, and to see what has outlived its time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, or_, select

from careloom.customers.queries.secrets import open_secrets
from careloom.customers.tables import (
    customer,
    customer_claim,
    customer_consent,
    customer_identity,
    customer_merge,
    customer_note,
    customer_secret,
    timeline_entry,
)
from careloom.customers.types import CustomerId
from careloom.platform.database.transactions import Tx
from careloom.platform.disposal import Counts, Due, Spared, held_rows, keeping
from careloom.platform.keys.ring import keys_of

_OWN = (customer_identity, customer_secret, customer_claim, customer_note, timeline_entry)
_MOST_MERGED = 1_000


async def family(tx: Tx, client_id: UUID, customer_id: UUID) -> tuple[CustomerId, ...]:
    """The customer who stayed and all who were merged into them, for any of these; empty where there is none."""
    c = customer.c
    top = customer_id
    while True:
        row = (await tx.execute(select(c.merged_into).where(c.client_id == client_id, c.id == top))).one_or_none()
        if row is None:
            return ()
        if row.merged_into is None:
            break
        top = row.merged_into
    found, newest = [top], [top]
    while newest and len(found) < _MOST_MERGED:
        below = select(c.id).where(c.client_id == client_id, c.merged_into.in_(newest)).order_by(c.id)
        newest = list((await tx.execute(below.limit(_MOST_MERGED))).scalars())
        found += newest
    return tuple(CustomerId(one) for one in found)


async def addresses_of(tx: Tx, client_id: UUID, customer_ids: tuple[CustomerId, ...]) -> frozenset[str]:
    """Every address that these customers have."""
    c = customer_identity.c
    statement = select(c.value).where(c.client_id == client_id, c.customer_id.in_(customer_ids))
    return frozenset((await tx.execute(statement)).scalars())


async def disclosed(tx: Tx, client_id: UUID, customer_ids: tuple[CustomerId, ...]) -> dict[str, list[dict[str, Any]]]:
    """All rows on these customers, by table."""
    found = {"customer": await held_rows(tx, customer, _in(customer, client_id, customer.c.id, customer_ids))}
    for table in (*_OWN, customer_consent):
        where = _in(table, client_id, table.c.customer_id, customer_ids)
        found[table.name] = await held_rows(tx, table, where, "revision", "blind")
    await _open(tx, client_id, customer_ids, found[customer_secret.name])
    found[customer_merge.name] = await held_rows(tx, customer_merge, merges(client_id, customer_ids))
    return found


async def _open(tx: Tx, client_id: UUID, customer_ids: tuple[CustomerId, ...], rows: Sequence[dict[str, Any]]) -> None:
    """Opens the values of sensitive attributes; None where the client's keys were destroyed."""
    shredded = bool(rows) and (await keys_of(tx, client_id)).shredded
    values = {} if shredded else await open_secrets(tx, client_id, customer_ids)
    for row in rows:
        row["value"] = values.get((UUID(row["customer_id"]), row["key"]))


async def consents_of(tx: Tx, client_id: UUID, customer_ids: tuple[CustomerId, ...]) -> int:
    """How many words on consents stay on record as proof."""
    where = _in(customer_consent, client_id, customer_consent.c.customer_id, customer_ids)
    return await _count(tx, select(func.count()).select_from(customer_consent).where(where))


async def left_of(tx: Tx, client_id: UUID, customer_ids: tuple[CustomerId, ...]) -> Counts:
    """Rows that still say something of these customers, by table; all zero once they are erased."""
    found: Counts = {}
    for table in _OWN:
        where = _in(table, client_id, table.c.customer_id, customer_ids)
        found[table.name] = await _count(tx, select(func.count()).select_from(table).where(where))
    speaking = or_(
        customer.c.name != "", func.jsonb_typeof(customer.c.attributes) != "object", customer.c.erased_at.is_(None)
    )
    own = _in(customer, client_id, customer.c.id, customer_ids)
    found["customer"] = await _count(tx, select(func.count()).select_from(customer).where(own, speaking))
    found["customer_merge"] = await _count(
        tx, select(func.count()).select_from(customer_merge).where(merges(client_id, customer_ids))
    )
    return {name: count for name, count in found.items() if count}


async def due_customers(
    tx: Tx, client_id: UUID, before: datetime, spared: Spared, limit: int, after: UUID | None = None
) -> list[Due]:
    """Customers made before then of whom nothing has been heard since, by id; those merged away go with their keeper.

    Whether they still have open contacts is for conversations to say.
    """
    c, line = customer.c, timeline_entry.c
    heard = exists().where(line.client_id == c.client_id, line.customer_id == c.id, line.at >= before)
    statement = select(c.id, c.created_at.label("at")).where(
        c.client_id == client_id,
        c.created_at < before,
        c.erased_at.is_(None),
        c.merged_into.is_(None),
        ~heard,
        keeping(spared, customer_id=c.id),
    )
    if after is not None:
        statement = statement.where(c.id > after)
    return [Due(row.id, row.at) for row in await tx.execute(statement.order_by(c.id).limit(limit))]


def merges(client_id: UUID, customer_ids: tuple[CustomerId, ...]) -> Any:
    """True for merges, also undone ones, that any of these customers was part of."""
    c = customer_merge.c
    return (c.client_id == client_id) & or_(c.kept_id.in_(customer_ids), c.merged_id.in_(customer_ids))


def _in(table: Any, client_id: UUID, column: Any, customer_ids: tuple[CustomerId, ...]) -> Any:
    return (table.c.client_id == client_id) & column.in_(customer_ids)


async def _count(tx: Tx, statement: Any) -> int:
    return int((await tx.execute(statement)).scalar_one())
