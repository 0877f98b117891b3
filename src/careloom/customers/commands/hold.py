"""Locks a customer for the rest of a transaction."""

from uuid import UUID

from msgspec import Struct
from sqlalchemy import select

from careloom.customers.tables import customer
from careloom.customers.types import CustomerId
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.wire import reader


class HeldCustomer(Struct, frozen=True):
    """A customer whose row is locked."""

    id: CustomerId
    name: str
    language: str | None


_read = reader(HeldCustomer)


async def hold_customer(tx: Tx, client_id: UUID, customer_id: UUID) -> HeldCustomer:
    """Locks the customer, or whom that customer was merged into; raises NotFoundError."""
    columns = select(customer.c.id, customer.c.name, customer.c.language, customer.c.merged_into)
    wanted = customer_id
    while True:
        statement = columns.where(customer.c.client_id == client_id, customer.c.id == wanted)
        row = (await tx.execute(statement.with_for_update(key_share=True))).one_or_none()
        if row is None:
            raise NotFoundError
        if row.merged_into is None:
            return _read(row)
        wanted = row.merged_into
