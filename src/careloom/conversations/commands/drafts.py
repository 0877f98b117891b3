"""What someone has typed and not sent."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from careloom.conversations.commands.message import storable
from careloom.conversations.core.markup import safe_html
from careloom.conversations.queries.conversation import get_conversation
from careloom.conversations.tables.desk import draft
from careloom.conversations.types import Conversation, Draft
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import ForbiddenError
from careloom.platform.wire import reader

_read = reader(Draft)


async def save_draft(tx: Tx, actor: Actor, conversation_id: UUID, text: str, html: str | None = None) -> Draft:
    """Keeps what the actor has typed; replaces what was kept before."""
    one = await get_conversation(tx, actor, conversation_id)
    actor.require(Permission.CONVERSATIONS_REPLY, client_id=one.client_id, program_id=one.program_id)
    if actor.person_id is None:
        raise ForbiddenError("Only a person keeps drafts.")
    return await _put(tx, actor.person_id, one, text, html)


async def delete_draft(tx: Tx, actor: Actor, conversation_id: UUID) -> None:
    """Forgets the actor's draft, if there is one."""
    await drop_draft(tx, actor, await get_conversation(tx, actor, conversation_id))


async def drop_draft(tx: Tx, actor: Actor, one: Conversation) -> None:
    """Forgets the actor's draft in a conversation at hand."""
    await tx.execute(delete(draft).where(*_mine(actor.person_id, one)))


async def put_back(tx: Tx, actor: Actor, one: Conversation, text: str, html: str | None) -> None:
    """Puts recalled text before what the actor has typed since."""
    if actor.person_id is None:
        return
    row = (await tx.execute(select(draft).where(*_mine(actor.person_id, one)))).one_or_none()
    if row is not None and row.text.strip():
        if html is not None or row.html is not None:
            html = (html or "") + (row.html or "")
        text = f"{text}\n\n{row.text}"
    await _put(tx, actor.person_id, one, text, html)


async def _put(tx: Tx, person_id: UUID, one: Conversation, text: str, html: str | None) -> Draft:
    values = {
        "text": storable(text),
        "html": None if html is None else safe_html(storable(html)),
        "updated_at": now(),
    }
    keys = {"client_id": one.client_id, "conversation_id": one.id, "person_id": person_id}
    statement = (
        insert(draft)
        .values(**keys, **values)
        .on_conflict_do_update(index_elements=list(draft.primary_key.columns), set_=values)
        .returning(*draft.c)
    )
    return _read((await tx.execute(statement)).one())


def _mine(person_id: UUID | None, one: Conversation) -> tuple[Any, ...]:
    table = draft.c
    return (table.client_id == one.client_id, table.conversation_id == one.id, table.person_id == person_id)
