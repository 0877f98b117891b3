"""Removes incidents and requests of data subjects whose time is over."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete

from careloom.compliance.tables import incident, incident_duty, incident_entry, privacy_request
from careloom.platform.database.transactions import Tx
from careloom.platform.disposal import Counts


async def remove_closed(tx: Tx, client_id: UUID, ids: Sequence[UUID]) -> Counts:
    """Removes these incidents, with their duties and timelines, and these requests; answers the rows by table."""
    counts: Counts = {}
    for table, column in (
        (incident_entry, incident_entry.c.incident_id),
        (incident_duty, incident_duty.c.incident_id),
        (incident, incident.c.id),
        (privacy_request, privacy_request.c.id),
    ):
        statement = delete(table).where(table.c.client_id == client_id, column.in_(ids))
        counts[table.name] = (await tx.execute(statement)).rowcount
    return counts
