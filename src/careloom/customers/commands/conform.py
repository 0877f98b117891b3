"""Brings what is stored of customers in line with what the client's schema and key call for, batch by batch."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, text, update

from careloom.customers.commands.seal import Sealing, index_of, indexed_anew, seal_secrets
from careloom.customers.core.attributes import parted
from careloom.customers.queries.schema import schema_of
from careloom.customers.queries.secrets import kept_secrets, open_secret
from careloom.customers.tables import customer, customer_secret
from careloom.customers.types import AttributeField
from careloom.platform.database.transactions import Tx
from careloom.platform.ids import new_id
from careloom.platform.keys.renewal import Renewal, Renewed, renew_column
from careloom.platform.keys.ring import ClientKeys, keys_of
from careloom.platform.wire import from_json_text

CONFORM: Final = "customers.conform"
_BATCH: Final = 100
_C: Final = customer_secret.c
_FORGET_MOVED: Final = text(
    "UPDATE customer_merge "
    "SET moved = jsonb_set(moved, '{attributes}', (moved -> 'attributes') - CAST(:keys AS text[])) "
    "WHERE client_id = :client_id AND kept_id = ANY(:ids) AND moved -> 'attributes' ?| CAST(:keys AS text[])"
)


async def conform(tx: Tx, client_id: UUID, after: UUID | None = None) -> UUID | None:
    """For a batch of customers: seals what the schema calls sensitive and stands in plain, and indexes what it wants
    found. Answers the last one's id; None at the end, and for a shredded client. Locks the customers.
    """
    keys = await keys_of(tx, client_id)
    if keys.shredded:
        return None
    schema = await schema_of(tx, client_id)
    c = customer.c
    statement = select(c.id, c.attributes).where(c.client_id == client_id).order_by(c.id).limit(_BATCH)
    statement = statement if after is None else statement.where(c.id > after)
    found = list(await tx.execute(statement.with_for_update(key_share=True)))
    ids = [row.id for row in found]
    await _seal_plain(tx, client_id, schema, found)
    await _forget_moved(tx, client_id, schema, ids)
    await _index(tx, keys, schema, ids)
    return ids[-1] if len(ids) == _BATCH else None


async def conform_all(tx: Tx, client_id: UUID) -> None:
    """The same for all customers, in this transaction."""
    after = await conform(tx, client_id)
    while after is not None:
        after = await conform(tx, client_id, after)


async def renew_secrets(tx: Tx, one: Renewal) -> Renewed:
    """A batch of sensitive attributes, sealed and indexed anew with the current version of the key."""

    def besides(row: Any, value: str) -> dict[str, Any]:
        return indexed_anew(one.keys, row, from_json_text(value))

    return await renew_column(tx, one, customer_secret, "value", besides)


async def _seal_plain(tx: Tx, client_id: UUID, schema: Sequence[AttributeField], found: Sequence[Any]) -> None:
    sealing: list[Sealing] = []
    for row in found:
        plain, secret = parted(schema, row.attributes)
        if secret:
            sealing += [Sealing(row.id, field, value, new_id()) for field, value in secret.items()]
            mine = (customer.c.client_id == client_id, customer.c.id == row.id)
            await tx.execute(update(customer).where(*mine).values(attributes=plain))
    await seal_secrets(tx, client_id, sealing)


async def _forget_moved(tx: Tx, client_id: UUID, schema: Sequence[AttributeField], ids: list[UUID]) -> None:
    """What merges gave to these customers in plain stays with them when the merge is undone."""
    keys = [field.key for field in schema if field.sensitive]
    await tx.execute(_FORGET_MOVED, {"client_id": client_id, "ids": ids, "keys": keys})


async def _index(tx: Tx, keys: ClientKeys, schema: Sequence[AttributeField], ids: list[UUID]) -> None:
    exact = {field.key for field in schema if field.exact}
    for row in (await kept_secrets(tx, keys.client_id, ids)).values():
        if (row.blind is not None) == (row.key in exact):
            continue
        blind = index_of(keys, row.key, open_secret(keys, row))[0] if row.key in exact else None
        mine = (_C.client_id == keys.client_id, _C.customer_id == row.customer_id, _C.key == row.key)
        await tx.execute(update(customer_secret).where(*mine).values(blind=blind))
