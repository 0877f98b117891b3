"""Endpoints of how an agent's mail travels: where it would go, and sending it again."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from careloom.channels.commands.mail.outgoing import send_again
from careloom.channels.commands.mail.route import show_route
from careloom.channels.types.delivery import MailRoute
from careloom.conversations.types import Message
from careloom.platform.web.unit import Unit


@get("/conversations/{conversation_id:uuid}/mail-route", summary="Where the next mail would go")
async def get_mail_route(unit: Unit, conversation_id: FromPath[UUID]) -> MailRoute:
    """From which address to which, and what stands in the way."""
    return await unit.read(lambda tx: show_route(tx, unit.actor, conversation_id))


@post(
    "/conversations/{conversation_id:uuid}/messages/{seq:int}/send-again",
    status_code=200,
    summary="Send a mail again",
)
async def post_send_again(unit: Unit, conversation_id: FromPath[UUID], seq: FromPath[int]) -> Message:
    """A mail that waits, failed or came back goes out now, to where the customer is reached now."""
    return await unit.write(lambda tx: send_again(tx, unit.actor, unit.runtime.secret, conversation_id, seq))


handlers = [get_mail_route, post_send_again]
