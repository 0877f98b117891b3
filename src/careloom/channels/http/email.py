"""Endpoints of mail addresses and of mail as it came in."""

from uuid import UUID

from litestar import get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody

from careloom.channels.commands.mail.addresses import change_mail_address, create_mail_address
from careloom.channels.commands.mail.incoming import retry_incoming
from careloom.channels.commands.mail.ready import render_test
from careloom.channels.commands.mail.relay import RelayRefusedError, hand_over
from careloom.channels.queries.mail import get_mail_address, list_incoming, list_mail_addresses
from careloom.channels.queries.signing import signers_of
from careloom.channels.types import (
    IncomingMail,
    MailAddress,
    MailAddressChanges,
    MailTest,
    MailTestResult,
    NewMailAddress,
)
from careloom.organizations.queries import require_served
from careloom.organizations.types import ClientId
from careloom.platform import audit
from careloom.platform.access import Permission
from careloom.platform.clock import now
from careloom.platform.ids import new_id
from careloom.platform.paging import Page
from careloom.platform.reads import Question
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit


@get("/mail-addresses", summary="Mail addresses")
async def get_mail_addresses(
    unit: Unit, client_id: FromQuery[ClientId | None] = None, limit: Limit = 50, after: After = None
) -> Page[MailAddress]:
    """The addresses under which programs write and are written to, oldest first."""
    return await unit.read(lambda tx: list_mail_addresses(tx, unit.actor, client_id, limit, after))


@post("/mail-addresses", summary="Add a mail address")
async def post_mail_address(unit: Unit, data: JSONBody[NewMailAddress]) -> MailAddress:
    """An address whose mail belongs to a program."""
    return await unit.write(lambda tx: create_mail_address(tx, unit.actor, data))


@patch("/mail-addresses/{mail_address_id:uuid}", summary="Change a mail address")
async def patch_mail_address(
    unit: Unit, mail_address_id: FromPath[UUID], data: JSONBody[MailAddressChanges]
) -> MailAddress:
    """Its queue, name, signature, or whether it takes mail."""
    return await unit.write(lambda tx: change_mail_address(tx, unit.actor, mail_address_id, data))


@post("/mail-addresses/{mail_address_id:uuid}/test", status_code=200, summary="Send a test mail")
async def post_mail_test(unit: Unit, mail_address_id: FromPath[UUID], data: JSONBody[MailTest]) -> MailTestResult:
    """Sends a real mail through the relay and reports the relay's answer."""
    async with unit.transaction() as tx:
        address = await get_mail_address(tx, unit.actor, mail_address_id, Permission.CHANNELS_WRITE)
        await require_served(tx, address.client_id, relay=True)
        domain = address.address.rpartition("@")[2]
        signers = await signers_of(tx, address.client_id, domain)
        await audit.record(tx, unit.actor, "mail_address.test", address.id, client_id=address.client_id)
    runtime = unit.runtime
    message_id = f"<{new_id().hex}@{domain}>"
    try:
        raw = await render_test(address, runtime.secret, data.to, message_id, now(), signers, unit.actor.language)
        answer = await hand_over(runtime.settings, address.address, data.to, raw)
    except (RelayRefusedError, ValueError) as error:
        return MailTestResult(sent=False, answer=str(error))
    return MailTestResult(sent=True, answer=answer)


@get("/incoming-mails", summary="Mail as it came in, newest first")
async def get_incoming_mails(
    unit: Unit,
    client_id: FromQuery[ClientId | None] = None,
    failed: FromQuery[bool] = False,
    limit: Limit = 50,
    after: After = None,
) -> Page[IncomingMail]:
    """Each with its verdict; `failed` shows what is kept and could not be handled."""
    asked = Question(client_id, None, limit, after, ("failed",) if failed else ())
    return await unit.read(
        lambda tx: list_incoming(tx, unit.actor, failed=failed, client_id=client_id, limit=limit, after=after),
        noting=lambda page: asked.shown("incoming_mail.read", (one.client_id for one in page.items)),
    )


@post("/incoming-mails/{incoming_id:uuid}/retry", status_code=200, summary="Handle a kept mail again")
async def post_incoming_retry(unit: Unit, incoming_id: FromPath[UUID]) -> IncomingMail:
    """Handles the mail once more; `handled_at` and `error` say what came of it."""
    runtime = unit.runtime
    return await unit.write(lambda tx: retry_incoming(tx, unit.actor, runtime.files, runtime.secret, incoming_id))


handlers = [
    get_mail_addresses,
    post_mail_address,
    patch_mail_address,
    post_mail_test,
    get_incoming_mails,
    post_incoming_retry,
]
