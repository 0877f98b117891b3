"""Consumers: each tails the log with its own cursor; effects and cursor commit together."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from msgspec import Struct
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError

from careloom.platform.access import system_actor
from careloom.platform.database.links import LOST
from careloom.platform.database.transactions import Database, Tx
from careloom.platform.eventlog.event import Event, LoggedEvent
from careloom.platform.eventlog.parked import park
from careloom.platform.eventlog.reader import LogReader
from careloom.platform.hub import Hub
from careloom.platform.loops import pause
from careloom.platform.tables import consumer_cursor

log = structlog.get_logger()

Handler = Callable[[Tx, Any], Awaitable[bool | None]]
"""Answers True where it has locked what others lock as well: the transaction ends with that event, so that nothing is
locked while the next one waits for a lock.
"""

_BATCH = 200
_RETRY_SECONDS = _STANDBY_SECONDS = 1.0
_IDLE_SECONDS = 5.0
"""The hub tells of each event; but nobody tells those that stand by that the one who works has ended."""
_REST_SECONDS, _GAP_SECONDS = 0.05, 0.05
_HELD_SECONDS = 0.04
"""After which a transaction ends with the event that it is at: no reader of the log gets past what it has written."""


class Consumer(Struct, frozen=True):
    """A named reader of the log with a handler for each type of event that it cares about."""

    name: str
    handlers: Mapping[type[Event], Handler]

    def cares_for(self, event: LoggedEvent) -> bool:
        """Whether there is a handler of the event's type."""
        return any(kind.type_name() == event.type for kind in self.handlers)

    async def handle(self, tx: Tx, event: LoggedEvent) -> bool:
        """Runs the handler of the event's type, if there is one; answers whether it has locked something."""
        for kind, handler in self.handlers.items():
            if kind.type_name() == event.type:
                return bool(await handler(tx, event.read(kind)))
        return False


class _Taken(Struct, frozen=True):
    """What a transaction took: how many events, whether more are coming, whether it ended early for its locks."""

    events: int
    behind: bool
    cut_short: bool = False


class ConsumerRunner:
    """Runs one consumer; of several processes that run the same, one works and the others stand by."""

    def __init__(self, database: Database, hub: Hub, consumer: Consumer) -> None:
        self._database = database
        self._hub = hub
        self._consumer = consumer
        self._reader = LogReader()
        self._works = False

    async def run(self) -> None:
        """Works until cancelled; survives the loss of its database connection."""
        with self._hub.subscribe() as wake:
            while True:
                wake.clear()
                try:
                    handled, behind = await self.run_batch()
                except LOST as error:
                    log.warning("consumer_lost_database", consumer=self._consumer.name, error=type(error).__name__)
                    await asyncio.sleep(_RETRY_SECONDS)
                    continue
                await asyncio.sleep(_REST_SECONDS)
                if not handled:
                    idle = _IDLE_SECONDS if self._works else _STANDBY_SECONDS
                    await pause(wake, _GAP_SECONDS if behind else idle)

    async def run_batch(self) -> tuple[int, bool]:
        """Handles one batch; answers how many events it took and whether more are known to be coming."""
        events = 0
        while True:
            taken = await self._run_transaction()
            events += taken.events
            if not taken.cut_short:
                return events, taken.behind

    async def _run_transaction(self) -> _Taken:
        async with self._database.transaction(system_actor(f"consumer:{self._consumer.name}")) as tx:
            position = await _lock_cursor(tx, self._consumer.name)
            self._works = position is not None
            if position is None:
                return _Taken(0, behind=False)
            safe = await self._reader.safe_position(tx)
            events = await self._reader.after(tx, position, safe, _BATCH) if safe > position else []
            until = time.monotonic() + _HELD_SECONDS
            for count, event in enumerate(events, 1):
                if not self._consumer.cares_for(event):
                    continue
                if await self._handle_or_park(tx, event) or time.monotonic() > until:
                    await _move_cursor(tx, self._consumer.name, event.id)
                    return _Taken(count, behind=True, cut_short=True)
            if events:
                await _move_cursor(tx, self._consumer.name, events[-1].id)
            done = events[-1].id if len(events) == _BATCH else max(safe, position)
            return _Taken(len(events), self._reader.behind(done))

    async def _handle_or_park(self, tx: Tx, event: LoggedEvent) -> bool:
        try:
            async with tx.begin_nested():
                return await self._consumer.handle(tx, event)
        except OperationalError:
            raise
        except Exception as error:
            log.error("event_parked", consumer=self._consumer.name, event_id=event.id, error=type(error).__name__)
            await park(tx, self._consumer.name, event, error)
            return False


async def _lock_cursor(tx: Tx, name: str) -> int | None:
    statement = select(consumer_cursor.c.position).where(consumer_cursor.c.consumer == name)
    found = (await tx.execute(statement.with_for_update(skip_locked=True))).scalar_one_or_none()
    if found is not None:
        return int(found)
    made = await tx.execute(
        insert(consumer_cursor)
        .values(consumer=name, position=0)
        .on_conflict_do_nothing()
        .returning(consumer_cursor.c.position)
    )
    return made.scalar_one_or_none()


async def _move_cursor(tx: Tx, name: str, position: int) -> None:
    statement = update(consumer_cursor).where(consumer_cursor.c.consumer == name)
    await tx.execute(statement.values(position=position, updated_at=func.now()))
