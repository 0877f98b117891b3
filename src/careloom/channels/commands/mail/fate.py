"""What becomes of a mail that was handed over, or was not: noted once, told in its conversation, learned from."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, update

from careloom.channels.commands.suppression import suppress
from careloom.channels.core.email.cause import DeliveryCause, cause_of, is_gone, rests
from careloom.channels.queries.mail import Outgoing
from careloom.channels.tables import outgoing_mail
from careloom.channels.types.suppression import SuppressionReason
from careloom.conversations.commands.asides import add_channel_event
from careloom.conversations.commands.delivery import set_delivery
from careloom.conversations.queries.conversation import get_conversation
from careloom.conversations.types import Conversation, Delivery
from careloom.organizations.queries import as_stored
from careloom.platform.access import Actor, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.jobs import retry_wait

_LONGEST_REASON: Final = 500


async def settle_sent(tx: Tx, outgoing: Outgoing, answer: str, at: datetime) -> None:
    """Notes that the relay took the mail, and its `answer`, in which most relays name their own id of it."""
    table = outgoing_mail.c
    of_mail = _of(outgoing) & table.sent_at.is_(None)
    answer = await stored_answer(tx, outgoing.client_id, answer)
    await tx.execute(update(outgoing_mail).where(of_mail).values(sent_at=at, answer=answer[:_LONGEST_REASON]))
    details = {"relay_answer": _short(answer)}
    await set_delivery(tx, outgoing.client_id, outgoing.conversation_id, outgoing.seq, Delivery.SENT, details)


async def settle_deferred(tx: Tx, outgoing: Outgoing, reason: str) -> None:
    """Notes that the relay asks to come again, why, and when that will be."""
    next_at = now() + retry_wait(outgoing.attempts)
    reason = await stored_answer(tx, outgoing.client_id, reason)
    values = {"attempts": outgoing_mail.c.attempts + 1, "error": reason[:2_000]}
    await tx.execute(update(outgoing_mail).where(_of(outgoing)).values(**values))
    details = _why(cause_of(None, reason), reason) | {"delivery_next_at": next_at.isoformat()}
    await set_delivery(tx, outgoing.client_id, outgoing.conversation_id, outgoing.seq, Delivery.DEFERRED, details)


async def settle_delayed(tx: Tx, outgoing: Outgoing, status: str | None, reason: str) -> None:
    """Notes that a server on the way still tries to deliver a mail that the relay took."""
    details = _why(cause_of(status, reason), await stored_answer(tx, outgoing.client_id, reason))
    await set_delivery(tx, outgoing.client_id, outgoing.conversation_id, outgoing.seq, Delivery.DEFERRED, details)


async def fail(
    tx: Tx,
    actor: Actor,
    outgoing: Outgoing,
    reason: str,
    *,
    delivery: Delivery = Delivery.FAILED,
    cause: DeliveryCause | None = None,
) -> None:
    """Notes that the mail did not arrive and never will, once, and says so in its conversation.

    An address that no mail will ever reach is suppressed; one that is full rests for a while.
    """
    of_mail = _of(outgoing) & outgoing_mail.c.failed_at.is_(None)
    reason = await stored_answer(tx, outgoing.client_id, reason)
    statement = update(outgoing_mail).where(of_mail).values(failed_at=now(), error=reason[:2_000])
    if (await tx.execute(statement.returning(outgoing_mail.c.id))).one_or_none() is None:
        return
    why = cause or cause_of(None, reason)
    one = await get_conversation(tx, system_actor(actor.name, outgoing.client_id), outgoing.conversation_id)
    await tell_failure(tx, actor, one, outgoing.seq, outgoing.recipient, reason, why, delivery)
    if is_gone(why) or rests(why):
        kind = SuppressionReason.HARD_BOUNCE if is_gone(why) else SuppressionReason.SOFT_BOUNCE
        await suppress(tx, actor, one.client_id, outgoing.recipient, kind, note=reason, conversation_id=one.id)


async def settle_complaint(tx: Tx, actor: Actor, outgoing: Outgoing, kind: str) -> None:
    """Notes that the customer called the mail unwanted: it is told once, and nothing is sent to the address again."""
    one = await get_conversation(tx, system_actor(actor.name, outgoing.client_id), outgoing.conversation_id)
    kind = await stored_answer(tx, one.client_id, kind)
    details = _why(DeliveryCause.COMPLAINT, kind)
    if not await set_delivery(tx, one.client_id, one.id, outgoing.seq, Delivery.COMPLAINED, details):
        return
    told = {"seq": str(outgoing.seq), "recipient": outgoing.recipient}
    await add_channel_event(tx, actor, one.id, "complained", told)
    reason = SuppressionReason.COMPLAINT
    await suppress(tx, actor, one.client_id, outgoing.recipient, reason, note=kind, conversation_id=one.id)


async def tell_failure(
    tx: Tx,
    actor: Actor,
    one: Conversation,
    seq: int,
    recipient: str,
    reason: str,
    cause: DeliveryCause,
    delivery: Delivery = Delivery.FAILED,
) -> None:
    """Marks message `seq` and says so in the conversation."""
    await set_delivery(tx, one.client_id, one.id, seq, delivery, _why(cause, reason))
    details = {"seq": str(seq), "recipient": recipient, "reason": _short(reason), "cause": cause.value}
    await add_channel_event(tx, actor, one.id, "delivery_failed", details)


async def stored_answer(tx: Tx, client_id: UUID, answer: str) -> str:
    """What a server answered, which may repeat what the mail says. It is cut after this: half a number is not known."""
    return (await as_stored(tx, client_id, outgoing_mail, {"answer": answer}))["answer"]


def _why(cause: DeliveryCause, reason: str) -> dict[str, str]:
    return {"delivery_cause": cause.value, "delivery_reason": _short(reason)}


def _short(text: str) -> str:
    return text[:_LONGEST_REASON]


def _of(outgoing: Outgoing) -> ColumnElement[Any]:
    return (outgoing_mail.c.client_id == outgoing.client_id) & (outgoing_mail.c.id == outgoing.id)
