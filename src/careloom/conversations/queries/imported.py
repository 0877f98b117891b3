"""What imported conversations hold by now, many at a time."""

from collections.abc import Collection
from typing import Final

from msgspec import Struct
from sqlalchemy import text

from careloom.conversations.core.past import mark
from careloom.conversations.types import ConversationId, MessageKind
from careloom.organizations.types import ClientId, ProgramId
from careloom.platform.database.transactions import Tx

_PAST: Final = text("""
    SELECT id, program_id, erased_at IS NOT NULL AS erased FROM conversation
    WHERE client_id = :client_id AND id = ANY(:ids)
""")
_SAID: Final = text("""
    SELECT conversation_id, kind, at FROM message
    WHERE client_id = :client_id AND conversation_id = ANY(:ids) AND kind <> 'event'
""")


class Past(Struct, frozen=True):
    """A conversation's program, whether its words were erased, and the marks of what was said in it."""

    program_id: ProgramId
    erased: bool
    marks: tuple[int, ...]


async def past_of(tx: Tx, client_id: ClientId, ids: Collection[ConversationId]) -> dict[ConversationId, Past]:
    """What each of these conversations holds; those that are gone are left out."""
    if not ids:
        return {}
    values = {"client_id": client_id, "ids": sorted(ids)}
    marks: dict[ConversationId, list[int]] = {}
    for row in await tx.execute(_SAID, values):
        marks.setdefault(row.conversation_id, []).append(mark(MessageKind(row.kind), row.at))
    return {
        row.id: Past(row.program_id, row.erased, tuple(marks.get(row.id, ())))
        for row in await tx.execute(_PAST, values)
    }
