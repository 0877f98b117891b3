"""Keys that sign a domain's mail."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from careloom.channels.core.email.dkim import Signer, record_of
from careloom.channels.tables import signing_key
from careloom.channels.types.signing import SigningAlgorithm, SigningKey
from careloom.organizations.types import ClientId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.scope import within
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.keys.places import place_in
from careloom.platform.keys.ring import keys_of
from careloom.platform.paging import Page, cut, keyset

_WRITE = Permission.CHANNELS_WRITE


async def list_signing_keys(
    tx: Tx, actor: Actor, client_id: ClientId | None = None, limit: int = 50, after: str | None = None
) -> Page[SigningKey]:
    """Keys of the clients whose channels the actor sets up, oldest first."""
    actor.require(_WRITE, client_id=client_id)
    statement = select(signing_key).where(within(actor, _WRITE, signing_key.c.client_id))
    if client_id is not None:
        statement = statement.where(signing_key.c.client_id == client_id)
    rows = await tx.execute(keyset(statement, [signing_key.c.id], after, limit))
    return cut([read_key(row) for row in rows], limit, lambda one: [one.id])


async def get_signing_key(tx: Tx, actor: Actor, key_id: UUID) -> SigningKey:
    """One key; raises NotFoundError."""
    statement = select(signing_key).where(signing_key.c.id == key_id, within(actor, _WRITE, signing_key.c.client_id))
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise NotFoundError
    return read_key(row)


async def signers_of(tx: Tx, client_id: UUID, domain: str) -> tuple[Signer, ...]:
    """The keys that sign the client's mail from `domain`; none where they were destroyed. Raises CipherBrokenError."""
    table = signing_key.c
    statement = select(signing_key).where(table.client_id == client_id, table.domain == domain.lower(), table.active)
    rows = list(await tx.execute(statement.order_by(table.id).limit(4)))
    keys = await keys_of(tx, client_id) if rows else None
    if keys is None or keys.shredded:
        return ()
    return tuple(
        Signer(
            row.domain,
            row.selector,
            SigningAlgorithm(row.algorithm),
            keys.open(place_in(table.private_key, row.id), row.private_key),
        )
        for row in rows
    )


def read_key(row: Any) -> SigningKey:
    """A row as it may be shown: without its private key."""
    algorithm = SigningAlgorithm(row.algorithm)
    name, value = record_of(row.selector, row.domain, algorithm, row.public_key)
    return SigningKey(row.id, row.client_id, row.domain, row.selector, algorithm, name, value, row.active, row.made_at)
