"""Reading what is sensitive leaves an audit entry: one for each reader and record within a while."""

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from msgspec import Struct
from sqlalchemy import Uuid, bindparam, delete, text

from careloom.platform.access import Actor, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database, Tx
from careloom.platform.ids import new_id
from careloom.platform.tables import audit_read
from careloom.platform.wire import json_text

ONE_ENTRY = timedelta(minutes=15)
"""Whoever reads the same record again within this time leaves no other entry."""

VERBS = ("read", "search", "export", "find", "reveal")
"""The verbs of entries about reading; all others are about changes."""

_SYSTEM = system_actor("audit")
_MOST_REMEMBERED = 20_000
_REQUESTS = UUID("b0a8f5d2-6c1e-5f0b-9f43-2d7a5c9e8b11")
_NOTE = text("""
    WITH wanted AS (
        SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS (id uuid, client_id uuid, action text, subject_id uuid, after jsonb)
    ), fresh AS (
        INSERT INTO audit_read (client_id, reader_id, action, subject_id)
        SELECT client_id, :reader_id, action, subject_id FROM wanted ORDER BY subject_id
        ON CONFLICT (reader_id, action, subject_id) DO UPDATE SET read_at = excluded.read_at
        WHERE audit_read.read_at < clock_timestamp() - CAST(:window AS interval)
        RETURNING action, subject_id
    )
    INSERT INTO audit_entry
        (id, client_id, person_id, api_key_id, actor_name, action, subject_type, subject_id, after, ip, request_id,
         glass_id)
    SELECT wanted.id, wanted.client_id, :person_id, :api_key_id, :name, wanted.action,
        split_part(wanted.action, '.', 1), wanted.subject_id, wanted.after, :ip, :request_id, :glass_id
    FROM wanted JOIN fresh USING (action, subject_id)
""").bindparams(*[bindparam(name, type_=Uuid) for name in ("reader_id", "person_id", "api_key_id", "glass_id")])


class Read(Struct, frozen=True):
    """What was read: `noun.verb`, of which record, whose. `details` hold no words of customers."""

    action: str
    subject_id: UUID
    client_id: UUID | None
    details: dict[str, int | str] | None = None


def request_of(actor: Actor, method: str, route: str) -> list[Read]:
    """What is noted of a request made during an emergency access, whatever it asks for; else nothing.

    A route has no ids: the entry is the client's, and the request may be about another one.
    """
    if actor.glass is None:
        return []
    verb = "read" if method in ("GET", "HEAD") else "send"
    subject_id = uuid5(_REQUESTS, f"{method} {route}")
    return [Read(f"request.{verb}", subject_id, actor.glass.client_id, {"method": method, "route": route})]


class ReadNotes:
    """Notes who read what. What this process has noted a moment ago costs nothing more."""

    def __init__(self) -> None:
        self._noted: dict[tuple[UUID, str, UUID], float] = {}

    async def note(self, database: Database, actor: Actor, reads: Sequence[Read]) -> None:
        """Writes the entries of `reads` that are due, in a transaction of their own, before anything is shown."""
        # Under an emergency access each record leaves an entry of its own, whatever was read before.
        reader_id = actor.glass_id or actor.api_key_id or actor.person_id
        if reader_id is None:
            return
        due = {(reader_id, one.action, one.subject_id): one for one in reads}
        due = {key: one for key, one in due.items() if not self._recent(key)}
        if not due:
            return
        async with database.transaction(_SYSTEM) as tx:
            await tx.execute(_NOTE, _values(actor, reader_id, list(due.values())))
        if len(self._noted) + len(due) > _MOST_REMEMBERED:
            self._noted.clear()
        self._noted.update(dict.fromkeys(due, time.monotonic()))

    def _recent(self, key: tuple[UUID, str, UUID]) -> bool:
        noted = self._noted.get(key)
        return noted is not None and time.monotonic() - noted < ONE_ENTRY.total_seconds()


async def forget_old(tx: Tx) -> None:
    """Removes what has no bearing on new reads any more; the entries stay."""
    await tx.execute(delete(audit_read).where(audit_read.c.read_at < now() - ONE_ENTRY))


def _values(actor: Actor, reader_id: UUID, reads: Sequence[Read]) -> dict[str, Any]:
    rows = [
        {
            "id": new_id(),
            "client_id": one.client_id,
            "action": one.action,
            "subject_id": one.subject_id,
            "after": one.details,
        }
        for one in reads
    ]
    return {
        "rows": json_text(rows),
        "reader_id": reader_id,
        "person_id": actor.person_id,
        "api_key_id": actor.api_key_id,
        "name": actor.name,
        "ip": actor.ip,
        "request_id": actor.request_id,
        "glass_id": actor.glass_id,
        "window": ONE_ENTRY,
    }
