"""Removes a client's old events, below every consumer, and remembers up to where, so that late readers are told."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.hub import send_signal
from careloom.platform.tables import consumer_cursor, event_log, event_purge, parked_event

PURGED = "events_purged"
"""The signal that tells every process to forget a client's events up to an id."""
_WINDOW = 5_000


class Window(Struct, frozen=True):
    """One stretch of the log that was looked at: `upto` its last id, `ids` the client's events in it that are due."""

    upto: int
    ids: tuple[int, ...]
    done: bool


async def purged_upto(tx: Tx) -> int:
    """Up to which id events that the transaction may see have been removed; 0 for none."""
    return int((await tx.execute(select(func.max(event_purge.c.upto)))).scalar_one() or 0)


async def due_events(tx: Tx, client_id: UUID, before: datetime, after: int | None = None) -> Window:
    """The client's events older than `before` among the next 5,000 of the log, from where the last purge ended.

    Nothing that a consumer has yet to read is due. Events are in the order of their time but for the length of a
    transaction; the first that is too young ends the search. Needs a system transaction.
    """
    if after is None:
        stored = select(event_purge.c.upto).where(event_purge.c.client_id == client_id)
        after = int((await tx.execute(stored)).scalar_one_or_none() or 0)
    floor = (await tx.execute(select(func.min(consumer_cursor.c.position)))).scalar_one()
    columns = select(event_log.c.id, event_log.c.client_id, event_log.c.at).where(event_log.c.id > after)
    if floor is not None:
        columns = columns.where(event_log.c.id <= floor)
    rows = (await tx.execute(columns.order_by(event_log.c.id).limit(_WINDOW))).all()
    old: list[Any] = []
    for row in rows:
        if row.at >= before:
            break
        old.append(row)
    ids = tuple(row.id for row in old if row.client_id == client_id)
    return Window(old[-1].id if old else after, ids, done=len(old) < _WINDOW)


async def remove_events(tx: Tx, client_id: UUID, window: Window) -> int:
    """Deletes the window's events and parked ones as old, moves the client's mark, and tells every process."""
    if window.ids:
        await tx.execute(delete(event_log).where(event_log.c.client_id == client_id, event_log.c.id.in_(window.ids)))
    old = (parked_event.c.client_id == client_id) & (parked_event.c.event_id <= window.upto)
    parked = await tx.execute(delete(parked_event).where(old).returning(parked_event.c.id))
    statement = insert(event_purge).values(client_id=client_id, upto=window.upto, at=now())
    fresh = {"upto": func.greatest(event_purge.c.upto, window.upto), "at": now()}
    await tx.execute(statement.on_conflict_do_update(index_elements=[event_purge.c.client_id], set_=fresh))
    await send_signal(tx, {"kind": PURGED, "client_id": str(client_id), "upto": window.upto})
    return len(parked.all())


async def forget_parked(tx: Tx, client_id: UUID, streams: frozenset[UUID]) -> int:
    """Takes the words of errors from parked events of these streams; a settled one goes altogether."""
    mine = (parked_event.c.client_id == client_id) & parked_event.c.stream.in_([str(one) for one in sorted(streams)])
    settled = delete(parked_event).where(mine, parked_event.c.settled_at.is_not(None)).returning(parked_event.c.id)
    gone = len((await tx.execute(settled)).all())
    await tx.execute(update(parked_event).where(mine).values(error=func.split_part(parked_event.c.error, ":", 1)))
    return gone
