"""How far imported conversations go by now, many at a time."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy import text

from careloom.platform.database.transactions import Tx

_LENGTHS: Final = text("SELECT id, last_seq FROM conversation WHERE client_id = :client_id AND id = ANY(:ids)")


async def lengths_of(tx: Tx, client_id: UUID, ids: Collection[UUID]) -> dict[UUID, int]:
    """How many entries each of these conversations has; those that are gone are left out."""
    rows = await tx.execute(_LENGTHS, {"client_id": client_id, "ids": sorted(ids)})
    return {row.id: row.last_seq for row in rows}
