"""Sends mail in its order, and handles again what came in and could not be handled."""

from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from careloom.channels.commands.mail.fate import fail, settle_deferred, settle_sent
from careloom.channels.commands.mail.incoming import note_unhandled, retry_incoming
from careloom.channels.commands.mail.outgoing import SEND_MAIL, queue_mail
from careloom.channels.commands.mail.ready import ReadyMail, load_ready, render
from careloom.channels.commands.mail.relay import RelayRefusedError, hand_over
from careloom.channels.commands.suppression import require_not_suppressed
from careloom.channels.core.email.cause import DeliveryCause
from careloom.channels.errors import AddressSuppressedError
from careloom.channels.queries.mail import list_unhandled
from careloom.conversations.events import MessageAdded
from careloom.organizations.queries import require_served
from careloom.platform.access import system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx, is_away
from careloom.platform.errors import ConflictError, NotFoundError
from careloom.platform.eventlog.consumer import Consumer
from careloom.platform.jobs import Periodic, Task
from careloom.platform.residency import RegionRefusedError
from careloom.platform.runtime import Runtime

log = structlog.get_logger()
_GIVE_UP: Final = timedelta(hours=8)
_SEND_ATTEMPTS: Final = 16
_RETRY_ATTEMPTS: Final = 8
_RETRY_BATCH: Final = 50


def consumers(runtime: Runtime) -> list[Consumer]:
    """Agents' messages become mail."""

    async def on_message(tx: Tx, event: MessageAdded) -> None:
        await queue_mail(tx, runtime.secret, event)

    return [Consumer("channels.mail", {MessageAdded: on_message})]


def tasks(runtime: Runtime) -> list[Task]:
    """Sending of a mail. Its back-off doubles from 2 s; after eight hours a mail that nobody takes has failed."""

    async def send(client_id: str, outgoing_id: str) -> None:
        await send_mail(runtime, UUID(client_id), UUID(outgoing_id))

    return [Task(SEND_MAIL, send, attempts=_SEND_ATTEMPTS)]


def periodic(runtime: Runtime) -> list[Periodic]:
    """Mail that could not be handled is tried again every five minutes, less often with each attempt."""

    async def retry() -> None:
        await retry_mail(runtime)

    return [Periodic(Task("channels.retry_mail", retry), "*/5 * * * *")]


async def send_mail(runtime: Runtime, client_id: UUID, outgoing_id: UUID) -> None:
    """Sends one mail unless it was sent before; raises RelayRefusedError where the relay asks to come again.

    No transaction is open while the relay is spoken to. Should the process die between the relay's yes and the
    note of it, the mail goes out again under the same Message-ID, by which receivers know it.
    """
    actor = system_actor("mail", client_id)
    async with runtime.database.transaction(actor) as tx:
        ready = await load_ready(tx, actor, runtime.secret, client_id, outgoing_id)
        if ready is not None and (reason := await _suppressed(tx, ready)) is not None:
            await fail(tx, actor, ready.outgoing, reason, cause=DeliveryCause.SUPPRESSED)
            return
    if ready is None:
        return
    outcome = await _kept_here(runtime, ready) or await _try(runtime, ready)
    async with runtime.database.transaction(actor) as tx:
        if isinstance(outcome, str):
            await settle_sent(tx, ready.outgoing, outcome, now())
            return
        if outcome.permanent or now() - ready.outgoing.made_at > _GIVE_UP:
            await fail(tx, actor, ready.outgoing, outcome.answer)
            return
        await settle_deferred(tx, ready.outgoing, outcome.answer)
    raise outcome


async def retry_mail(runtime: Runtime) -> None:
    """Handles again the kept mail that is due."""
    actor = system_actor("mail")
    async with runtime.database.transaction(actor) as tx:
        due = await list_unhandled(tx, _RETRY_ATTEMPTS, _RETRY_BATCH)
    for client_id, incoming_id in due:
        one = system_actor("mail", client_id)
        try:
            async with runtime.database.transaction(one) as tx:
                await retry_incoming(tx, one, runtime.files, runtime.secret, incoming_id)
        except (ConflictError, NotFoundError):
            continue
        except Exception as error:
            if is_away(error):
                log.warning("mail_retry_lost_database", error=type(error).__name__)
                return
            log.error("mail_kept_unhandled", incoming_mail_id=str(incoming_id), error=type(error).__name__)
            async with runtime.database.transaction(one) as tx:
                await note_unhandled(tx, client_id, incoming_id, error)


async def _suppressed(tx: Tx, ready: ReadyMail) -> str | None:
    try:
        await require_not_suppressed(tx, ready.outgoing.client_id, ready.outgoing.recipient)
    except AddressSuppressedError as error:
        return error.detail
    return None


async def _kept_here(runtime: Runtime, ready: ReadyMail) -> RelayRefusedError | None:
    """Why the relay may not see the mail, if it may not."""
    try:
        async with runtime.database.transaction(system_actor("mail", ready.outgoing.client_id)) as tx:
            await require_served(tx, ready.outgoing.client_id, relay=True)
    except RegionRefusedError as error:
        return RelayRefusedError(str(error), permanent=not error.unsaid)
    return None


async def _try(runtime: Runtime, ready: ReadyMail) -> RelayRefusedError | str:
    """Hands the mail over; answers the relay's words, or its refusal."""
    try:
        raw = await render(ready, runtime.files)
    except (ValueError, NotFoundError) as error:
        return RelayRefusedError(str(error), permanent=True)
    try:
        return await hand_over(runtime.settings, ready.envelope_sender, ready.outgoing.recipient, raw)
    except RelayRefusedError as refusal:
        return refusal
