"""Incidents, their duties and timelines."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select, func, select

from careloom.compliance.queries.retention import require_seen
from careloom.compliance.tables import incident, incident_duty, incident_entry
from careloom.compliance.types.incidents import Duty, Entry, Incident, IncidentFile, IncidentStatus
from careloom.organizations.types import ClientId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.scope import within
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.texts.languages import Language
from careloom.platform.texts.text import Text, render
from careloom.platform.wire import from_plain, reader

_READ = Permission.COMPLIANCE_READ
_C = incident.c
_MOST_ENTRIES = 500
_read = reader(Incident)
read_duty = reader(Duty)


class Near(Struct, frozen=True):
    """A duty whose deadline is near or over; `alerts` is how often that was said."""

    client_id: ClientId
    incident_id: UUID
    duty_id: UUID
    due_at: datetime
    alerts: int


async def list_incidents(
    tx: Tx,
    actor: Actor,
    *,
    client_id: ClientId | None = None,
    status: IncidentStatus | None = None,
    limit: int = 50,
    after: str | None = None,
) -> Page[Incident]:
    """Incidents, newest first."""
    actor.require(_READ, client_id=client_id)
    statement = _incidents().where(within(actor, _READ, _C.client_id))
    if client_id is not None:
        statement = statement.where(_C.client_id == client_id)
    if status is not None:
        statement = statement.where(_C.status == status)
    rows = await tx.execute(keyset(statement, [_C.id], after, limit, descending=True))
    return cut([_read(row) for row in rows], limit, lambda one: [one.id])


async def get_incident(tx: Tx, actor: Actor, incident_id: UUID, permission: Permission = _READ) -> Incident:
    """One incident; raises NotFoundError, ForbiddenError."""
    row = (await tx.execute(_incidents().where(_C.id == incident_id))).one_or_none()
    if row is None:
        raise NotFoundError
    require_seen(actor, row.client_id, permission)
    return _read(row)


async def get_file(tx: Tx, actor: Actor, incident_id: UUID) -> IncidentFile:
    """An incident with all that belongs to it; raises NotFoundError."""
    one = await get_incident(tx, actor, incident_id)
    duty, entry = incident_duty.c, incident_entry.c
    duties = select(incident_duty).where(duty.client_id == one.client_id, duty.incident_id == one.id)
    entries = select(incident_entry).where(entry.client_id == one.client_id, entry.incident_id == one.id)
    entries = entries.order_by(entry.id.desc()).limit(_MOST_ENTRIES)
    return IncidentFile(
        one,
        tuple(read_duty(row) for row in await tx.execute(duties.order_by(duty.place))),
        tuple(_read_entry(row, actor.language) for row in await tx.execute(entries)),
    )


async def near_deadlines(
    tx: Tx, upto: datetime, alerts: int, *, incident_id: UUID | None = None, limit: int = 500
) -> list[Near]:
    """Duties due before then, not done and said less than `alerts` times, the most urgent first; of one incident or
    all. Needs a system transaction.
    """
    c = incident_duty.c
    statement = select(c.client_id, c.incident_id, c.id.label("duty_id"), c.due_at, c.alerts).where(
        c.done_at.is_(None), c.due_at <= upto, c.alerts < alerts
    )
    if incident_id is not None:
        statement = statement.where(c.incident_id == incident_id)
    return [reader(Near)(row) for row in await tx.execute(statement.order_by(c.due_at).limit(limit))]


async def get_duty(tx: Tx, one: Incident, duty_id: UUID) -> Duty | None:
    """A duty of an incident, None where it is not asked for any more."""
    c = incident_duty.c
    mine = (c.client_id == one.client_id, c.incident_id == one.id, c.id == duty_id)
    row = (await tx.execute(select(incident_duty).where(*mine))).one_or_none()
    return None if row is None else read_duty(row)


def _read_entry(row: Any, language: Language) -> Entry:
    return Entry(row.id, row.at, row.by, row.kind, render(from_plain(row.text, Text), language))


def _incidents() -> Select[Any]:
    duty = incident_duty.c
    following = (
        select(func.min(duty.due_at))
        .where(duty.client_id == _C.client_id, duty.incident_id == _C.id, duty.done_at.is_(None))
        .scalar_subquery()
        .label("next_due_at")
    )
    return select(incident, following)
