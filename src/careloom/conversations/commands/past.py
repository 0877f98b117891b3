"""Messages that were written elsewhere, as the rows that they become here."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from careloom.conversations.commands.files import renamed
from careloom.conversations.commands.privacy import cleaned, keep_many_originals
from careloom.conversations.core.privacy import Taken
from careloom.conversations.tables.message import file, message
from careloom.conversations.types import Attachment, ConversationId, Delivery, MessageKind
from careloom.customers.types import CustomerId
from careloom.organizations.types import Channel, ClientId
from careloom.platform.database.rows import insert_rows
from careloom.platform.database.transactions import Tx
from careloom.platform.ids import new_id
from careloom.platform.redaction.values import storable


class ImportedFile(Struct, frozen=True):
    """A file whose bytes are in the store already."""

    attachment: Attachment
    sha256: str


class ImportedMessage(Struct, frozen=True, kw_only=True):
    """A message; `html` is sanitised."""

    kind: MessageKind
    author_name: str
    text: str
    at: datetime
    html: str | None = None
    subject: str | None = None
    files: tuple[ImportedFile, ...] = ()


class Run(Struct, frozen=True, kw_only=True):
    """Messages of one conversation in their order, the first of them number `first`; `taken`: what of each is to be
    kept apart.
    """

    client_id: ClientId
    conversation_id: ConversationId
    customer_id: CustomerId
    channel: Channel
    first: int
    messages: tuple[ImportedMessage, ...]
    taken: tuple[tuple[Taken, ...], ...]


_MESSAGE: Final = (
    "client_id", "conversation_id", "seq", "id", "kind", "channel", "author_id", "author_name", "subject", "text",
    "html", "attachments", "details", "delivery", "at",
)  # fmt: skip
_FILE: Final = ("client_id", "id", "name", "media_type", "size", "sha256", "conversation_id", "made_at")


async def redacted_messages(
    tx: Tx, client_id: ClientId, messages: Sequence[ImportedMessage]
) -> tuple[tuple[ImportedMessage, ...], tuple[tuple[Taken, ...], ...]]:
    """Messages as the client's policy lets them be stored, and what of each is to be kept apart."""
    pairs = [await cleaned(tx, client_id, each, agents=each.kind is not MessageKind.INBOUND) for each in messages]
    told = tuple([replace(each, files=await _with_names(tx, client_id, each.files)) for each, _ in pairs])
    return told, tuple(taken for _, taken in pairs)


async def _with_names(tx: Tx, client_id: ClientId, files: Sequence[ImportedFile]) -> tuple[ImportedFile, ...]:
    return tuple([replace(one, attachment=await renamed(tx, client_id, one.attachment)) for one in files])


async def store_runs(tx: Tx, client_id: ClientId, runs: Sequence[Run]) -> None:
    """Stores redacted messages of conversations that are there, with their files and what is kept apart of them."""
    rows = [_rows(one) for one in runs]
    await insert_rows(tx, message, _MESSAGE, [row for some in rows for row in some])
    masked = [
        (one.conversation_id, row["id"], taken)
        for one, some in zip(runs, rows, strict=True)
        for row, taken in zip(some, one.taken, strict=True)
    ]
    await keep_many_originals(tx, client_id, masked)
    await insert_rows(tx, file, _FILE, [row for one in runs for row in _files(one)])


def _rows(one: Run) -> list[dict[str, Any]]:
    return [
        {
            "client_id": one.client_id,
            "conversation_id": one.conversation_id,
            "seq": seq,
            "id": new_id(),
            "kind": each.kind,
            "channel": one.channel,
            "author_id": one.customer_id if each.kind is MessageKind.INBOUND else None,
            "author_name": storable(each.author_name),
            "subject": None if each.subject is None else storable(each.subject),
            "text": storable(each.text),
            "html": None if each.html is None else storable(each.html),
            "attachments": [kept.attachment for kept in each.files],
            "details": {},
            "delivery": Delivery.SENT if each.kind is MessageKind.OUTBOUND else Delivery.NONE,
            "at": each.at,
        }
        for seq, each in enumerate(one.messages, one.first)
    ]


def _files(one: Run) -> Iterable[dict[str, Any]]:
    return (
        {
            "client_id": one.client_id,
            "id": kept.attachment.file_id,
            "name": kept.attachment.name,
            "media_type": kept.attachment.media_type,
            "size": kept.attachment.size,
            "sha256": kept.sha256,
            "conversation_id": one.conversation_id,
            "made_at": each.at,
        }
        for each in one.messages
        for kept in each.files
    )
