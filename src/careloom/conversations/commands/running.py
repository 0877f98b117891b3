"""Where a customer's next message goes on a channel whose messages name no thread."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select

from careloom.conversations.tables.contact import conversation
from careloom.conversations.types import ConversationId, Status
from careloom.organizations.types import Channel
from careloom.platform.database.transactions import Tx


async def find_running_conversation(
    tx: Tx, client_id: UUID, program_id: UUID, channel: Channel, customer_id: UUID, since: datetime
) -> ConversationId | None:
    """The customer's last conversation of the program on the channel, unless it was resolved before `since`.

    Until the transaction ends nobody else gets an answer for this customer, so that messages that arrive at the same
    time do not each open a conversation. No row is locked: that comes later, in the order that all keep.
    """
    key = func.hashtextextended(f"careloom_running:{customer_id}", 0)
    await tx.execute(select(func.pg_advisory_xact_lock(key)))
    table = conversation.c
    running = or_(table.status != Status.RESOLVED, table.resolved_at >= since)
    statement = select(table.id).where(
        table.client_id == client_id, table.customer_id == customer_id, table.program_id == program_id, running
    )
    last = statement.where(table.channel == channel).order_by(table.updated_at.desc()).limit(1)
    return (await tx.execute(last)).scalar_one_or_none()
