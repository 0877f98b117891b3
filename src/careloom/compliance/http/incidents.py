"""Endpoints of incidents."""

from typing import Any

from litestar import get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from careloom.compliance.commands import incidents
from careloom.compliance.queries import incidents as queries
from careloom.compliance.types.incidents import (
    DutyId,
    Incident,
    IncidentChanges,
    IncidentFile,
    IncidentId,
    IncidentStatus,
    NewDraft,
    NewEntry,
    NewIncident,
    NoticeText,
    Settling,
)
from careloom.organizations.types import ClientId
from careloom.platform.paging import Page
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit


@get("/incidents", summary="Incidents, newest first")
async def list_incidents(
    unit: Unit,
    client_id: FromQuery[ClientId | None] = None,
    status: FromQuery[IncidentStatus | None] = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[Incident]:
    """One for each client that an incident touched; they share their `group_id`."""
    return await unit.read(
        lambda tx: queries.list_incidents(tx, unit.actor, client_id=client_id, status=status, limit=limit, after=after)
    )


@post("/incidents", summary="Register an incident")
async def open_incidents(unit: Unit, data: JSONBody[NewIncident]) -> Page[Incident]:
    """Its protocol, deadlines and drafts of notices come with it."""
    return Page(tuple(await unit.write(lambda tx: incidents.open_incidents(tx, unit.actor, data))))


@get("/incidents/{incident_id:uuid}", summary="An incident with its duties and timeline")
async def get_incident(unit: Unit, incident_id: FromPath[IncidentId]) -> IncidentFile:
    """All that belongs to it."""
    return await unit.read(lambda tx: queries.get_file(tx, unit.actor, incident_id))


@patch("/incidents/{incident_id:uuid}", summary="Note what is better known")
async def change(unit: Unit, incident_id: FromPath[IncidentId], data: JSONBody[IncidentChanges]) -> IncidentFile:
    """Duties and deadlines follow: what is not asked for any more goes, unless it is settled."""
    return await unit.write(lambda tx: incidents.change_incident(tx, unit.actor, incident_id, data))


@post("/incidents/{incident_id:uuid}/duties/{duty_id:uuid}/settle", status_code=200, summary="Settle a duty")
async def settle(
    unit: Unit, incident_id: FromPath[IncidentId], duty_id: FromPath[DutyId], data: JSONBody[Settling]
) -> IncidentFile:
    """Done, or waived with the reason."""
    return await unit.write(lambda tx: incidents.settle_duty(tx, unit.actor, incident_id, duty_id, data))


@put("/incidents/{incident_id:uuid}/duties/{duty_id:uuid}/draft", summary="Rewrite a notice")
async def rewrite(
    unit: Unit, incident_id: FromPath[IncidentId], duty_id: FromPath[DutyId], data: JSONBody[NoticeText]
) -> IncidentFile:
    """Until it is settled."""
    return await unit.write(lambda tx: incidents.rewrite_notice(tx, unit.actor, incident_id, duty_id, data.text))


@post("/incidents/{incident_id:uuid}/duties/{duty_id:uuid}/draft", status_code=200, summary="Draft a notice anew")
async def draft_anew(
    unit: Unit, incident_id: FromPath[IncidentId], duty_id: FromPath[DutyId], data: JSONBody[NewDraft]
) -> IncidentFile:
    """From what is known now, in a language, until it is settled."""
    return await unit.write(lambda tx: incidents.draft_anew(tx, unit.actor, incident_id, duty_id, data.language))


@post("/incidents/{incident_id:uuid}/entries", summary="Add to the timeline")
async def add_entry(unit: Unit, incident_id: FromPath[IncidentId], data: JSONBody[NewEntry]) -> IncidentFile:
    """A line by hand."""
    return await unit.write(lambda tx: incidents.add_entry(tx, unit.actor, incident_id, data.text))


@post("/incidents/{incident_id:uuid}/close", status_code=200, summary="Close an incident")
async def close(unit: Unit, incident_id: FromPath[IncidentId]) -> IncidentFile:
    """409 while a required duty is not settled."""
    return await unit.write(lambda tx: incidents.close_incident(tx, unit.actor, incident_id))


handlers: list[Any] = [
    list_incidents,
    open_incidents,
    get_incident,
    change,
    settle,
    rewrite,
    draft_anew,
    add_entry,
    close,
]
