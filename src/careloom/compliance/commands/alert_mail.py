"""Tells those who answer for a client by mail: of emergency accesses, and of deadlines of incidents."""

from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from careloom.channels.commands.mail.relay import RelayRefusedError, hand_over
from careloom.compliance.core.alert_mail import Envelope, Near, Told, deadline_mail, glass_mail
from careloom.compliance.events import IncidentDeadlineNear
from careloom.compliance.queries.incidents import get_duty, get_incident
from careloom.identity.events import BreakGlassBegun
from careloom.identity.queries.actors import actors_of, who_guard
from careloom.identity.queries.glass import get_glass
from careloom.identity.queries.people import load_person
from careloom.identity.types import Person, PersonId
from careloom.organizations.queries import get_client, require_served
from careloom.platform.access import Permission, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import CareloomError, NotFoundError
from careloom.platform.jobs import defer
from careloom.platform.residency import RegionRefusedError
from careloom.platform.runtime import Runtime
from careloom.platform.texts.languages import language_for

log = structlog.get_logger()
MAIL_GLASS: Final = "compliance.mail_break_glass"
MAIL_DEADLINE: Final = "compliance.mail_deadline"
_SYSTEM: Final = system_actor("alerts")


async def tell_of_glass(tx: Tx, event: BreakGlassBegun) -> None:
    """A mail for each of those who may read the client's compliance registers. Needs a system transaction."""
    if event.client_id is None:
        return
    for one in await who_guard(tx, Permission.COMPLIANCE_READ, event.client_id):
        await defer(tx, MAIL_GLASS, glass_id=str(event.glass_id), person_id=str(one.id))


async def tell_of_deadline(tx: Tx, event: IncidentDeadlineNear) -> None:
    """A mail for each of those who may do what is due. Needs a system transaction."""
    if event.client_id is None:
        return
    for one in await who_guard(tx, Permission.COMPLIANCE_WRITE, event.client_id):
        await defer(
            tx,
            MAIL_DEADLINE,
            incident_id=str(event.incident_id),
            duty_id=str(event.duty_id),
            due_at=event.due_at.isoformat(),
            hours=event.hours,
            person_id=str(one.id),
        )


async def mail_glass(runtime: Runtime, glass_id: UUID, person_id: PersonId) -> None:
    """Hands one mail to the relay, unless nothing is left to be told, or not to this person or by this relay; raises
    RelayRefusedError where it asks to come again.
    """
    try:
        async with runtime.database.transaction(_SYSTEM) as tx:
            glass = await get_glass(tx, _SYSTEM, glass_id)
            client = await get_client(tx, _SYSTEM, glass.client_id)
            reader = await _reader(tx, person_id, Permission.COMPLIANCE_READ, glass.client_id)
    except (NotFoundError, RegionRefusedError) as error:
        _pass_over(error, glass_id, person_id)
        return
    link = f"{runtime.settings.base_url}/compliance/break-glass"
    told = Told(glass.person_name, client.name, glass.begun_at, glass.until, link)
    envelope = _envelope(runtime, f"glass.{glass_id.hex}.{person_id.hex}", reader.email)
    if envelope is not None:
        await _hand_over(runtime, envelope, glass_mail(told, language_for(reader.locale), envelope), person_id)


async def mail_deadline(
    runtime: Runtime, incident_id: UUID, duty_id: UUID, due_at: datetime, hours: int, person_id: PersonId
) -> None:
    """Hands one mail to the relay, unless the incident is gone, the duty was settled or its deadline moved meanwhile,
    or it is not to be told to this person or by this relay; raises RelayRefusedError where it asks to come again.
    """
    try:
        async with runtime.database.transaction(_SYSTEM) as tx:
            one = await get_incident(tx, _SYSTEM, incident_id)
            duty = await get_duty(tx, one, duty_id)
            client = await get_client(tx, _SYSTEM, one.client_id)
            reader = await _reader(tx, person_id, Permission.COMPLIANCE_WRITE, one.client_id)
    except (NotFoundError, RegionRefusedError) as error:
        _pass_over(error, duty_id, person_id)
        return
    if duty is None or duty.done_at is not None or duty.due_at != due_at:
        return
    link = f"{runtime.settings.base_url}/compliance/incidents?incident={incident_id}"
    near = Near(client.name, duty.key, due_at, one.time_zone, hours == 0, now(), link)
    name = f"duty.{duty_id.hex}.{int(due_at.timestamp())}.{hours}.{person_id.hex}"
    envelope = _envelope(runtime, name, reader.email)
    if envelope is not None:
        await _hand_over(runtime, envelope, deadline_mail(near, language_for(reader.locale), envelope), person_id)


async def _reader(tx: Tx, person_id: PersonId, permission: Permission, client_id: UUID) -> Person:
    """Who is to be told. Raises NotFoundError where they are not any more, RegionRefusedError where the relay may not
    see what concerns the client.
    """
    await require_served(tx, client_id, relay=True)
    actor = (await actors_of(tx, [person_id])).get(person_id)
    if actor is None or not actor.may(permission, client_id=client_id):
        raise NotFoundError
    return await load_person(tx, _SYSTEM, person_id)


def _pass_over(error: CareloomError, subject_id: UUID, person_id: PersonId) -> None:
    log.warning("alert_not_mailed", subject_id=str(subject_id), person_id=str(person_id), error=type(error).__name__)


def _envelope(runtime: Runtime, name: str, recipient: str) -> Envelope | None:
    """None where alerts are not mailed any more. A second attempt has the same Message-ID."""
    sender = runtime.settings.alert_sender
    return None if sender is None else Envelope(sender, recipient, f"<{name}@{sender.rpartition('@')[2]}>")


async def _hand_over(runtime: Runtime, envelope: Envelope, raw: bytes, person_id: PersonId) -> None:
    try:
        await hand_over(runtime.settings, envelope.sender, envelope.recipient, raw)
    except RelayRefusedError as refusal:
        if not refusal.permanent:
            raise
        log.warning("alert_refused", message_id=envelope.message_id, person_id=str(person_id))
