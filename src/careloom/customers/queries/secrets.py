"""What is kept sealed of customers: which attributes, and in plain for those who may see it."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from careloom.customers.tables import customer_secret
from careloom.customers.types import AttributeValue
from careloom.platform.database.transactions import Tx
from careloom.platform.keys.places import place_in
from careloom.platform.keys.ring import ClientKeys, keys_of
from careloom.platform.wire import from_json_text

Name = tuple[UUID, str]
"""A customer and the key of an attribute."""
_C: Final = customer_secret.c


async def kept_secrets(tx: Tx, client_id: UUID, customer_ids: Collection[UUID]) -> dict[Name, Any]:
    """The sealed attributes of these customers, as their rows stand."""
    mine = (_C.client_id == client_id, _C.customer_id.in_(customer_ids))
    rows = await tx.execute(select(customer_secret).where(*mine).order_by(_C.customer_id, _C.key))
    return {(row.customer_id, row.key): row for row in rows}


async def open_secrets(tx: Tx, client_id: UUID, customer_ids: Collection[UUID]) -> dict[Name, AttributeValue]:
    """The same in plain; raises ShreddedError, CipherBrokenError."""
    found = await kept_secrets(tx, client_id, customer_ids)
    keys = await keys_of(tx, client_id) if found else None
    return {name: open_secret(keys, row) for name, row in found.items()} if keys else {}


def open_secret(keys: ClientKeys, row: Any) -> AttributeValue:
    """A row's value in plain; raises ShreddedError, CipherBrokenError."""
    return from_json_text(keys.open(place_in(_C.value, row.customer_id, row.key), row.value))
