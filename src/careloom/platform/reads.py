"""Reading what is sensitive leaves an audit entry: one for each reader and record, or question, within a while."""

import hmac
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from msgspec import Struct
from sqlalchemy import Uuid, bindparam, delete, text

from careloom.platform.access import Actor
from careloom.platform.clock import now
from careloom.platform.database.prepared import Prepared
from careloom.platform.database.transactions import Database, Tx
from careloom.platform.ids import new_id
from careloom.platform.tables import audit_read
from careloom.platform.wire import json_text

ONE_ENTRY = timedelta(minutes=15)
"""Whoever reads the same record, or asks the very same question, again within this time leaves no other entry."""

VERBS = ("read", "list", "search", "export", "find", "reveal")
"""The verbs of entries about reading; all others are about changes."""

_MOST_REMEMBERED = 20_000
NOBODYS = UUID(int=0)
"""The subject of what is noted of many records that belong to no client."""

_REQUESTS = UUID("b0a8f5d2-6c1e-5f0b-9f43-2d7a5c9e8b11")
_NOTE: Final = Prepared(
    text("""
    WITH wanted AS (
        SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS (id uuid, client_id uuid, action text, subject_id uuid, what uuid, after jsonb)
    ), fresh AS (
        INSERT INTO audit_read (client_id, reader_id, action, what)
        SELECT client_id, :reader_id, action, what FROM wanted ORDER BY what
        ON CONFLICT (reader_id, action, what) DO UPDATE SET read_at = excluded.read_at
        WHERE audit_read.read_at < clock_timestamp() - CAST(:window AS interval)
        RETURNING action, what
    )
    INSERT INTO audit_entry
        (id, client_id, person_id, api_key_id, actor_name, action, subject_type, subject_id, after, ip, request_id,
         glass_id)
    SELECT wanted.id, wanted.client_id, :person_id, :api_key_id, :name, wanted.action,
        split_part(wanted.action, '.', 1), wanted.subject_id, wanted.after, :ip, :request_id, :glass_id
    FROM wanted JOIN fresh USING (action, what)
""").bindparams(*[bindparam(name, type_=Uuid) for name in ("reader_id", "person_id", "api_key_id", "glass_id")])
)


class Read(Struct, frozen=True):
    """What was read: `noun.verb`, of which record, whose. `details` hold no words of customers.

    `question` is what many records were asked for by, words included: only a keyed fingerprint of it leaves memory.
    """

    action: str
    subject_id: UUID
    client_id: UUID | None
    details: dict[str, int | str] | None = None
    question: str | None = None

    def what(self, secret: bytes) -> UUID:
        """What the same reading has in common: the record, or the fingerprint of the question about its client's."""
        if self.question is None:
            return self.subject_id
        return UUID(bytes=hmac.digest(secret, self.subject_id.bytes + self.question.encode(), "sha256")[:16])


class Question(Struct, frozen=True):
    """What a page of many records is asked for by; None where it is not. `filters` are any others."""

    client_id: UUID | None = None
    words: str | None = None
    limit: int | None = None
    after: str | None = None
    filters: tuple[str, ...] = ()

    def shown(self, action: str, clients: Iterable[UUID | None]) -> list[Read]:
        """That a page was shown with a record of each of `clients`: one reading for each client, with how many.

        Where there was none, that none was shown: of the client asked about, or of nobody's.
        """
        many = Counter(clients) or Counter[UUID | None]({self.client_id: 0})
        kind = {"by": "words" if self.words else "list", "page": "further" if self.after else "first"}
        asked = json_text(self)
        return [Read(action, one or NOBODYS, one, {"shown": shown, **kind}, asked) for one, shown in many.items()]


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

    async def note(self, database: Database, secret: bytes, actor: Actor, reads: Sequence[Read]) -> None:
        """Writes the entries of `reads` that are due, in one message to the database, before anything is shown.

        `secret` is the installation's: without it nobody finds a question's words by trying.
        """
        # Under an emergency access each record leaves an entry of its own, whatever was read before.
        reader_id = actor.glass_id or actor.api_key_id or actor.person_id
        if reader_id is None:
            return
        due = {(reader_id, one.action, one.what(secret)): one for one in reads}
        due = {key: one for key, one in due.items() if not self._recent(key)}
        if not due:
            return
        values = _values(actor, reader_id, [(key[2], one) for key, one in due.items()])
        await database.glance(lambda tx: _NOTE.run(tx, **values))
        if len(self._noted) + len(due) > _MOST_REMEMBERED:
            self._noted.clear()
        self._noted.update(dict.fromkeys(due, time.monotonic()))

    def _recent(self, key: tuple[UUID, str, UUID]) -> bool:
        noted = self._noted.get(key)
        return noted is not None and time.monotonic() - noted < ONE_ENTRY.total_seconds()


async def forget_old(tx: Tx) -> None:
    """Removes what has no bearing on new reads any more; the entries stay."""
    await tx.execute(delete(audit_read).where(audit_read.c.read_at < now() - ONE_ENTRY))


def _values(actor: Actor, reader_id: UUID, reads: Sequence[tuple[UUID, Read]]) -> dict[str, Any]:
    rows = [
        {
            "id": new_id(),
            "client_id": one.client_id,
            "action": one.action,
            "subject_id": one.subject_id,
            "what": what,
            "after": one.details,
        }
        for what, one in reads
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
