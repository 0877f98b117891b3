"""Says that a duty of an incident is due soon, and again when it is overdue: over the live socket and by mail."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import update

from careloom.compliance.events import IncidentDeadlineNear
from careloom.compliance.queries.incidents import Near, near_deadlines
from careloom.compliance.tables import incident_duty
from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.event import publish

WARNING_HOURS: Final = (24, 6, 1, 0)
"""How long before its deadline an open duty is spoken of, each once."""


async def alert(tx: Tx, at: datetime, incident_id: UUID | None = None) -> int:
    """Publishes the warnings that are due and were not given, of one incident or all; answers how many. Needs a system
    transaction.
    """
    given = 0
    upto = at + timedelta(hours=WARNING_HOURS[0])
    for one in await near_deadlines(tx, upto, len(WARNING_HOURS), incident_id=incident_id):
        due = sum(1 for hours in WARNING_HOURS if one.due_at - timedelta(hours=hours) <= at)
        if due > one.alerts and await _take(tx, one, due):
            event = IncidentDeadlineNear(
                client_id=one.client_id,
                incident_id=one.incident_id,
                duty_id=one.duty_id,
                due_at=one.due_at,
                hours=WARNING_HOURS[due - 1],
                overdue=one.due_at <= at,
            )
            await publish(tx, event)
            given += 1
    return given


async def _take(tx: Tx, one: Near, alerts: int) -> bool:
    """Notes that it is said; False where another process has just said it."""
    c = incident_duty.c
    mine = (c.client_id == one.client_id) & (c.id == one.duty_id) & (c.alerts == one.alerts)
    taken = await tx.execute(update(incident_duty).where(mine).values(alerts=alerts).returning(c.id))
    return taken.first() is not None
