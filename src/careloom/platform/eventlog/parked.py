"""Events that a consumer could not handle: kept with their error, visible, re-runnable."""

import traceback
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from careloom.platform import audit
from careloom.platform.access import Actor, Permission, system_actor
from careloom.platform.clock import now
from careloom.platform.database.scope import managed
from careloom.platform.database.transactions import Tx, set_scope
from careloom.platform.errors import ConflictError, NotFoundError
from careloom.platform.eventlog.event import LoggedEvent
from careloom.platform.ids import new_id
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.redaction.logs import scrub
from careloom.platform.tables import parked_event
from careloom.platform.wire import reader


class ParkedEvent(Struct, frozen=True):
    """An event that failed in one consumer."""

    id: UUID
    consumer: str
    event_id: int
    type: str
    error: str
    attempts: int
    parked_at: datetime
    settled_at: datetime | None
    client_id: UUID | None


class Retry(Struct, frozen=True):
    """What came of running a parked event again."""

    settled: bool
    error: str | None


class Handles(Protocol):
    """A consumer, as far as running an event again goes."""

    async def handle(self, tx: Tx, event: LoggedEvent) -> object:
        """Handles one event; raises what went wrong."""
        ...


_read = reader(ParkedEvent)


async def park(tx: Tx, consumer: str, event: LoggedEvent, error: Exception) -> None:
    """Keeps `event` aside for `consumer`."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    place = f" ({last[0].name}, line {last[0].lineno})" if last else ""
    statement = insert(parked_event).values(
        id=new_id(),
        consumer=consumer,
        event_id=event.id,
        type=event.type,
        stream=event.stream,
        data=event.data,
        client_id=event.client_id,
        provider_id=event.provider_id,
        error=_told(error) + place,
    )
    await tx.execute(statement.on_conflict_do_nothing())


async def list_parked(tx: Tx, actor: Actor, limit: int, after: str | None) -> Page[ParkedEvent]:
    """Parked events not yet settled, newest first."""
    actor.require(Permission.EVENTS_REPAIR)
    mine = managed(actor, Permission.EVENTS_REPAIR, parked_event.c.client_id)
    statement = select(parked_event).where(parked_event.c.settled_at.is_(None), mine)
    statement = keyset(statement, [parked_event.c.id], after, limit, descending=True)
    return cut([_read(row) for row in await tx.execute(statement)], limit, lambda one: [one.id])


async def retry_parked(tx: Tx, actor: Actor, parked_id: UUID, consumers: Mapping[str, Handles]) -> Retry:
    """Runs one parked event again in its consumer; raises NotFoundError, ConflictError when settled before."""
    actor.require(Permission.EVENTS_REPAIR)
    mine = managed(actor, Permission.EVENTS_REPAIR, parked_event.c.client_id)
    statement = select(parked_event).where(parked_event.c.id == parked_id, mine).with_for_update()
    row = (await tx.execute(statement)).one_or_none()
    if row is None or row.consumer not in consumers:
        raise NotFoundError
    if row.settled_at is not None:
        raise ConflictError("This event was settled before.")
    event = LoggedEvent(
        row.event_id, row.type, row.stream, row.client_id, row.provider_id, None, row.data, row.parked_at
    )
    await set_scope(tx, system_actor(f"retry:{row.consumer}"))
    values: dict[str, object] = {"attempts": parked_event.c.attempts + 1}
    error: str | None = None
    try:
        async with tx.begin_nested():
            await consumers[row.consumer].handle(tx, event)
        values["settled_at"] = now()
    except Exception as failure:
        error = _told(failure)
        values["error"] = error
    await tx.execute(update(parked_event).where(parked_event.c.id == parked_id).values(**values))
    await set_scope(tx, actor)
    of = {"client_id": row.client_id, "provider_id": row.provider_id}
    after = {"consumer": row.consumer, "type": row.type, "settled": error is None}
    await audit.record(tx, actor, "parked_event.retry", parked_id, after=after, **of)
    return Retry(settled=error is None, error=error)


def _told(error: Exception) -> str:
    """What went wrong, as a log may say it: whoever repairs events need not see what is in them."""
    return scrub(f"{type(error).__name__}: {error}"[:2000])
