"""Messages of a conversation by number."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from careloom.conversations.queries.conversation import get_conversation
from careloom.conversations.tables.message import message
from careloom.conversations.types import Message
from careloom.organizations.types import Channel
from careloom.platform.access import Actor
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import InvalidInputError, NotFoundError
from careloom.platform.paging import Page
from careloom.platform.wire import reader

_INNER = {"client_id", "channel", "external_id", "subject", "previous_seq", "search"}
COLUMNS = tuple(column for column in message.c if column.name not in _INNER)
read_message = reader(Message)


async def list_messages(
    tx: Tx,
    actor: Actor,
    conversation_id: UUID,
    *,
    before_seq: int | None = None,
    after_seq: int | None = None,
    limit: int = 50,
) -> Page[Message]:
    """Messages ascending: the latest, those before `before_seq`, or those after `after_seq`.

    `next` is the number to go on from in the same direction. Raises NotFoundError, InvalidInputError for both.
    """
    if before_seq is not None and after_seq is not None:
        raise InvalidInputError("Ask for messages before a number or after one, not both.")
    one = await get_conversation(tx, actor, conversation_id)
    table = message.c
    statement = select(*COLUMNS).where(table.client_id == one.client_id, table.conversation_id == one.id)
    if after_seq is not None:
        statement = statement.where(table.seq > after_seq).order_by(table.seq)
    else:
        statement = statement.order_by(table.seq.desc())
        if before_seq is not None:
            statement = statement.where(table.seq < before_seq)
    found = [read_message(row) for row in await tx.execute(statement.limit(limit + 1))]
    kept, more = found[:limit], len(found) > limit
    following = str(kept[-1].seq) if more else None
    return Page(tuple(kept if after_seq is not None else reversed(kept)), following)


async def get_message(tx: Tx, client_id: UUID, conversation_id: UUID, seq: int) -> Message:
    """One message, for channels and consumers; raises NotFoundError."""
    table = message.c
    statement = select(*COLUMNS).where(
        table.client_id == client_id, table.conversation_id == conversation_id, table.seq == seq
    )
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise NotFoundError
    return read_message(row)


async def find_by_external_ids(
    tx: Tx, client_id: UUID, channel: Channel, external_ids: Sequence[str]
) -> dict[str, Message]:
    """The stored messages that a channel knows by these ids, such as the Message-IDs of a thread."""
    table = message.c
    statement = select(*COLUMNS, table.external_id).where(
        table.client_id == client_id, table.channel == channel, table.external_id.in_(list(external_ids))
    )
    return {row.external_id: read_message(row) for row in await tx.execute(statement)}
