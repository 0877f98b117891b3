"""Incidents: registered with their protocol, worked on step by step, closed when nothing required is left."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import available_timezones

from msgspec import UNSET, structs
from sqlalchemy import select, update

from careloom.compliance.commands.duties import follow, what_is_known
from careloom.compliance.core import timeline
from careloom.compliance.core.notices import draft
from careloom.compliance.errors import StepRefusedError
from careloom.compliance.events import IncidentChanged
from careloom.compliance.queries.incidents import get_file, get_incident, read_duty
from careloom.compliance.queries.retention import require_seen
from careloom.compliance.tables import incident, incident_duty, incident_entry
from careloom.compliance.types.incidents import (
    Duty,
    Incident,
    IncidentChanges,
    IncidentFile,
    IncidentStatus,
    NewIncident,
    Regime,
    Settling,
)
from careloom.organizations.queries import as_stored
from careloom.organizations.types import ClientId
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, InvalidInputError, NotFoundError
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id
from careloom.platform.texts.languages import Language
from careloom.platform.texts.text import Text, verbatim
from careloom.platform.wire import to_plain

_WRITE = Permission.COMPLIANCE_WRITE
_ZONES = available_timezones()
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)


async def open_incidents(tx: Tx, actor: Actor, new: NewIncident) -> list[Incident]:
    """Registers an incident for each client that it touches, each with its own protocol, deadlines and drafts.

    Raises InvalidInputError, NotFoundError, ForbiddenError; then none is registered.
    """
    _check(new)
    group_id, found = new_id(), list[Incident]()
    for client_id in dict.fromkeys(new.client_ids):
        require_seen(actor, client_id, _WRITE)
        found.append(await _open(tx, actor, new, client_id, group_id))
    return found


async def change_incident(tx: Tx, actor: Actor, incident_id: UUID, changes: IncidentChanges) -> IncidentFile:
    """Notes what is better known: duties and deadlines follow, and the timeline says what changed.

    Raises InvalidInputError, NotFoundError, StepRefusedError for a closed one.
    """
    before = await _hold(tx, actor, incident_id)
    values = _values(before, changes)
    if values:
        _check(structs.replace(before, **values))
        lists = {name: [str(one) for one in values[name]] for name in ("regimes", "data_kinds") if name in values}
        await _write(tx, before, **await as_stored(tx, before.client_id, incident, values | lists))
        after = await get_incident(tx, actor, incident_id)
        came, gone = await follow(tx, actor, after)
        await _enter(tx, actor, after, "changed", timeline.changed(before, after, came, gone))
        await _tell(tx, actor, "incident.change", after, before=before, after=after)
    return await get_file(tx, actor, incident_id)


async def settle_duty(tx: Tx, actor: Actor, incident_id: UUID, duty_id: UUID, settling: Settling) -> IncidentFile:
    """A step or notice is done, or waived with the reason. Raises NotFoundError, StepRefusedError."""
    one = await _hold(tx, actor, incident_id)
    c = incident_duty.c
    mine = (c.client_id == one.client_id) & (c.incident_id == one.id) & (c.id == duty_id)
    row = (await tx.execute(select(incident_duty).where(mine).with_for_update())).one_or_none()
    if row is None:
        raise NotFoundError
    if row.done_at is not None:
        raise StepRefusedError("This was settled before.")
    values = {"done_at": now(), "done_by": actor.name, "waived": settling.waived, "note": settling.note.strip()}
    values = await as_stored(tx, one.client_id, incident_duty, values)
    settled = read_duty(
        (await tx.execute(update(incident_duty).where(mine).values(**values).returning(incident_duty))).one()
    )
    said = timeline.settled(settled.key, settled.note or "", waived=settled.waived)
    await _enter(tx, actor, one, "waived" if settled.waived else "done", said)
    told = {"duty": settled.key, "waived": settled.waived, "late": _is_late(settled)}
    await _tell(tx, actor, "incident.settle", one, after=told)
    return await get_file(tx, actor, incident_id)


async def rewrite_notice(tx: Tx, actor: Actor, incident_id: UUID, duty_id: UUID, text: str) -> IncidentFile:
    """Replaces a notice's draft. Raises NotFoundError, StepRefusedError for one that was sent."""
    one = await _hold(tx, actor, incident_id)
    return await _redraft(tx, actor, one, duty_id, lambda _: text)


async def draft_anew(tx: Tx, actor: Actor, incident_id: UUID, duty_id: UUID, language: Language) -> IncidentFile:
    """Drafts a notice from what is known now. Raises NotFoundError, StepRefusedError for one that was sent."""
    one = await _hold(tx, actor, incident_id)
    known = await what_is_known(tx, actor, one)
    return await _redraft(tx, actor, one, duty_id, lambda key: draft(key, known, language))


async def add_entry(tx: Tx, actor: Actor, incident_id: UUID, text: str) -> IncidentFile:
    """Adds a line to the timeline. Raises NotFoundError, StepRefusedError for a closed one."""
    one = await _hold(tx, actor, incident_id)
    await _enter(tx, actor, one, "note", verbatim(text.strip()))
    await _tell(tx, actor, "incident.note", one)
    return await get_file(tx, actor, incident_id)


async def close_incident(tx: Tx, actor: Actor, incident_id: UUID) -> IncidentFile:
    """Closes an incident; raises StepRefusedError naming what is required and not settled, NotFoundError."""
    one = await _hold(tx, actor, incident_id)
    duties = (await get_file(tx, actor, incident_id)).duties
    left = tuple(timeline.DUTIES[each.key] for each in duties if each.required and not each.done_at)
    if left:
        raise StepRefusedError("Settle these first: {steps}.", steps=left)
    await _write(tx, one, status=IncidentStatus.CLOSED, closed_at=now())
    await _enter(tx, actor, one, "closed", timeline.CLOSED)
    await _tell(tx, actor, "incident.close", one, after={"status": IncidentStatus.CLOSED})
    return await get_file(tx, actor, incident_id)


async def _open(tx: Tx, actor: Actor, new: NewIncident, client_id: ClientId, group_id: UUID) -> Incident:
    at = now()
    values = {
        name: getattr(new, name) for name in new.__struct_fields__ if name not in ("client_ids", "aware_at", "language")
    }
    values |= {
        "client_id": client_id,
        "id": new_id(),
        "group_id": group_id,
        "status": IncidentStatus.OPEN,
        "regimes": [one.value for one in dict.fromkeys(new.regimes)],
        "data_kinds": list(new.data_kinds),
        "aware_at": new.aware_at or at,
        "language": new.language or actor.language,
        "opened_by": actor.name,
        "opened_at": at,
    }
    await tx.execute(incident.insert().values(**await as_stored(tx, client_id, incident, values)))
    made = await get_incident(tx, actor, values["id"])
    await follow(tx, actor, made)
    await _enter(tx, actor, made, "opened", timeline.opened(made.title))
    await _tell(tx, actor, "incident.open", made, after=made)
    return await get_incident(tx, actor, made.id)


async def _redraft(
    tx: Tx, actor: Actor, one: Incident, duty_id: UUID, text_of: Callable[[str], str | None]
) -> IncidentFile:
    c = incident_duty.c
    mine = (c.client_id == one.client_id) & (c.incident_id == one.id) & (c.id == duty_id) & c.draft.is_not(None)
    row = (await tx.execute(select(c.done_at, c.key).where(mine))).one_or_none()
    if row is None:
        raise NotFoundError
    if row.done_at is not None:
        raise StepRefusedError("This notice was sent; its text stays as it was.")
    stored = await as_stored(tx, one.client_id, incident_duty, {"draft": text_of(row.key)})
    await tx.execute(update(incident_duty).where(mine).values(**stored))
    await _tell(tx, actor, "incident.rewrite_notice", one, after={"duty": row.key})
    return await get_file(tx, actor, one.id)


async def _hold(tx: Tx, actor: Actor, incident_id: UUID) -> Incident:
    c = incident.c
    await tx.execute(select(c.id).where(c.id == incident_id).with_for_update())
    one = await get_incident(tx, actor, incident_id, _WRITE)
    if one.status is IncidentStatus.CLOSED:
        raise StepRefusedError("This incident is closed.")
    return one


async def _write(tx: Tx, one: Incident, **values: Any) -> None:
    c = incident.c
    await tx.execute(update(incident).where(c.client_id == one.client_id, c.id == one.id).values(**values))


async def _enter(tx: Tx, actor: Actor, one: Incident, kind: str, text: Text) -> None:
    words = await as_stored(tx, one.client_id, incident_entry, {"text": to_plain(text)})
    values = {"client_id": one.client_id, "id": new_id(), "incident_id": one.id, "at": now()}
    await tx.execute(incident_entry.insert().values(**values, by=actor.name, kind=kind, **words))


async def _tell(tx: Tx, actor: Actor, action: str, one: Incident, before: object = None, after: object = None) -> None:
    await publish(tx, IncidentChanged(client_id=one.client_id, incident_id=one.id))
    await audit.record(tx, actor, action, one.id, client_id=one.client_id, before=before, after=after)


def _is_late(duty: Duty) -> bool:
    return duty.due_at is not None and duty.done_at is not None and duty.done_at > duty.due_at


def _values(before: Incident, changes: IncidentChanges) -> dict[str, Any]:
    """The fields that become others. Hours go with the regime `contract`."""
    values: dict[str, Any] = {name: one for name, one in structs.asdict(changes).items() if one is not UNSET}
    if "contained" in values:
        values["status"] = IncidentStatus.CONTAINED if values.pop("contained") else IncidentStatus.OPEN
    if "regimes" in values:
        values["regimes"] = tuple(dict.fromkeys(values["regimes"]))
    if Regime.CONTRACT not in values.get("regimes", before.regimes):
        values.setdefault("contract_hours", None)
    return {name: value for name, value in values.items() if value != getattr(before, name)}


def _check(one: NewIncident | Incident) -> None:
    errors: list[FieldError] = []
    at, contract = now(), Regime.CONTRACT in one.regimes
    if one.time_zone not in _ZONES:
        errors.append(FieldError("/time_zone", "Use an IANA time zone such as Europe/Berlin."))
    for pointer, moment in (("/aware_at", one.aware_at), ("/occurred_at", one.occurred_at)):
        if moment is not None and not _EARLIEST <= moment <= at:
            errors.append(FieldError(pointer, "Give a moment that has passed, from the year 2000 on."))
    if one.occurred_at is not None and one.occurred_at > (one.aware_at or at):
        errors.append(FieldError("/occurred_at", "Nobody becomes aware of what has not happened yet."))
    if contract and one.contract_hours is None:
        errors.append(FieldError("/contract_hours", "Say how many hours the contract gives to tell the client."))
    if not contract and one.contract_hours is not None:
        errors.append(FieldError("/contract_hours", "Hours belong to the regime `contract`."))
    if errors:
        raise InvalidInputError(errors=tuple(errors))
