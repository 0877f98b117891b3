"""What someone has typed and attached and not sent."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from careloom.conversations.commands.privacy import cleaned_words
from careloom.conversations.core.markup import safe_html
from careloom.conversations.errors import ConversationErasedError
from careloom.conversations.queries.conversation import get_conversation
from careloom.conversations.queries.files import attachments_of
from careloom.conversations.tables.desk import draft
from careloom.conversations.types import Attachment, Conversation, Draft, PendingReply
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import ForbiddenError
from careloom.platform.redaction.values import storable
from careloom.platform.wire import reader, to_plain

_read = reader(Draft)


async def save_draft(
    tx: Tx,
    actor: Actor,
    conversation_id: UUID,
    text: str,
    html: str | None = None,
    file_ids: Sequence[UUID] = (),
) -> Draft:
    """Keeps what the actor has typed and attached; replaces what was kept before.

    Raises NotFoundError for a file that is not there, ConversationErasedError.
    """
    one = await get_conversation(tx, actor, conversation_id)
    if one.erased_at is not None:
        raise ConversationErasedError
    actor.require(Permission.CONVERSATIONS_REPLY, client_id=one.client_id, program_id=one.program_id)
    if actor.person_id is None:
        raise ForbiddenError("Only a person keeps drafts.")
    attachments = await attachments_of(tx, one.client_id, file_ids, one.id, actor.person_id)
    words = await cleaned_words(tx, one.client_id, text, html)
    return await _put(tx, actor.person_id, one, words.text, words.html, attachments)


async def delete_draft(tx: Tx, actor: Actor, conversation_id: UUID) -> None:
    """Forgets the actor's draft, if there is one."""
    await drop_draft(tx, actor, await get_conversation(tx, actor, conversation_id))


async def drop_draft(tx: Tx, actor: Actor, one: Conversation) -> None:
    """Forgets the actor's draft in a conversation at hand."""
    await tx.execute(delete(draft).where(*_mine(actor.person_id, one)))


async def put_back(tx: Tx, actor: Actor, one: Conversation, back: PendingReply) -> None:
    """Puts a recalled reply before what the actor has typed and attached since."""
    if actor.person_id is None:
        return
    text, html, attachments = back.text, back.html, back.attachments
    row = (await tx.execute(select(draft).where(*_mine(actor.person_id, one)))).one_or_none()
    if row is not None:
        since = _read(row)
        attachments += tuple(each for each in since.attachments if each not in attachments)
        if since.text.strip():
            if html is not None or since.html is not None:
                html = (html or "") + (since.html or "")
            text = f"{text}\n\n{since.text}"
    await _put(tx, actor.person_id, one, text, html, attachments)


async def _put(
    tx: Tx, person_id: UUID, one: Conversation, text: str, html: str | None, attachments: tuple[Attachment, ...]
) -> Draft:
    values = {
        "text": storable(text),
        "html": None if html is None else safe_html(storable(html)),
        "attachments": to_plain(attachments),
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
