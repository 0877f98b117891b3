"""What the program that serves a channel reports of an answer that it fetched: delivered, or not and why."""

from uuid import UUID

from careloom.channels.commands.mail.fate import stored_answer
from careloom.channels.errors import NotReportedError
from careloom.channels.types.delivery import AnswerDelivery, DeliveryReport, Reported
from careloom.conversations.commands.asides import add_channel_event
from careloom.conversations.commands.delivery import set_delivery
from careloom.conversations.commands.held import hold_conversation
from careloom.conversations.queries.messages import get_message
from careloom.conversations.types import Delivery, MessageKind
from careloom.organizations.types import Channel
from careloom.platform import audit
from careloom.platform.access import Actor, Permission, system_actor
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, InvalidInputError


async def report_delivery(
    tx: Tx, actor: Actor, conversation_id: UUID, seq: int, report: DeliveryReport
) -> AnswerDelivery:
    """Notes how far an answer got; nothing changes where it is known to be there, further or lost. A failure is told.

    Raises NotFoundError, ForbiddenError, InvalidInputError, NotReportedError.
    """
    reason = report.reason.strip()
    failed = report.delivery is Reported.FAILED
    if failed != bool(reason):
        raise InvalidInputError(errors=(FieldError("/reason", "Say why for `failed`, and for that alone."),))
    held = await hold_conversation(tx, actor, conversation_id, Permission.MESSAGES_INGEST)
    one = held.conversation
    message = await get_message(tx, one.client_id, one.id, seq)
    if message.kind is not MessageKind.OUTBOUND or one.channel is Channel.EMAIL:
        raise NotReportedError
    details: dict[str, str] = {}
    if failed:
        details["delivery_reason"] = await stored_answer(tx, one.client_id, reason)
    delivery = Delivery(report.delivery)
    if not await set_delivery(tx, one.client_id, one.id, seq, delivery, details):
        return AnswerDelivery(one.id, seq, message.delivery)
    if failed:
        told = {"seq": str(seq), "reason": details["delivery_reason"]}
        await add_channel_event(tx, system_actor(actor.name, one.client_id), one.id, "answer_failed", told)
    before = {"delivery": message.delivery}
    after = {"conversation_id": one.id, "seq": seq, "delivery": delivery}
    await audit.record(
        tx, actor, "message.report_delivery", message.id, client_id=one.client_id, before=before, after=after
    )
    return AnswerDelivery(one.id, seq, delivery)
