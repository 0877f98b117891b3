"""Where a customer's next message goes on a channel whose messages name no thread."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Column, DateTime, or_, select, text

from careloom.conversations.tables.contact import conversation
from careloom.conversations.types import ConversationId, Status
from careloom.customers.types import CustomerId
from careloom.organizations.types import Channel, ClientId, ProgramId
from careloom.platform.database.claims import claim, claim_free
from careloom.platform.database.prepared import Prepared
from careloom.platform.database.rows import recordset
from careloom.platform.database.transactions import Tx
from careloom.platform.wire import json_text

_COLUMN: Final = conversation.c
_since: Final[Column[Any]] = Column("since", DateTime(timezone=True))
_OWNERS: Final = (_COLUMN.client_id, _COLUMN.customer_id, _COLUMN.program_id, _COLUMN.channel, _since)
_FIND: Final = Prepared(
    text(f"""
    SELECT given.client_id, given.customer_id, given.program_id, given.channel, last.id, last.speaks
    FROM {recordset(*_OWNERS)},
    LATERAL (
        SELECT id, language IS NOT NULL AS speaks FROM conversation AS one
        WHERE one.client_id = given.client_id AND one.customer_id = given.customer_id
            AND one.program_id = given.program_id AND one.channel = given.channel
            AND (one.status <> 'resolved' OR one.resolved_at >= given.since)
        ORDER BY one.updated_at DESC LIMIT 1
    ) AS last
"""),  # noqa: S608
    planned_anew=True,
)


class Talk(Struct, frozen=True):
    """A customer and a brand on one channel, which have one running conversation at most."""

    client_id: ClientId
    customer_id: CustomerId
    program_id: ProgramId
    channel: Channel


class Running(Struct, frozen=True):
    """A running conversation, and whether its language is known."""

    id: ConversationId
    speaks: bool


async def claim_talks(tx: Tx, talks: Collection[Talk]) -> set[CustomerId]:
    """Has the customers of `talks` alone until the transaction ends; answers those whom someone else has."""
    names = {_claimed(one.customer_id): one.customer_id for one in talks}
    return {names[one] for one in await claim_free(tx, names)}


async def find_running_conversations(
    tx: Tx, talks: Collection[Talk], since: dict[ProgramId, datetime]
) -> dict[Talk, Running]:
    """`find_running_conversation` for many talks, claimed before; `since` by program."""
    if not talks:
        return {}
    rows = [
        {
            "client_id": one.client_id,
            "customer_id": one.customer_id,
            "program_id": one.program_id,
            "channel": one.channel,
            "since": since[one.program_id],
        }
        for one in talks
    ]
    return {
        Talk(row.client_id, row.customer_id, row.program_id, Channel(row.channel)): Running(row.id, row.speaks)
        for row in await _FIND.rows(tx, rows=json_text(rows))
    }


async def find_running_conversation(
    tx: Tx, client_id: UUID, program_id: UUID, channel: Channel, customer_id: UUID, since: datetime
) -> ConversationId | None:
    """The customer's last conversation of the program on the channel, unless it was resolved before `since`.

    Until the transaction ends nobody else gets an answer for this customer, so that messages that arrive at the same
    time do not each open a conversation. No row is locked: that comes later, in the order that all keep.
    """
    await claim(tx, _claimed(customer_id))
    table = conversation.c
    running = or_(table.status != Status.RESOLVED, table.resolved_at >= since)
    statement = select(table.id).where(
        table.client_id == client_id, table.customer_id == customer_id, table.program_id == program_id, running
    )
    last = statement.where(table.channel == channel).order_by(table.updated_at.desc()).limit(1)
    return (await tx.execute(last)).scalar_one_or_none()


def _claimed(customer_id: UUID) -> str:
    return f"careloom_running:{customer_id}"
