"""Endpoints of mailboxes that stay at another provider."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.background_tasks import BackgroundTask
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Redirect

from careloom.channels.commands.mailbox.connection import Returned, begin_connection, end_connection
from careloom.channels.commands.mailbox.leaving import Left, revoke
from careloom.channels.commands.mailbox.poll import try_once
from careloom.channels.commands.mailbox.setup import change_mailbox, create_mailbox, delete_mailbox, sealed_secrets
from careloom.channels.errors import ConsentOverError
from careloom.channels.queries.mailboxes import get_mailbox, list_mailboxes
from careloom.channels.types.mailbox import ConsentPage, Mailbox, MailboxChanges, MailboxCheck, NewMailbox
from careloom.organizations.types import ClientId
from careloom.platform import audit
from careloom.platform.errors import NotFoundError, NotSignedInError
from careloom.platform.paging import Page
from careloom.platform.web.http import After, Limit
from careloom.platform.web.throttle import Throttle
from careloom.platform.web.unit import Unit

_attempts = Throttle(per_minute=20, burst=20)

Text = Annotated[str | None, QueryParameter(max_length=4000)]


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
async def patch_mailbox(unit: Unit, mailbox_id: FromPath[UUID], data: JSONBody[MailboxChanges]) -> Response[Mailbox]:
    """Changes the fields that are given and polls it soon. Signing in elsewhere asks for the secrets again, and the
    former provider is told that its token is not used any more.
    """
    left: list[Left] = []
    changed = await unit.write(lambda tx: change_mailbox(tx, unit.actor, mailbox_id, data, left))
    return Response(changed, background=BackgroundTask(revoke, unit.runtime, unit.actor, left))


@delete(
    "/mailboxes/{mailbox_id:uuid}",
    summary="Remove a mailbox",
    responses={204: ResponseSpec(None, description="It is gone.", generate_examples=False)},
)
async def remove_mailbox(unit: Unit, mailbox_id: FromPath[UUID]) -> Response[None]:
    """Stops polling it and forgets its secrets; mail that was taken stays. Its provider is told afterwards that its
    token is not used any more.
    """
    left: list[Left] = []
    await unit.write(lambda tx: delete_mailbox(tx, unit.actor, mailbox_id, left))
    return Response(None, background=BackgroundTask(revoke, unit.runtime, unit.actor, left))


@post("/mailboxes/{mailbox_id:uuid}/check", status_code=200, summary="Try a mailbox")
async def post_check(unit: Unit, mailbox_id: FromPath[UUID]) -> MailboxCheck:
    """Connects and signs in now: the folders that are there, or what is wrong. Takes no mail."""
    async with unit.transaction() as tx:
        one = await get_mailbox(tx, unit.actor, mailbox_id)
        sealed = await sealed_secrets(tx, one)
        await audit.record(tx, unit.actor, "mailbox.check", one.id, client_id=one.client_id)
    return await try_once(unit.runtime, one, sealed)


@post("/mailboxes/{mailbox_id:uuid}/connect", status_code=200, summary="Connect a mailbox")
async def post_connect(unit: Unit, mailbox_id: FromPath[UUID]) -> ConsentPage:
    """The provider's page on which you consent. Open it in a browser in which you are signed in here: you come back by
    yourself, and the mailbox says whether it is connected.
    """
    _attempts.take(str(unit.actor.person_id))
    return await begin_connection(unit.runtime, unit.actor, mailbox_id)


def _over(_: Request[Any, Any, Any], __: Exception) -> Redirect:
    return Redirect("/setup/mailboxes?connection=over")


@get(
    "/mailboxes/callback",
    status_code=302,
    summary="Come back from a mailbox's provider",
    exception_handlers={NotSignedInError: _over, ConsentOverError: _over, NotFoundError: _over},
)
async def get_callback(
    unit: Unit,
    begun: Annotated[str | None, QueryParameter(name="state", max_length=2000)] = None,
    code: Text = None,
    error: Text = None,
    error_description: Text = None,
) -> Redirect:
    """Connects the mailbox that the attempt began with, and leads to it in the desktop."""
    _attempts.take(str(unit.actor.person_id))
    returned = Returned(begun or "", code, error or "", error_description or "")
    return Redirect(f"/setup/mailboxes/{await end_connection(unit.runtime, unit.actor, returned)}")


handlers = [get_mailboxes, get_one, post_mailbox, patch_mailbox, remove_mailbox, post_check, post_connect, get_callback]
