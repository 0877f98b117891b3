"""How far an outbound message got, as its channel finds out."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, literal, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, array

from careloom.conversations.events import DeliveryChanged, facts
from careloom.conversations.queries.conversation import conversations, read_conversation
from careloom.conversations.tables.contact import conversation
from careloom.conversations.tables.message import message
from careloom.conversations.types import Delivery, MessageKind
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.eventlog.event import publish

_ON_ITS_WAY: Final = frozenset({Delivery.NONE, Delivery.SENDING, Delivery.DEFERRED})
_LEFT: Final = _ON_ITS_WAY | {Delivery.SENT}
_BEFORE: Final = {
    Delivery.NONE: frozenset[Delivery](),
    Delivery.SENDING: frozenset({Delivery.NONE, Delivery.DEFERRED, Delivery.FAILED, Delivery.BOUNCED}),
    Delivery.DEFERRED: _LEFT,
    Delivery.SENT: _ON_ITS_WAY,
    Delivery.DELIVERED: _LEFT,
    Delivery.READ: _LEFT | {Delivery.DELIVERED},
    Delivery.FAILED: _LEFT,
    Delivery.BOUNCED: _LEFT | {Delivery.DELIVERED},
    Delivery.COMPLAINED: _LEFT | {Delivery.DELIVERED, Delivery.READ},
}
_DETAILS: Final = ("delivery_cause", "delivery_reason", "delivery_next_at", "relay_answer")


async def set_delivery(
    tx: Tx,
    client_id: UUID,
    conversation_id: UUID,
    seq: int,
    delivery: Delivery,
    details: Mapping[str, str] = MappingProxyType({}),
) -> bool:
    """Notes that message `seq` got as far as `delivery`; False where it was known to be there or further.

    `details` (see `Message`) replace what was said of its delivery before.
    """
    table = message.c
    kept: ColumnElement[Any] = table.details.op("-")(cast(array(_DETAILS), ARRAY(Text)))
    said = kept.op("||")(cast(literal(dict(details), JSONB), JSONB))
    statement = update(message).where(
        table.client_id == client_id,
        table.conversation_id == conversation_id,
        table.seq == seq,
        table.kind == MessageKind.OUTBOUND,
        table.delivery.in_(sorted(_BEFORE[delivery])),
    )
    changed = await tx.execute(statement.values(delivery=delivery, details=said).returning(table.seq))
    if changed.one_or_none() is None:
        return False
    await _tell(tx, client_id, conversation_id, seq, delivery)
    return True


async def set_read_by_customer(tx: Tx, client_id: UUID, conversation_id: UUID, seq: int) -> bool:
    """Notes that the customer has read everything up to `seq`; False where that was known."""
    table = message.c
    statement = update(message).where(
        table.client_id == client_id,
        table.conversation_id == conversation_id,
        table.seq <= seq,
        table.kind == MessageKind.OUTBOUND,
        table.delivery.in_(sorted(_BEFORE[Delivery.READ])),
    )
    read = (await tx.execute(statement.values(delivery=Delivery.READ).returning(table.seq))).scalars().all()
    if not read:
        return False
    await _tell(tx, client_id, conversation_id, max(read), Delivery.READ)
    return True


async def _tell(tx: Tx, client_id: UUID, conversation_id: UUID, seq: int, delivery: Delivery) -> None:
    statement = conversations().where(conversation.c.client_id == client_id, conversation.c.id == conversation_id)
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise NotFoundError
    await publish(tx, DeliveryChanged(**facts(read_conversation(row)), seq=seq, delivery=delivery))
