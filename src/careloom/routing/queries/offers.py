"""Reads offers."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import DateTime, Integer, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from careloom.conversations.queries.conversation import get_conversations
from careloom.conversations.types import Conversation, ConversationId
from careloom.identity.types import PersonId
from careloom.organizations.types import Channel, ProviderId
from careloom.platform.access import Actor
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.routing.queries.queues import find_queues
from careloom.routing.tables import agent_profile, offer
from careloom.routing.types import Offer, OfferId, OfferOutcome

_T = offer.c
OPEN = _T.outcome.is_(None)
_OPEN_COLUMNS = (_T.id, _T.conversation_id, _T.agent_id, _T.channel, _T.expires_at)
_IDS = any_(bindparam("ids", type_=ARRAY(Uuid)))
_OPEN_OF = select(*_OPEN_COLUMNS).where(_T.agent_id == _IDS, OPEN)
_EARLIEST = (
    select(*_OPEN_COLUMNS)
    .join(agent_profile, agent_profile.c.person_id == _T.agent_id)
    .where(OPEN, agent_profile.c.provider_id == bindparam("provider_id", type_=Uuid))
    .order_by(_T.expires_at)
    .limit(bindparam("most", type_=Integer))
)
_PASSED_ON = select(_T.conversation_id, _T.agent_id, _T.ended_at).where(
    _T.conversation_id == _IDS,
    _T.outcome.in_([OfferOutcome.DECLINED, OfferOutcome.TIMED_OUT]),
    _T.ended_at > bindparam("since", type_=DateTime(timezone=True)),
)


class PassedOn(Struct, frozen=True):
    """An agent who declined a contact or missed it."""

    conversation_id: ConversationId
    agent_id: PersonId
    at: datetime


class OpenOffer(Struct, frozen=True):
    """An offer that waits for its agent's answer."""

    id: OfferId
    conversation_id: ConversationId
    agent_id: PersonId
    channel: Channel
    expires_at: datetime


async def my_offers(tx: Tx, actor: Actor) -> list[Offer]:
    """What is offered to the actor now, oldest first."""
    statement = select(offer).where(_T.agent_id == actor.person_id, OPEN).order_by(_T.offered_at)
    rows = (await tx.execute(statement)).all()
    conversations = {one.id: one for one in await get_conversations(tx, actor, [row.conversation_id for row in rows])}
    queues = await find_queues(tx, [row.queue_id for row in rows])
    return [
        offer_from(row, conversations[row.conversation_id], queues[row.queue_id].name)
        for row in rows
        if row.conversation_id in conversations and row.queue_id in queues
    ]


async def get_own_offer(tx: Tx, actor: Actor, offer_id: OfferId) -> Any:
    """The row of an offer that was made to the actor; raises NotFoundError."""
    row = (await tx.execute(select(offer).where(_T.id == offer_id, _T.agent_id == actor.person_id))).one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def open_offers(tx: Tx, agent_ids: Sequence[PersonId]) -> list[OpenOffer]:
    """What is offered to these agents now."""
    return [_open(row) for row in await tx.execute(_OPEN_OF, {"ids": list(agent_ids)})]


async def earliest_offers(tx: Tx, provider_id: ProviderId, limit: int) -> list[OpenOffer]:
    """The open offers to a provider's agents that expire first. Needs a system transaction."""
    rows = await tx.execute(_EARLIEST, {"provider_id": provider_id, "most": limit})
    return [_open(row) for row in rows]


async def passed_on(tx: Tx, conversation_ids: Collection[ConversationId], since: datetime) -> list[PassedOn]:
    """Who declined or missed these contacts since a moment. Needs a transaction that sees them."""
    rows = await tx.execute(_PASSED_ON, {"ids": list(conversation_ids), "since": since})
    return [PassedOn(row.conversation_id, row.agent_id, row.ended_at) for row in rows]


def offer_from(row: Any, one: Conversation, queue_name: str) -> Offer:
    """An offer from its row, its conversation and its queue's name."""
    return Offer(
        id=OfferId(UUID(str(row.id))),
        client_id=one.client_id,
        conversation_id=one.id,
        queue_id=row.queue_id,
        queue_name=queue_name,
        agent_id=row.agent_id,
        channel=one.channel,
        customer_name=one.customer_name,
        preview=one.preview,
        reason=str(row.reason.get("key", "")),
        waiting_since=one.waiting_since or one.created_at,
        offered_at=row.offered_at,
        expires_at=row.expires_at,
    )


def _open(row: Any) -> OpenOffer:
    return OpenOffer(row.id, row.conversation_id, row.agent_id, Channel(row.channel), row.expires_at)
