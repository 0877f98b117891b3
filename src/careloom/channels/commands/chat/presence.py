"""Visitors come, stay, read and leave."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, select, tuple_, update

from careloom.channels.commands.chat.page import Page, stored_page
from careloom.channels.core.chat.frames import End, Hello
from careloom.channels.queries.chat_widgets import ChatEntry
from careloom.channels.queries.visitors import COLUMNS, find_visitor, read_visitor
from careloom.channels.tables import visitor
from careloom.channels.types import Visitor, VisitorId
from careloom.conversations.commands.delivery import set_read_by_customer
from careloom.conversations.commands.lifecycle import abandon, end_contact
from careloom.conversations.core.phases import LIVE_CHANNELS, WAITING
from careloom.conversations.queries.conversation import get_conversation, last_agent
from careloom.conversations.types import ConversationId
from careloom.organizations.types import ClientId
from careloom.platform.access import system_actor
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import ConflictError, NotFoundError
from careloom.platform.jobs import defer

CHECK_ABANDONED: Final = "channels.check_abandoned"
GONE: Final = timedelta(seconds=120)
"""How long a visitor may be away from a queue before the contact counts as abandoned."""


class Absent(Struct, frozen=True):
    """A visitor who has not been seen for a while."""

    client_id: ClientId
    id: VisitorId


async def arrive(tx: Tx, entry: ChatEntry, visitor_id: VisitorId, hello: Hello) -> Visitor | None:
    """Notes that a visitor is there, and on which page; None for one who is not known."""
    widget, table = entry.widget, visitor.c
    given = await stored_page(tx, widget.client_id, Page(hello.page_url, hello.page_title, hello.language))
    statement = (
        update(visitor)
        .where(table.client_id == widget.client_id, table.widget_id == widget.id, table.id == visitor_id)
        .values(seen_at=func.now(), present=True, **given)
        .returning(*COLUMNS)
    )
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else read_visitor(row)


async def stay(tx: Tx, visitors: Collection[tuple[UUID, UUID]]) -> None:
    """Notes that these `(client, visitor)` are still there. Needs a system transaction.

    Rows that someone else is changing just now are passed over, so that nobody waits for anybody.
    """
    key = tuple_(visitor.c.client_id, visitor.c.id)
    free = select(visitor.c.client_id, visitor.c.id).where(key.in_(list(visitors))).with_for_update(skip_locked=True)
    await tx.execute(update(visitor).where(key.in_(free)).values(seen_at=func.now(), present=True))


async def leave(tx: Tx, client_id: UUID, visitor_id: VisitorId, at: datetime, *, waiting: bool) -> None:
    """Notes that a visitor's last socket is gone at `at`; where they were `waiting`, looks again later."""
    statement = update(visitor).where(visitor.c.client_id == client_id, visitor.c.id == visitor_id)
    await tx.execute(statement.values(seen_at=at))
    if waiting:
        await defer(tx, CHECK_ABANDONED, at=at + GONE, client_id=str(client_id), visitor_id=str(visitor_id))


async def check_abandoned(tx: Tx, client_id: UUID, visitor_id: UUID, at: datetime) -> bool:
    """Abandons the conversation of a visitor who left the queue and has not been back by `at`; answers whether.

    Does nothing where the visitor is there, or an agent has ever answered.
    """
    columns = select(visitor.c.seen_at, visitor.c.conversation_id)
    statement = columns.where(visitor.c.client_id == client_id, visitor.c.id == visitor_id)
    row = (await tx.execute(statement.with_for_update())).one_or_none()
    if row is None or row.seen_at > at - GONE:
        return False
    gone = update(visitor).where(visitor.c.client_id == client_id, visitor.c.id == visitor_id)
    await tx.execute(gone.values(present=False))
    if row.conversation_id is None:
        return False
    return await _abandon(tx, client_id, row.conversation_id)


async def absent_visitors(tx: Tx, at: datetime, limit: int) -> list[Absent]:
    """Visitors who vanished without leaving, as when a process died. Needs a system transaction."""
    table = visitor.c
    statement = (
        select(table.client_id, table.id)
        .where(table.present, table.seen_at <= at - GONE)
        .order_by(table.seen_at)
        .limit(limit)
    )
    return [Absent(row.client_id, row.id) for row in await tx.execute(statement)]


async def read_upto(tx: Tx, client_id: UUID, visitor_id: VisitorId, conversation_id: UUID, seq: int) -> None:
    """Notes that the visitor has read their conversation up to `seq`; nothing where that is known."""
    table = visitor.c
    statement = (
        update(visitor)
        .where(
            table.client_id == client_id,
            table.id == visitor_id,
            table.conversation_id == conversation_id,
            table.read_seq < seq,
        )
        .values(read_seq=seq)
        .returning(table.id)
    )
    if (await tx.execute(statement)).one_or_none() is not None:
        await set_read_by_customer(tx, client_id, conversation_id, seq)


async def end(tx: Tx, entry: ChatEntry, visitor_id: VisitorId, frame: End) -> ConversationId | None:
    """Ends the contact for the visitor: their next message begins another conversation.

    Answers which conversation was ended; None where it was not the present one. Raises NotFoundError.
    """
    widget = entry.widget
    one = await find_visitor(tx, widget.client_id, widget.id, visitor_id, lock=True)
    if one is None:
        raise NotFoundError
    if one.conversation_id is None or not _is_current(one.conversation_id, frame.conversation_id):
        return None
    await end_contact(tx, entry.actor, one.conversation_id, by="visitor")
    statement = update(visitor).where(visitor.c.client_id == one.client_id, visitor.c.id == one.id)
    await tx.execute(statement.values(conversation_id=None, read_seq=0))
    return one.conversation_id


def _is_current(current: UUID, wanted: str | None) -> bool:
    return wanted is None or wanted.replace("-", "").lower() == current.hex


async def _abandon(tx: Tx, client_id: UUID, conversation_id: UUID) -> bool:
    actor = system_actor("chat", client_id)
    one = await get_conversation(tx, actor, conversation_id)
    if one.channel not in LIVE_CHANNELS or one.phase not in WAITING:
        return False
    if await last_agent(tx, client_id, conversation_id) is not None:
        return False
    try:
        await abandon(tx, actor, conversation_id)
    except ConflictError:
        return False
    return True
