"""The tail of the log in one process: every event once, in order, to whoever subscribes."""

import asyncio
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from uuid import UUID

import structlog

from careloom.platform.access import Actor
from careloom.platform.database.links import LOST
from careloom.platform.database.transactions import Database, Tx
from careloom.platform.eventlog.event import LoggedEvent
from careloom.platform.eventlog.purge import purged_upto
from careloom.platform.eventlog.reader import LogReader
from careloom.platform.hub import Hub
from careloom.platform.loops import pause

log = structlog.get_logger()

Subscriber = Callable[[LoggedEvent], None]
_REST_SECONDS, _GAP_SECONDS = 0.02, 0.01
_IDLE_SECONDS = 1.0
_KEPT = 20_000
_BATCH = 500


class LogTail:
    """Reads the log once for all sockets of the process and keeps its recent part for those who come back."""

    def __init__(self, database: Database, hub: Hub) -> None:
        self._database = database
        self._hub = hub
        self._reader = LogReader()
        self._subscribers: dict[Subscriber, Callable[[], None] | None] = {}
        self._recent: deque[LoggedEvent] = deque(maxlen=_KEPT)
        self._server = ""
        self._started_at = 0
        self.position = 0
        self.ready = asyncio.Event()

    @contextmanager
    def subscribe(self, subscriber: Subscriber, went_back: Callable[[], None] | None = None) -> Generator[None]:
        """Calls `subscriber` with each event from now on, in order. It must not wait.

        Calls `went_back` where a server took over that lacks events which subscribers were told of.
        """
        self._subscribers[subscriber] = went_back
        try:
            yield
        finally:
            self._subscribers.pop(subscriber, None)

    def missed(self, after: int) -> list[LoggedEvent] | None:
        """Events with a higher id than `after` up to now, from memory; None where memory does not reach back."""
        oldest = max(self._started_at + 1, self._recent[0].id if len(self._recent) == _KEPT else 0)
        if after < oldest - 1:
            return None
        return [event for event in self._recent if event.id > after]

    async def missed_from_log(self, actor: Actor, after: int, limit: int) -> list[LoggedEvent] | None:
        """What the actor missed after `after` up to now, from the database, at most `limit` events.

        None where events that the actor may have missed were removed since: who comes so late must fetch anew.
        """
        async with self._database.transaction(actor) as tx:
            if after < await purged_upto(tx):
                return None
            return await self._reader.after(tx, after, self.position, limit)

    async def reach(self, event_id: int, seconds: float) -> None:
        """Waits until the tail is at `event_id`, which another process may have read sooner; at most `seconds`."""
        for _ in range(round(seconds / _GAP_SECONDS)):
            if self.position >= event_id:
                return
            await asyncio.sleep(_GAP_SECONDS)

    def forget(self, client_id: UUID, upto: int) -> None:
        """Drops a client's events up to id `upto` from memory; they were removed from the log."""
        kept = [event for event in self._recent if event.client_id != client_id or event.id > upto]
        if len(kept) < len(self._recent):
            self._started_at = max(self._started_at, upto)
            self._recent = deque(kept, maxlen=_KEPT)

    async def run(self) -> None:
        """Reads until cancelled; survives the loss of its database connection."""
        with self._hub.subscribe() as wake:
            while True:
                wake.clear()
                try:
                    behind = await self._read_on()
                except LOST as error:
                    log.warning("tail_lost_database", error=type(error).__name__)
                    await asyncio.sleep(_IDLE_SECONDS / 2)
                    continue
                await asyncio.sleep(_REST_SECONDS)
                await pause(wake, _GAP_SECONDS if behind else _IDLE_SECONDS)

    async def _read_on(self) -> bool:
        found = await self._database.glance(self._following)
        if found is None:
            return True
        safe, events = found
        for event in events:
            self._recent.append(event)
            for subscriber in list(self._subscribers):
                subscriber(event)
        if events:
            self.position = events[-1].id
        return len(events) == _BATCH or self._reader.behind(max(safe, self.position))

    async def _following(self, tx: Tx) -> tuple[int, list[LoggedEvent]] | None:
        """How far may be read now, and what; None where a server that was just met cannot say yet."""
        safe = await self._reader.safe_position(tx)
        if self._server != self._reader.server:
            if self._reader.behind(0) and not safe:
                return None
            await self._arrive(tx, safe)
        if safe <= self.position:
            return safe, []
        return safe, await self._reader.after(tx, self.position, safe, _BATCH)

    async def _arrive(self, tx: Tx, safe: int) -> None:
        """Goes on at another server, or begins: where this one's log ends, if it lacks what was read elsewhere."""
        last = await self._reader.last_upto(tx, safe)
        lacks_some = self.ready.is_set() and (last < self.position or not await self._has_latest(tx))
        if lacks_some or not self.ready.is_set():
            self._recent.clear()
            self.position = self._started_at = last
        self._server = self._reader.server
        self.ready.set()
        if lacks_some:
            log.error("log_went_back", position=last)
            for went_back in list(self._subscribers.values()):
                if went_back is not None:
                    went_back()

    async def _has_latest(self, tx: Tx) -> bool:
        return not self._recent or await self._reader.has(tx, self._recent[-1].id, self._recent[-1].at)
