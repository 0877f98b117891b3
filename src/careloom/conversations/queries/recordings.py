"""When a contact must not be recorded."""

from uuid import UUID

from sqlalchemy import select

from careloom.conversations.queries.conversation import get_conversation
from careloom.conversations.tables.privacy import recording_pause
from careloom.conversations.types.privacy import RecordingPause
from careloom.platform.access import Actor
from careloom.platform.database.transactions import Tx
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.wire import reader

read_pause = reader(RecordingPause)


async def list_pauses(
    tx: Tx, actor: Actor, conversation_id: UUID, limit: int = 50, after: str | None = None
) -> Page[RecordingPause]:
    """The contact's pauses, newest first; raises NotFoundError."""
    one = await get_conversation(tx, actor, conversation_id)
    table = recording_pause.c
    statement = select(recording_pause).where(table.client_id == one.client_id, table.conversation_id == one.id)
    rows = await tx.execute(keyset(statement, [table.id], after, limit, descending=True))
    return cut([read_pause(row) for row in rows], limit, lambda each: [each.id])
