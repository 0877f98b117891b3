"""Single conversations, their intervals, and conversations by id."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select, text

from careloom.conversations.tables.contact import conversation, conversation_interval
from careloom.conversations.types import Conversation, ConversationId, Interval
from careloom.identity.types import PersonId
from careloom.organizations.types import ClientId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.prepared import Prepared
from careloom.platform.database.rows import recordset
from careloom.platform.database.scope import within
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.wire import json_text, reader

_HIDDEN = {"last_inbound_seq", "read_seq", "interval_seq", "urgent_at"}
UNREAD = (conversation.c.last_inbound_seq > conversation.c.read_seq).label("unread")
COLUMNS = (*(column for column in conversation.c if column.name not in _HIDDEN), UNREAD)

read_conversation = reader(Conversation)
read_interval = reader(Interval)
_CURRENT: Final = Prepared(
    text(f"""
    SELECT one.conversation_id, one.seq, one.phase, one.queue_id, one.agent_id, one.began_at, one.ended_at
    FROM {recordset(conversation_interval.c.client_id, conversation_interval.c.conversation_id)}
    JOIN conversation_interval AS one USING (client_id, conversation_id)
    WHERE one.ended_at IS NULL
"""),  # noqa: S608
    planned_anew=True,
)


def visible(actor: Actor, permission: Permission = Permission.CONVERSATIONS_READ) -> Any:
    """The filter for conversations over which `actor` holds `permission`."""
    return within(actor, permission, conversation.c.client_id, conversation.c.program_id)


def conversations() -> Select[Any]:
    """The statement that every read of conversations starts from."""
    return select(*COLUMNS)


async def get_conversation(tx: Tx, actor: Actor, conversation_id: UUID) -> Conversation:
    """One conversation; raises NotFoundError."""
    statement = conversations().where(conversation.c.id == conversation_id, visible(actor))
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise NotFoundError
    return read_conversation(row)


async def get_conversations(tx: Tx, actor: Actor, ids: Collection[UUID]) -> list[Conversation]:
    """Those of `ids` that the actor may see, in the order asked for."""
    rows = await tx.execute(conversations().where(conversation.c.id.in_(list(ids)), visible(actor)))
    found = {row.id: read_conversation(row) for row in rows}
    return [found[one] for one in ids if one in found]


async def list_intervals(tx: Tx, actor: Actor, conversation_id: UUID) -> list[Interval]:
    """The facts of the conversation's life, oldest first; raises NotFoundError."""
    one = await get_conversation(tx, actor, conversation_id)
    table = conversation_interval.c
    statement = (
        select(conversation_interval)
        .where(table.client_id == one.client_id, table.conversation_id == one.id)
        .order_by(table.seq)
    )
    return [read_interval(row) for row in await tx.execute(statement)]


async def current_interval(tx: Tx, client_id: UUID, conversation_id: ConversationId) -> Interval:
    """The one interval that is still open."""
    table = conversation_interval.c
    statement = select(conversation_interval).where(
        table.client_id == client_id, table.conversation_id == conversation_id, table.ended_at.is_(None)
    )
    return read_interval((await tx.execute(statement)).one())


async def current_intervals(tx: Tx, ids: Collection[tuple[ClientId, ConversationId]]) -> dict[ConversationId, Interval]:
    """The interval of each of these conversations that is still open."""
    if not ids:
        return {}
    rows = [{"client_id": client_id, "conversation_id": one} for client_id, one in ids]
    found = map(read_interval, await _CURRENT.rows(tx, rows=json_text(rows)))
    return {one.conversation_id: one for one in found}


async def last_agent(tx: Tx, client_id: UUID, conversation_id: UUID) -> PersonId | None:
    """Who had the conversation last; None when no agent ever had it."""
    table = conversation_interval.c
    statement = (
        select(table.agent_id)
        .where(
            table.client_id == client_id,
            table.conversation_id == conversation_id,
            table.agent_id.is_not(None),
            table.phase != "offered",
        )
        .order_by(table.seq.desc())
        .limit(1)
    )
    return (await tx.execute(statement)).scalar_one_or_none()
