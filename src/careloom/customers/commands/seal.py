"""Seals sensitive attributes with the client's key, and indexes those that are to be found by their exact value."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy import delete

from careloom.customers.core.attributes import Secret, compared
from careloom.customers.tables import customer_secret
from careloom.customers.types import AttributeField, AttributeValue, CustomerId
from careloom.platform.database.rows import insert_rows
from careloom.platform.database.transactions import Tx
from careloom.platform.ids import new_id
from careloom.platform.keys.places import place_in
from careloom.platform.keys.ring import ClientKeys, sealing_keys
from careloom.platform.wire import json_text

_C: Final = customer_secret.c
_COLUMNS: Final = ("client_id", "customer_id", "key", "revision", "value", "blind")
_REPLACE: Final = (
    "ON CONFLICT (client_id, customer_id, key) DO UPDATE "
    "SET revision = excluded.revision, value = excluded.value, blind = excluded.blind"
)


class Sealing(Struct, frozen=True):
    """A value of a customer's that is to be sealed; `revision` names it until another takes its place."""

    customer_id: UUID
    field: AttributeField
    value: AttributeValue
    revision: UUID


async def seal_secrets(tx: Tx, client_id: UUID, given: Sequence[Sealing]) -> None:
    """Keeps these values in the place of those that were there, in one statement. Raises ShreddedError."""
    if not given:
        return
    keys = await sealing_keys(tx, client_id)
    rows = [
        {
            "client_id": client_id,
            "customer_id": one.customer_id,
            "key": one.field.key,
            "revision": one.revision,
            "value": keys.seal(place_in(_C.value, one.customer_id, one.field.key), json_text(one.value)),
            "blind": index_of(keys, one.field.key, one.value)[0] if one.field.exact else None,
        }
        for one in given
    ]
    await insert_rows(tx, customer_secret, _COLUMNS, rows, on_conflict=_REPLACE)


async def write_secrets(tx: Tx, client_id: UUID, customer_id: CustomerId, given: Secret) -> None:
    """Seals these values of a customer, who is locked; None removes one. Raises ShreddedError."""
    await drop_secrets(tx, client_id, customer_id, [field.key for field, value in given.items() if value is None])
    kept = {field: value for field, value in given.items() if value is not None}
    sealing = [Sealing(customer_id, field, value, new_id()) for field, value in kept.items()]
    await seal_secrets(tx, client_id, sealing)


async def drop_secrets(tx: Tx, client_id: UUID, customer_id: UUID, keys: Collection[str]) -> None:
    """Removes these sealed attributes of a customer."""
    if keys:
        mine = (_C.client_id == client_id, _C.customer_id == customer_id, _C.key.in_(keys))
        await tx.execute(delete(customer_secret).where(*mine))


def index_of(keys: ClientKeys, key: str, value: AttributeValue) -> tuple[str, ...]:
    """What equal values of an attribute are found by, the current key's first; raises ShreddedError."""
    return keys.indexes(f"{customer_secret.name}.{key}", compared(value))


def indexed_anew(keys: ClientKeys, row: Any, value: AttributeValue) -> dict[str, Any]:
    """The index of a row that has one, by the current key."""
    return {} if row.blind is None else {"blind": index_of(keys, row.key, value)[0]}
