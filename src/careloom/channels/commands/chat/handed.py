"""An agent's answer in a conversation that a chat widget shows has left: it lies there for the visitor."""

from sqlalchemy import exists, select

from careloom.channels.tables import visitor
from careloom.conversations.commands.delivery import set_delivery
from careloom.conversations.events import MessageAdded
from careloom.conversations.types import Delivery, MessageKind
from careloom.organizations.types import Channel
from careloom.platform.database.transactions import Tx


async def hand_on(tx: Tx, event: MessageAdded) -> bool:
    """Notes that an answer is sent where a widget shows its conversation; answers whether it did. Chats that come in
    by API are their program's to report.
    """
    if event.kind is not MessageKind.OUTBOUND or event.channel is not Channel.CHAT or event.client_id is None:
        return False
    c = visitor.c
    shown = exists().where(c.client_id == event.client_id, c.conversation_id == event.conversation_id)
    if not (await tx.execute(select(shown))).scalar_one():
        return False
    return await set_delivery(tx, event.client_id, event.conversation_id, event.seq, Delivery.SENT)
