"""Removes the offers of contacts that go."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete

from careloom.platform.database.transactions import Tx
from careloom.routing.tables import offer


async def remove_offers(tx: Tx, client_id: UUID, conversation_ids: Sequence[UUID]) -> int:
    """Removes the offers of these conversations; answers how many."""
    where = (offer.c.client_id == client_id) & offer.c.conversation_id.in_(conversation_ids)
    return (await tx.execute(delete(offer).where(where))).rowcount
