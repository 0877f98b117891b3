"""Takes imported conversations back, as long as nobody has worked on them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text

from careloom.conversations.types import FileId
from careloom.organizations.types import ClientId, ProgramId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.reads import VERBS

_STAMPS: Final = text("SELECT id, updated_at FROM conversation WHERE client_id = :client_id AND id = ANY(:ids)")
_WORKED_ON: Final = text(
    "SELECT 1 FROM audit_entry WHERE subject_id = ANY(:ids) AND client_id = :client_id "
    "AND split_part(action, '.', 2) <> ALL(:readings) LIMIT 1"
)
_OF_CUSTOMERS: Final = text("SELECT id FROM conversation WHERE client_id = :client_id AND customer_id = ANY(:ids)")
_CASES: Final = text("SELECT case_id FROM conversation WHERE client_id = :client_id AND id = ANY(:ids)")
_FILES: Final = text("DELETE FROM file WHERE client_id = :client_id AND conversation_id = ANY(:ids) RETURNING id")
_REMOVE: Final = tuple(
    text(f"DELETE FROM {table} WHERE client_id = :client_id AND {column} = ANY(:ids)")  # noqa: S608
    for table, column in (
        ("timeline_entry", "conversation_id"),
        ("draft", "conversation_id"),
        ("masked_value", "conversation_id"),
        ("conversation_interval", "conversation_id"),
        ("message", "conversation_id"),
        ("conversation", "id"),
    )
)
_IN_USE: Final = text("SELECT case_id FROM conversation WHERE client_id = :client_id AND case_id = ANY(:ids)")
_REMOVE_CASES: Final = text("DELETE FROM care_case WHERE client_id = :client_id AND id = ANY(:ids)")


async def any_past_touched(tx: Tx, client_id: ClientId, stamps: dict[UUID, datetime]) -> bool:
    """Whether one of these conversations is gone or has changed: `stamps` says when each had last changed."""
    ids = sorted(stamps)
    if await stamps_of(tx, client_id, ids) != stamps:
        return True
    return (
        await tx.execute(_WORKED_ON, {"client_id": client_id, "ids": ids, "readings": list(VERBS)})
    ).first() is not None


async def stamps_of(tx: Tx, client_id: ClientId, ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When each of these conversations last changed."""
    rows = await tx.execute(_STAMPS, {"client_id": client_id, "ids": list(ids)})
    return {row.id: row.updated_at for row in rows}


async def conversations_of(tx: Tx, client_id: ClientId, customer_ids: Sequence[UUID]) -> list[UUID]:
    """The conversations of these customers, for whoever is about to take imported customers back."""
    found = await tx.execute(_OF_CUSTOMERS, {"client_id": client_id, "ids": list(customer_ids)})
    return list(found.scalars())


async def remove_past(
    tx: Tx, actor: Actor, client_id: ClientId, program_id: ProgramId, ids: Sequence[UUID]
) -> list[FileId]:
    """Removes imported conversations with their cases; answers the files whose bytes are to go."""
    actor.require(Permission.DATA_IMPORT, client_id=client_id, program_id=program_id)
    values = {"client_id": client_id, "ids": list(ids)}
    cases = list((await tx.execute(_CASES, values)).scalars())
    files = [FileId(one) for one in (await tx.execute(_FILES, values)).scalars()]
    for statement in _REMOVE:
        await tx.execute(statement, values)
    used = set((await tx.execute(_IN_USE, {"client_id": client_id, "ids": cases})).scalars())
    await tx.execute(_REMOVE_CASES, {"client_id": client_id, "ids": sorted(set(cases) - used)})
    return files
