"""Incidents and requests of data subjects that are closed: what has outlived its time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_, union_all

from careloom.compliance.tables import incident, privacy_request
from careloom.platform.database.transactions import Tx
from careloom.platform.disposal import Due


async def due_closed(tx: Tx, client_id: UUID, before: datetime, limit: int, after: Due | None = None) -> list[Due]:
    """Incidents and requests that were closed before then, by when; not a request whose export can still be fetched."""
    i, r = incident.c, privacy_request.c
    found = union_all(
        select(i.id, i.closed_at.label("at")).where(i.client_id == client_id, i.closed_at < before),
        select(r.id, r.closed_at.label("at")).where(
            r.client_id == client_id, r.closed_at < before, r.export_until.is_(None)
        ),
    ).subquery()
    statement = select(found.c.id, found.c.at)
    if after is not None:
        statement = statement.where(tuple_(found.c.at, found.c.id) > (after.at, after.id))
    rows = await tx.execute(statement.order_by(found.c.at, found.c.id).limit(limit))
    return [Due(row.id, row.at) for row in rows]
