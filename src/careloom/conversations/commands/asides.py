"""Entries that channels add beside the dialogue: they change neither whose turn it is nor where it waits."""

from uuid import UUID

from careloom.conversations.commands.held import change, hold_conversation, tell
from careloom.conversations.commands.journal import add_message
from careloom.conversations.commands.message import Entry, added, find_message, insert_message
from careloom.conversations.commands.receive import Inbound
from careloom.conversations.tables.message import file
from careloom.conversations.types import Attachment, ConversationId, Message, MessageKind
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError


async def add_automatic(tx: Tx, actor: Actor, conversation_id: ConversationId, inbound: Inbound) -> Message:
    """Stores once what a customer's machine answered; nobody's turn, promise or queue changes by it.

    Raises NotFoundError.
    """
    held = await hold_conversation(tx, actor, conversation_id, Permission.MESSAGES_INGEST)
    before, at = held.conversation, now()
    if before.client_id != inbound.client_id:
        raise NotFoundError
    entry = Entry(
        kind=MessageKind.INBOUND,
        author_id=inbound.customer_id,
        author_name=inbound.author_name,
        text=inbound.text,
        html=inbound.html,
        folded_text=inbound.folded_text,
        attachments=inbound.attachments,
        details=inbound.details,
        external_id=inbound.external_id,
        subject=inbound.subject,
    )
    stored = await insert_message(tx, before, before.last_seq + 1, entry, at)
    if stored is None:
        found = await find_message(tx, before.client_id, before.channel, inbound.external_id)
        if found is None:
            raise NotFoundError
        return found
    held = await change(tx, held, at, last_seq=stored.seq)
    await tell(tx, before, held.conversation, added(held.conversation, stored))
    return stored


async def add_channel_event(
    tx: Tx, actor: Actor, conversation_id: ConversationId, key: str, details: dict[str, str]
) -> Message:
    """Stores the system event `key` in the conversation; raises NotFoundError."""
    held = await hold_conversation(tx, actor, conversation_id)
    before, at = held.conversation, now()
    entry = Entry(kind=MessageKind.EVENT, author_name=actor.name, text=key, details=details)
    stored = await add_message(tx, before, before.last_seq + 1, entry, at)
    held = await change(tx, held, at, last_seq=stored.seq)
    await tell(tx, before, held.conversation, added(held.conversation, stored))
    return stored


async def record_file(tx: Tx, client_id: UUID, attachment: Attachment, sha256: str) -> None:
    """Notes a customer's file whose bytes are in the file store already; the message that brings it claims it."""
    await tx.execute(
        file.insert().values(
            client_id=client_id,
            id=attachment.file_id,
            name=attachment.name,
            media_type=attachment.media_type,
            size=attachment.size,
            sha256=sha256,
        )
    )
