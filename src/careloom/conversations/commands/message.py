"""Stores one entry of a conversation under its next number."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from careloom.conversations.events import MessageAdded, facts
from careloom.conversations.queries.messages import COLUMNS, read_message
from careloom.conversations.tables.message import file, message
from careloom.conversations.types import Attachment, Conversation, Delivery, Message, MessageId, MessageKind
from careloom.organizations.types import Channel
from careloom.platform.database.transactions import Tx
from careloom.platform.ids import new_id
from careloom.platform.redaction.values import storable
from careloom.platform.wire import to_plain

PREVIEW_LENGTH: Final = 140
_INSERT: Final = (
    insert(message)
    .on_conflict_do_nothing(
        index_elements=[message.c.client_id, message.c.channel, message.c.external_id],
        index_where=message.c.external_id.is_not(None),
    )
    .returning(*COLUMNS)
)


class Entry(Struct, frozen=True, kw_only=True):
    """What is to be stored; `subject` is searched with the text, an `id` is made where none is given.

    `external_id` is the channel's own key, unique for client and channel.
    """

    kind: MessageKind
    author_name: str
    text: str
    author_id: UUID | None = None
    html: str | None = None
    folded_text: str | None = None
    attachments: tuple[Attachment, ...] = ()
    details: dict[str, str] = {}
    delivery: Delivery = Delivery.NONE
    external_id: str | None = None
    subject: str | None = None
    id: MessageId | None = None


async def insert_message(tx: Tx, one: Conversation, seq: int, entry: Entry, at: datetime) -> Message | None:
    """Stores `entry` as number `seq` of the locked conversation; None where its external id is stored already."""
    place = {"client_id": one.client_id, "conversation_id": one.id, "seq": seq, "channel": one.channel, "at": at}
    row = (await tx.execute(_INSERT, {**place, **_values(entry)})).one_or_none()
    if row is None:
        return None
    if entry.attachments:
        ids = [attachment.file_id for attachment in entry.attachments]
        claim = update(file).where(file.c.client_id == one.client_id, file.c.id.in_(ids))
        await tx.execute(claim.values(conversation_id=one.id))
    return read_message(row)


async def find_message(tx: Tx, client_id: UUID, channel: Channel, external_id: str) -> Message | None:
    """The message that a channel knows by `external_id`."""
    statement = select(*COLUMNS).where(
        message.c.client_id == client_id, message.c.channel == channel, message.c.external_id == external_id
    )
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else read_message(row)


def added(one: Conversation, stored: Message) -> MessageAdded:
    """The event of a stored message."""
    return MessageAdded(**facts(one), seq=stored.seq, kind=stored.kind, author_id=stored.author_id)


def preview(text: str) -> str:
    """The first line of a list entry: the beginning of `text` with its white space folded."""
    folded = " ".join(text[: PREVIEW_LENGTH * 8].split())
    return folded if len(folded) <= PREVIEW_LENGTH else folded[: PREVIEW_LENGTH - 1] + "…"


def _values(entry: Entry) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(entry, name) for name in entry.__struct_fields__}
    for name in ("author_name", "text", "html", "folded_text", "subject"):
        if values[name] is not None:
            values[name] = storable(values[name])
    values["id"] = entry.id or new_id()
    values["attachments"] = to_plain(entry.attachments)
    return values
