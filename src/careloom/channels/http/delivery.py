"""Endpoints of how an agent's answer travels: a mail's way, sending it again, what other channels' programs report."""

from uuid import UUID

from litestar import get, post, put
from litestar.params import FromPath, JSONBody

from careloom.channels.commands.mail.outgoing import send_again
from careloom.channels.commands.mail.route import show_route
from careloom.channels.commands.reported import report_delivery
from careloom.channels.types.delivery import AnswerDelivery, DeliveryReport, MailRoute
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


@put("/conversations/{conversation_id:uuid}/messages/{seq:int}/delivery", summary="Report what became of an answer")
async def put_delivery(
    unit: Unit, conversation_id: FromPath[UUID], seq: FromPath[int], data: JSONBody[DeliveryReport]
) -> AnswerDelivery:
    """For the program that sends a channel's answers itself. The same again, or an earlier state, changes nothing."""
    return await unit.write(lambda tx: report_delivery(tx, unit.actor, conversation_id, seq, data))


handlers = [get_mail_route, post_send_again, put_delivery]
