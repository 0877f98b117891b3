"""Addresses that a client no longer writes to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select

from careloom.channels.tables import suppressed_address
from careloom.channels.types.suppression import SuppressedAddress
from careloom.organizations.types import ClientId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.scope import within
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.wire import reader

_READ = Permission.CHANNELS_READ
read_suppressed = reader(SuppressedAddress)


async def list_suppressed(
    tx: Tx,
    actor: Actor,
    client_id: ClientId | None = None,
    search: str | None = None,
    limit: int = 50,
    after: str | None = None,
) -> Page[SuppressedAddress]:
    """Suppressed addresses that begin with `search`, latest first; those that have expired are left out."""
    actor.require(_READ, client_id=client_id)
    table = suppressed_address.c
    statement = select(suppressed_address).where(
        within(actor, _READ, table.client_id), or_(table.expires_at.is_(None), table.expires_at > func.now())
    )
    if client_id is not None:
        statement = statement.where(table.client_id == client_id)
    if search:
        statement = statement.where(table.address.startswith(search.strip().lower(), autoescape=True))
    rows = await tx.execute(keyset(statement, [table.id], after, limit, descending=True))
    return cut([read_suppressed(row) for row in rows], limit, lambda one: [one.id])


async def get_suppressed(
    tx: Tx, actor: Actor, suppressed_id: UUID, permission: Permission = _READ
) -> SuppressedAddress:
    """One suppressed address; raises NotFoundError, ForbiddenError."""
    table = suppressed_address.c
    statement = select(suppressed_address).where(within(actor, _READ, table.client_id), table.id == suppressed_id)
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise NotFoundError
    actor.require(permission, client_id=row.client_id)
    return read_suppressed(row)


async def find_suppressed(tx: Tx, client_id: UUID, address: str, at: datetime) -> SuppressedAddress | None:
    """Why nothing may be sent to `address` at this time, or None."""
    table = suppressed_address.c
    statement = select(suppressed_address).where(
        table.client_id == client_id,
        table.address == address.strip().lower(),
        or_(table.expires_at.is_(None), table.expires_at > at),
    )
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else read_suppressed(row)
