"""Tells those who guard a client by mail that someone has emergency access to it."""

from typing import Final
from uuid import UUID

import structlog

from careloom.channels.commands.mail.relay import RelayRefusedError, hand_over
from careloom.compliance.core.glass_mail import Told, glass_mail
from careloom.identity.events import BreakGlassBegun
from careloom.identity.queries.actors import who_guard
from careloom.identity.queries.glass import get_glass
from careloom.identity.queries.people import load_person
from careloom.identity.types import PersonId
from careloom.organizations.queries import get_client
from careloom.platform.access import Permission, system_actor
from careloom.platform.database.transactions import Tx
from careloom.platform.jobs import defer
from careloom.platform.runtime import Runtime
from careloom.platform.texts.languages import language_for

log = structlog.get_logger()
MAIL_GLASS: Final = "compliance.mail_break_glass"
_SYSTEM: Final = system_actor("alerts")
_PLACE: Final = "/compliance/break-glass"


async def tell_guards(tx: Tx, event: BreakGlassBegun) -> None:
    """A mail for each of those who may read the client's compliance registers. Needs a system transaction."""
    if event.client_id is None:
        return
    for one in await who_guard(tx, Permission.COMPLIANCE_READ, event.client_id):
        await defer(tx, MAIL_GLASS, glass_id=str(event.glass_id), person_id=str(one.id))


async def mail_guard(runtime: Runtime, glass_id: UUID, person_id: PersonId) -> None:
    """Hands one mail to the relay; raises RelayRefusedError where it asks to come again. A second attempt has the same
    Message-ID.
    """
    sender = runtime.settings.alert_sender
    if sender is None:
        return
    async with runtime.database.transaction(_SYSTEM) as tx:
        glass = await get_glass(tx, _SYSTEM, glass_id)
        client = await get_client(tx, _SYSTEM, glass.client_id)
        reader = await load_person(tx, _SYSTEM, person_id)
    link = f"{runtime.settings.base_url}{_PLACE}"
    told = Told(glass.person_name, client.name, glass.begun_at, glass.until, link)
    message_id = f"<glass.{glass_id.hex}.{person_id.hex}@{sender.rpartition('@')[2]}>"
    raw = glass_mail(told, language_for(reader.locale), sender, reader.email, message_id)
    try:
        await hand_over(runtime.settings, sender, reader.email, raw)
    except RelayRefusedError as refusal:
        if not refusal.permanent:
            raise
        log.warning("alert_refused", glass_id=str(glass_id), person_id=str(person_id))
