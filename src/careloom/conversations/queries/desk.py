"""Drafts, replies that can be recalled, saved views and dispositions."""

from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import and_, or_, select

from careloom.conversations.queries.conversation import get_conversation, visible
from careloom.conversations.tables.contact import conversation
from careloom.conversations.tables.desk import disposition, draft, saved_view
from careloom.conversations.tables.message import pending_reply
from careloom.conversations.types import Disposition, Draft, PendingReply, SavedView, ViewFilter
from careloom.platform.access import Actor, Permission
from careloom.platform.database.scope import within_shared
from careloom.platform.database.transactions import Tx, widened
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.wire import reader

_MOST_PENDING: Final = 50

_read_draft = reader(Draft)
read_pending = reader(PendingReply)
read_disposition = reader(Disposition)


async def get_draft(tx: Tx, actor: Actor, conversation_id: UUID) -> Draft | None:
    """What the actor has typed in a conversation; raises NotFoundError where there is no such conversation."""
    one = await get_conversation(tx, actor, conversation_id)
    table = draft.c
    statement = select(draft).where(
        table.client_id == one.client_id, table.conversation_id == one.id, table.person_id == actor.person_id
    )
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else _read_draft(row)


async def list_pending_replies(tx: Tx, actor: Actor) -> list[PendingReply]:
    """The actor's own replies that wait to be sent, next one first, at most 50."""
    table = pending_reply.c
    statement = (
        select(pending_reply)
        .join(
            conversation,
            and_(conversation.c.client_id == table.client_id, conversation.c.id == table.conversation_id),
        )
        .where(table.author_id == actor.person_id, visible(actor))
        .order_by(table.send_at, table.id)
        .limit(_MOST_PENDING)
    )
    return [read_pending(row) for row in await tx.execute(statement)]


async def list_views(tx: Tx, actor: Actor, limit: int = 50, after: str | None = None) -> Page[SavedView]:
    """The actor's own views, oldest first."""
    statement = select(saved_view).where(saved_view.c.person_id == actor.person_id)
    async with widened(tx):
        rows = await tx.execute(keyset(statement, [saved_view.c.id], after, limit))
    return cut([_read_view(row) for row in rows], limit, lambda one: [one.id])


async def list_dispositions(
    tx: Tx,
    actor: Actor,
    client_id: UUID | None = None,
    program_id: UUID | None = None,
    limit: int = 50,
    after: str | None = None,
) -> Page[Disposition]:
    """Outcomes by name; with `program_id` those of that program and of all the client's programs."""
    table = disposition.c
    mine = within_shared(actor, Permission.CONVERSATIONS_READ, table.client_id, table.program_id)
    statement = select(disposition).where(mine)
    if client_id is not None:
        statement = statement.where(table.client_id == client_id)
    if program_id is not None:
        statement = statement.where(or_(table.program_id.is_(None), table.program_id == program_id))
    columns = [table.client_id, table.name, table.id]
    rows = await tx.execute(keyset(statement, columns, after, limit))
    return cut([read_disposition(row) for row in rows], limit, lambda one: [one.client_id, one.name, one.id])


def _read_view(row: Any) -> SavedView:
    return SavedView(row.id, row.name, msgspec.convert(row.filter, ViewFilter, strict=False))
