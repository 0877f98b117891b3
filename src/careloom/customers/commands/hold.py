"""Locks customers for the rest of a transaction."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select, text

from careloom.customers.tables import customer
from careloom.customers.types import CustomerId
from careloom.organizations.types import ClientId
from careloom.platform.database.prepared import Prepared
from careloom.platform.database.rows import recordset
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.wire import json_text, reader


class HeldCustomer(Struct, frozen=True):
    """A customer whose row is locked."""

    id: CustomerId
    name: str
    language: str | None


_read = reader(HeldCustomer)
_COLUMN: Final = customer.c
_HELD: Final = (_COLUMN.id, _COLUMN.name, _COLUMN.language, _COLUMN.merged_into)
_HOLD_MANY: Final = Prepared(
    text(f"""
    SELECT customer.id, customer.name, customer.language
    FROM {recordset(_COLUMN.client_id, _COLUMN.id)} JOIN customer USING (client_id, id)
    WHERE customer.merged_into IS NULL
    ORDER BY customer.id FOR NO KEY UPDATE OF customer
"""),  # noqa: S608
    planned_anew=True,
)


async def hold_customers(tx: Tx, ids: Collection[tuple[ClientId, CustomerId]]) -> dict[CustomerId, HeldCustomer]:
    """Locks these customers, in one order; those who were merged into others are left out."""
    if not ids:
        return {}
    rows: list[dict[str, Any]] = [{"client_id": client_id, "id": customer_id} for client_id, customer_id in ids]
    return {row.id: _read(row) for row in await _HOLD_MANY.rows(tx, rows=json_text(rows))}


async def hold_customer(tx: Tx, client_id: UUID, customer_id: UUID) -> HeldCustomer:
    """Locks the customer, or whom that customer was merged into; raises NotFoundError."""
    columns = select(*_HELD)
    wanted = customer_id
    while True:
        statement = columns.where(customer.c.client_id == client_id, customer.c.id == wanted)
        row = (await tx.execute(statement.with_for_update(key_share=True))).one_or_none()
        if row is None:
            raise NotFoundError
        if row.merged_into is None:
            return _read(row)
        wanted = row.merged_into
