"""One LISTEN connection a process: wakes readers of the log, hands round short-lived signals."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import psycopg
import structlog
from sqlalchemy import func, select

from careloom.platform.database.health import LOSSES
from careloom.platform.database.links import Connection, Links
from careloom.platform.database.transactions import Tx
from careloom.platform.wire import from_json_text, json_text

log = structlog.get_logger()

EVENTS = "careloom_events"
SIGNALS = "careloom_signals"
ACCESS_CHANGED = "access_changed"
"""The kind of signal after which the desks of `person_id` connect anew, each with what its session may see now."""

CONNECTED = "connected"
"""The kind of signal that a process's hub gives its own listeners whenever it begins to listen: what was sent before,
it may have missed.
"""

_RETRY_SECONDS = 0.5
_BEAT_SECONDS, _SILENT_SECONDS = 1.0, 10.0

Signal = dict[str, Any]


class Hub:
    """Tells this process's parts that the log has grown, and carries signals that are worth nothing later.

    Its connection is the process's pulse, too: where the server stays silent, all connections to it are cut.
    """

    def __init__(self, links: Links) -> None:
        self._links = links
        self._wakes: set[asyncio.Event] = set()
        self._listeners: set[Callable[[Signal], None]] = set()
        self.ready = asyncio.Event()

    @contextmanager
    def subscribe(self) -> Generator[asyncio.Event]:
        """An asyncio.Event that is set whenever the log may have grown."""
        wake = asyncio.Event()
        self._wakes.add(wake)
        try:
            yield wake
        finally:
            self._wakes.discard(wake)

    @contextmanager
    def listen(self, listener: Callable[[Signal], None]) -> Generator[None]:
        """Calls `listener` with each signal that any process sends, and with `CONNECTED`."""
        self._listeners.add(listener)
        try:
            yield
        finally:
            self._listeners.discard(listener)

    async def run(self) -> None:
        """Listens until cancelled; connects again after a loss and wakes everyone, as something may have passed."""
        while True:
            try:
                await self._listen()
            except (psycopg.OperationalError, OSError) as error:
                if self.ready.is_set():
                    LOSSES.inc()
                log.warning("hub_lost_database", error=type(error).__name__)
            self.ready.clear()
            await asyncio.sleep(_RETRY_SECONDS)

    async def _listen(self) -> None:
        async with await self._links.connect(autocommit=True) as connection:
            await connection.execute(f"LISTEN {EVENTS}")
            await connection.execute(f"LISTEN {SIGNALS}")
            self.ready.set()
            self._wake()
            self._signal({"kind": CONNECTED})
            while True:
                async for notice in connection.notifies(timeout=_BEAT_SECONDS):
                    if notice.channel == EVENTS:
                        self._wake()
                    else:
                        self._signal(from_json_text(notice.payload))
                await self._beat(connection)

    async def _beat(self, connection: Connection) -> None:
        loop = asyncio.get_running_loop()
        too_long = loop.call_later(_SILENT_SECONDS, self._cut)
        try:
            await connection.execute("SELECT 1")
        finally:
            too_long.cancel()

    def _cut(self) -> None:
        log.warning("database_silent", seconds=_SILENT_SECONDS)
        self._links.cut()

    def _wake(self) -> None:
        for wake in self._wakes:
            wake.set()

    def _signal(self, signal: Signal) -> None:
        for listener in list(self._listeners):
            listener(signal)


async def send_signal(tx: Tx, signal: Signal) -> None:
    """Sends a short-lived signal (under 8 kB) to every process when the transaction commits."""
    await tx.execute(select(func.pg_notify(SIGNALS, json_text(signal))))
