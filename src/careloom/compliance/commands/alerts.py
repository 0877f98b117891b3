"""Says over the live socket that a duty of an incident is due soon, and again when it is overdue."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update

from careloom.compliance.events import IncidentDeadlineNear
from careloom.compliance.queries.incidents import near_deadlines
from careloom.compliance.tables import incident_duty
from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.event import publish

WARNINGS: Final = (timedelta(hours=24), timedelta(hours=6), timedelta(hours=1), timedelta())
"""How long before its deadline an open duty is spoken of, each once."""


async def alert(tx: Tx, at: datetime) -> int:
    """Publishes the warnings that are due and were not given; answers how many. Needs a system transaction."""
    given = 0
    for one in await near_deadlines(tx, at + WARNINGS[0]):
        due = sum(1 for ahead in WARNINGS if one.due_at - ahead <= at)
        if due <= one.alerts:
            continue
        c = incident_duty.c
        mine = (c.client_id == one.client_id) & (c.id == one.duty_id) & (c.alerts == one.alerts)
        await tx.execute(update(incident_duty).where(mine).values(alerts=due))
        event = IncidentDeadlineNear(
            client_id=one.client_id,
            incident_id=one.incident_id,
            duty_id=one.duty_id,
            due_at=one.due_at,
            overdue=one.due_at <= at,
        )
        await publish(tx, event)
        given += 1
    return given
