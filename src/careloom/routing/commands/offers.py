"""Offers a contact to an agent; the agent accepts or declines, the time runs out, or it goes elsewhere.

Locks are taken in one order: the agent, the conversation, the offer (decision 0010).
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select, update

from careloom.conversations.commands import lifecycle
from careloom.conversations.commands.held import hold_conversation
from careloom.conversations.types import Conversation, ConversationId, Phase
from careloom.identity.queries.people import names_of
from careloom.identity.types import PersonId
from careloom.platform import audit
from careloom.platform.access import Actor, Permission, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id
from careloom.platform.texts.text import say
from careloom.platform.wire import to_plain
from careloom.routing.commands.agent import MISSED_OFFER, HeldAgent, hold_agent, move_state
from careloom.routing.core.capacity import free_slots
from careloom.routing.core.decision import Decision
from careloom.routing.errors import OfferGoneError
from careloom.routing.events import OfferEnded, OfferMade
from careloom.routing.queries.loads import loads_of
from careloom.routing.queries.offers import OPEN, get_own_offer, offer_from
from careloom.routing.tables import offer
from careloom.routing.types import AcceptMode, OfferId, OfferOutcome, Presence, Queue

_SYSTEM = system_actor("routing")
_T = offer.c
_GONE = {
    OfferOutcome.ACCEPTED: say("You have accepted this contact already."),
    OfferOutcome.DECLINED: say("You have declined this contact."),
    OfferOutcome.TIMED_OUT: say("The time to accept this contact is over."),
    OfferOutcome.WITHDRAWN: say("This contact has gone elsewhere."),
}


class _Row(Struct, frozen=True):
    """The columns of an offer to store."""

    id: UUID
    client_id: UUID
    conversation_id: UUID
    queue_id: UUID
    agent_id: UUID
    channel: str
    reason: dict[str, Any]
    offered_at: datetime
    expires_at: datetime
    outcome: str | None = None
    ended_at: datetime | None = None


async def make_offer(tx: Tx, decision: Decision, queue: Queue) -> bool:
    """Carries out the engine's decision, offering the contact or giving it at once, as it says.

    Does nothing and answers False where the agent or the contact has changed meanwhile. Needs a system transaction.
    """
    agent = await hold_agent(tx, decision.agent_id)
    if agent is None or agent.state is not Presence.AVAILABLE:
        return False
    one = (await hold_conversation(tx, _SYSTEM, decision.work_id)).conversation
    if one.phase is not Phase.QUEUED or one.queue_id != queue.id:
        return False
    await withdraw(tx, one.id)
    if not await _has_room(tx, agent, one, decision.accept_mode):
        return False
    if decision.accept_mode is AcceptMode.AUTO:
        await _give(tx, decision, one, queue)
    else:
        await _offer(tx, decision, one, queue)
    return True


async def accept_offer(tx: Tx, actor: Actor, offer_id: OfferId) -> Conversation:
    """The actor takes what is offered to them; raises NotFoundError, OfferGoneError."""
    row = await get_own_offer(tx, actor, offer_id)
    await hold_agent(tx, row.agent_id)
    one = (await hold_conversation(tx, actor, row.conversation_id, Permission.CONVERSATIONS_REPLY)).conversation
    await _require_open(tx, row)
    if one.phase is not Phase.OFFERED:
        raise OfferGoneError(_GONE[OfferOutcome.WITHDRAWN])
    await _end(tx, row, OfferOutcome.ACCEPTED)
    await _audit(tx, actor, "offer.accept", row)
    return await lifecycle.give_to(tx, actor, one.id, row.agent_id, actor.name, only_if_unassigned=True)


async def decline_offer(tx: Tx, actor: Actor, offer_id: OfferId) -> None:
    """The actor passes on what is offered to them; it waits on. Raises NotFoundError, OfferGoneError."""
    row = await get_own_offer(tx, actor, offer_id)
    await hold_conversation(tx, actor, row.conversation_id)
    await _require_open(tx, row)
    await _end(tx, row, OfferOutcome.DECLINED)
    await _audit(tx, actor, "offer.decline", row)
    await lifecycle.take_offer_back(tx, actor, row.conversation_id)


async def expire_offer(tx: Tx, offer_id: OfferId) -> bool:
    """Ends an offer whose time is over: the contact waits on, the agent is set busy until they come back.

    Answers False where it has ended already or has time left. Needs a system transaction.
    """
    row = (await tx.execute(select(offer).where(_T.id == offer_id, OPEN))).one_or_none()
    if row is None or row.expires_at > now():
        return False
    agent = await hold_agent(tx, row.agent_id)
    await hold_conversation(tx, _SYSTEM, row.conversation_id)
    if not await _still_open(tx, row):
        return False
    await _end(tx, row, OfferOutcome.TIMED_OUT)
    await lifecycle.take_offer_back(tx, _SYSTEM, row.conversation_id)
    if agent is not None and agent.state is Presence.AVAILABLE:
        await move_state(tx, agent, Presence.BUSY, reason=MISSED_OFFER)
    return True


async def withdraw_from(tx: Tx, person_id: PersonId) -> None:
    """Takes back what is offered to a locked agent who no longer takes contacts. Needs a system transaction."""
    row = (await tx.execute(select(offer).where(_T.agent_id == person_id, OPEN))).one_or_none()
    if row is None:
        return
    await hold_conversation(tx, _SYSTEM, row.conversation_id)
    if await _still_open(tx, row):
        await _end(tx, row, OfferOutcome.WITHDRAWN)
        await lifecycle.take_offer_back(tx, _SYSTEM, row.conversation_id)


async def withdraw(
    tx: Tx,
    conversation_id: ConversationId,
    *,
    taken_by: PersonId | None = None,
    made_until: datetime | None = None,
) -> bool:
    """Ends the open offer of a conversation that is no longer offered; for whoever took it, it counts as accepted.

    Answers whether there was one. `made_until` spares offers made later. The conversation itself stays as it is.
    """
    statement = select(offer).where(_T.conversation_id == conversation_id, OPEN)
    if made_until is not None:
        statement = statement.where(_T.offered_at <= made_until)
    row = (await tx.execute(statement.with_for_update())).one_or_none()
    if row is None:
        return False
    mine = taken_by is not None and row.agent_id == taken_by
    await _end(tx, row, OfferOutcome.ACCEPTED if mine else OfferOutcome.WITHDRAWN)
    return True


async def _has_room(tx: Tx, agent: HeldAgent, one: Conversation, mode: AcceptMode) -> bool:
    load = (await loads_of(tx, [agent.id]))[agent.id]
    if load.has_offer and mode is AcceptMode.OFFER:
        return False
    return free_slots(one.channel, load.counts, agent.profile.capacity) > 0


async def _offer(tx: Tx, decision: Decision, one: Conversation, queue: Queue) -> None:
    at = now()
    one = await lifecycle.offer_to(tx, _SYSTEM, one.id, decision.agent_id)
    row = _row(decision, one, queue, at, at + timedelta(seconds=decision.offer_seconds))
    await tx.execute(offer.insert().values(**_values(row)))
    made = offer_from(row, one, queue.name)
    await publish(tx, OfferMade(client_id=one.client_id, audience_id=decision.agent_id, offer=made))


async def _give(tx: Tx, decision: Decision, one: Conversation, queue: Queue) -> None:
    at = now()
    name = (await names_of(tx, [decision.agent_id]))[decision.agent_id]
    await lifecycle.give_to(tx, _SYSTEM, one.id, decision.agent_id, name, only_if_unassigned=True)
    row = _row(decision, one, queue, at, at, OfferOutcome.GIVEN, at)
    await tx.execute(offer.insert().values(**_values(row)))


def _row(
    decision: Decision,
    one: Conversation,
    queue: Queue,
    at: datetime,
    expires_at: datetime,
    outcome: OfferOutcome | None = None,
    ended_at: datetime | None = None,
) -> _Row:
    why = {
        "key": decision.reason,
        "chosen": to_plain(decision.chosen),
        "next_best": to_plain(decision.next_best),
        "waited_seconds": decision.waited_seconds,
        "target_used": decision.target_used,
    }
    owners = (new_id(), one.client_id, one.id, queue.id, decision.agent_id)
    return _Row(*owners, one.channel, why, at, expires_at, outcome, ended_at)


def _values(row: Struct) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__struct_fields__}


async def _require_open(tx: Tx, row: Any) -> None:
    outcome = await _locked_outcome(tx, row)
    if outcome is not None:
        raise OfferGoneError(_GONE.get(OfferOutcome(outcome), ""))


async def _still_open(tx: Tx, row: Any) -> bool:
    return await _locked_outcome(tx, row) is None


async def _locked_outcome(tx: Tx, row: Any) -> str | None:
    statement = select(_T.outcome).where(_T.client_id == row.client_id, _T.id == row.id)
    return (await tx.execute(statement.with_for_update())).scalar_one()


async def _end(tx: Tx, row: Any, outcome: OfferOutcome) -> None:
    here = (_T.client_id == row.client_id, _T.id == row.id)
    await tx.execute(update(offer).where(*here).values(outcome=outcome, ended_at=now()))
    ended = OfferEnded(
        client_id=row.client_id,
        audience_id=row.agent_id,
        offer_id=row.id,
        conversation_id=row.conversation_id,
        queue_id=row.queue_id,
        agent_id=row.agent_id,
        outcome=outcome,
    )
    await publish(tx, ended)


async def _audit(tx: Tx, actor: Actor, action: str, row: Any) -> None:
    values = {"conversation_id": row.conversation_id, "queue_id": row.queue_id}
    await audit.record(tx, actor, action, row.id, client_id=row.client_id, after=values)
