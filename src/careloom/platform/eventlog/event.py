"""An event: a frozen value in the past tense, published with the change that it tells of."""

import builtins
import re
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import text

from careloom.platform.database.prepared import Prepared
from careloom.platform.database.transactions import Tx
from careloom.platform.hub import EVENTS
from careloom.platform.wire import json_text, to_plain

_OWNERS = ("client_id", "provider_id", "audience_id")
_APPEND = Prepared(
    text("""
    WITH appended AS (
        INSERT INTO event_log (client_id, provider_id, audience_id, type, stream, data)
        SELECT one.client_id, one.provider_id, one.audience_id, one.type, one.stream, one.data
        FROM ROWS FROM (
            jsonb_to_recordset(CAST(:rows AS jsonb))
            AS (client_id uuid, provider_id uuid, audience_id uuid, type text, stream text, data jsonb)
        ) WITH ORDINALITY AS one (client_id, provider_id, audience_id, type, stream, data, place)
        ORDER BY one.place
    )
    SELECT pg_notify(:channel, '')
""")
)


class Event(Struct, frozen=True, kw_only=True):
    """Base of every event. Its owner decides who may see it; `audience_id` narrows it to one person."""

    client_id: UUID | None = None
    provider_id: UUID | None = None
    audience_id: UUID | None = None

    @property
    def stream(self) -> str:
        """Events of one stream are read in the order in which they were written."""
        return str(self.client_id or self.provider_id or "")

    @classmethod
    def type_name(cls) -> str:
        """The class name in snake case: `ConversationOpened` is `conversation_opened`."""
        return _in_snake_case(cls.__name__)


class LoggedEvent(Struct, frozen=True):
    """A row of the log."""

    id: int
    type: str
    stream: str
    client_id: UUID | None
    provider_id: UUID | None
    audience_id: UUID | None
    data: dict[str, Any]
    at: datetime

    def read(self, kind: builtins.type[Event]) -> Any:
        """The event as a Struct of `kind`."""
        owners = {name: getattr(self, name) for name in _OWNERS}
        return msgspec.convert({**self.data, **owners}, kind, strict=False)


@cache
def _in_snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


async def publish(tx: Tx, *events: Event) -> None:
    """Appends `events` to the log in the open transaction and wakes the readers at its commit."""
    rows: list[dict[str, Any]] = []
    for event in events:
        data = {key: value for key, value in to_plain(event).items() if key not in _OWNERS}
        owners = {name: getattr(event, name) for name in _OWNERS}
        rows.append({**owners, "type": event.type_name(), "stream": event.stream, "data": data})
    if rows:
        await _APPEND.run(tx, rows=json_text(rows), channel=EVENTS)
