"""Endpoints of mailboxes that stay at another provider."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from litestar import delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody

from careloom.channels.commands.mailbox.poll import Poller
from careloom.channels.commands.mailbox.setup import change_mailbox, create_mailbox, delete_mailbox, sealed_secrets
from careloom.channels.queries.mailboxes import get_mailbox, list_mailboxes
from careloom.channels.types.mailbox import Mailbox, MailboxChanges, MailboxCheck, NewMailbox
from careloom.organizations.types import ClientId
from careloom.platform import audit
from careloom.platform.paging import Page
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit


@get("/mailboxes", summary="Mailboxes that are polled")
async def get_mailboxes(
    unit: Unit, client_id: FromQuery[ClientId | None] = None, limit: Limit = 50, after: After = None
) -> Page[Mailbox]:
    """Mailboxes at other providers, with when each was polled last and what is wrong, oldest first."""
    return await unit.read(lambda tx: list_mailboxes(tx, unit.actor, client_id, limit, after))


@get("/mailboxes/{mailbox_id:uuid}", summary="A mailbox")
async def get_one(unit: Unit, mailbox_id: FromPath[UUID]) -> Mailbox:
    """One mailbox; its secrets are never shown."""
    return await unit.read(lambda tx: get_mailbox(tx, unit.actor, mailbox_id))


@post("/mailboxes", summary="Add a mailbox")
async def post_mailbox(unit: Unit, data: JSONBody[NewMailbox]) -> Mailbox:
    """A mailbox whose new mail is taken in for a mail address, as if it had come by SMTP."""
    return await unit.write(lambda tx: create_mailbox(tx, unit.actor, data))


@patch("/mailboxes/{mailbox_id:uuid}", summary="Change a mailbox")
async def patch_mailbox(unit: Unit, mailbox_id: FromPath[UUID], data: JSONBody[MailboxChanges]) -> Mailbox:
    """Changes the fields that are given and polls it soon. Signing in elsewhere asks for the secrets again."""
    return await unit.write(lambda tx: change_mailbox(tx, unit.actor, mailbox_id, data))


@delete("/mailboxes/{mailbox_id:uuid}", summary="Remove a mailbox")
async def remove_mailbox(unit: Unit, mailbox_id: FromPath[UUID]) -> None:
    """Stops polling it and forgets its secrets; mail that was taken stays."""
    await unit.write(lambda tx: delete_mailbox(tx, unit.actor, mailbox_id))


@post("/mailboxes/{mailbox_id:uuid}/check", status_code=200, summary="Try a mailbox")
async def post_check(unit: Unit, mailbox_id: FromPath[UUID]) -> MailboxCheck:
    """Connects and signs in now: the folders that are there, or what is wrong. Takes no mail."""
    async with unit.transaction() as tx:
        one = await get_mailbox(tx, unit.actor, mailbox_id)
        sealed = await sealed_secrets(tx, one)
        await audit.record(tx, unit.actor, "mailbox.check", one.id, client_id=one.client_id)
    threads = ThreadPoolExecutor(1)
    try:
        return await Poller(unit.runtime, threads).check(one, sealed)
    finally:
        threads.shutdown(wait=False)


handlers = [get_mailboxes, get_one, post_mailbox, patch_mailbox, remove_mailbox, post_check]
