"""The router: leads the pools that no other process leads, and wakes them when something happens.

The lock of a pool belongs to one connection. While it lives, no other process dispatches the pool; when it dies,
its pools stop at once and whoever asks next takes over. Two that overlap for a moment do no harm: every offer is
claimed in the database.
"""

import asyncio
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

import structlog

from careloom.organizations.queries import list_providers
from careloom.organizations.types import ProviderId
from careloom.platform.access import system_actor
from careloom.platform.database.links import LOST, Connection
from careloom.platform.eventlog.event import LoggedEvent
from careloom.platform.eventlog.tail import LogTail
from careloom.platform.hub import Signal
from careloom.platform.loops import end_all
from careloom.platform.paging import MAX_LIMIT
from careloom.platform.runtime import Runtime
from careloom.routing.jobs.pool import Pool

log = structlog.get_logger()

_RETRY_SECONDS: Final = 1.0
_SYSTEM = system_actor("router")
_LOCK = "SELECT pg_try_advisory_lock(hashtextextended('careloom_router:' || %s, 0))"
_KEEPALIVE: Final[dict[str, Any]] = {
    "keepalives": 1,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
}
_ROUTED_BY: Final = frozenset({"priority", "language", "queue_id"})
_OF_CONTACTS: Final = frozenset({"phase_changed", "conversation_opened", "conversation_changed"})
_OF_AGENTS: Final = frozenset({"presence_changed", "agent_profile_changed"})
_OF_PEOPLE: Final = frozenset({"person_changed", "role_changed", "organization_changed"})
_OF_QUEUES: Final = frozenset({"queue_changed", "organization_changed"})


async def run_router(runtime: Runtime) -> None:
    """Dispatches every pool that no other router does, until cancelled."""
    await Router(runtime).run()


class Router:
    """One process's router."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._pools: dict[ProviderId, Pool] = {}
        self._tasks: dict[ProviderId, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Runs until cancelled; survives the loss of its connections."""
        tail = LogTail(self._runtime.database, self._runtime.hub)
        with tail.subscribe(self._hear), self._runtime.hub.listen(self._hear_signal):
            async with asyncio.TaskGroup() as group:
                group.create_task(tail.run())
                group.create_task(self._lead())

    @property
    def leads(self) -> frozenset[ProviderId]:
        """The providers whose pools this process dispatches now."""
        return frozenset(self._pools)

    async def _lead(self) -> None:
        while True:
            try:
                await self._hold_locks()
            except LOST as error:
                log.warning("router_lost_lock", error=type(error).__name__)
            finally:
                await self._stop()
            await asyncio.sleep(_RETRY_SECONDS)

    async def _hold_locks(self) -> None:
        async with await self._runtime.database.links.connect(autocommit=True, **_KEEPALIVE) as connection:
            while True:
                await self._take_over(connection)
                # Nobody notifies this connection: waiting for it tells at once when it dies.
                async for _ in connection.notifies(timeout=_RETRY_SECONDS):
                    pass

    async def _take_over(self, connection: Connection) -> None:
        for provider_id in await self._providers():
            task = self._tasks.get(provider_id)
            if task is not None and task.done():
                log.error("pool_failed", provider_id=str(provider_id), error=repr(task.exception()))
                self._start(provider_id)
            elif task is None and await _try_lock(connection, provider_id):
                self._start(provider_id)

    def _start(self, provider_id: ProviderId) -> None:
        pool = Pool(self._runtime.database, provider_id)
        self._pools[provider_id] = pool
        self._tasks[provider_id] = asyncio.create_task(pool.run())

    async def _stop(self) -> None:
        tasks = list(self._tasks.values())
        self._tasks.clear()
        self._pools.clear()
        await end_all(tasks)

    async def _providers(self) -> list[ProviderId]:
        found: list[ProviderId] = []
        after: str | None = None
        async with self._runtime.database.transaction(_SYSTEM) as tx:
            while True:
                page = await list_providers(tx, _SYSTEM, MAX_LIMIT, after)
                found += [one.id for one in page.items]
                after = page.next
                if after is None:
                    return found

    def _hear(self, event: LoggedEvent) -> None:
        if event.type in _OF_CONTACTS:
            self._hear_of_contact(event.type, event.data)
        elif event.type in _OF_AGENTS:
            for pool in self._pools.values():
                if pool.provider_id == event.provider_id:
                    pool.wake.set()
        for pool in self._pools.values():
            if event.type in _OF_QUEUES:
                pool.forget_queues()
            if event.type in _OF_PEOPLE:
                pool.forget_people()

    def _hear_of_contact(self, kind: str, data: dict[str, Any]) -> None:
        if kind == "phase_changed":
            if data["phase"] == "queued" or data["previous_agent_id"] is not None:
                self._wake_for(data, data["previous_agent_id"])
        elif kind == "conversation_opened" or _ROUTED_BY.intersection(data["changed"]):
            self._wake_for(data, None)

    def _wake_for(self, data: dict[str, Any], agent_id: str | None) -> None:
        queue_id = data.get("queue_id")
        for pool in self._pools.values():
            if _holds(pool.queue_ids, queue_id) or _holds(pool.agent_ids, agent_id):
                pool.wake.set()

    def _hear_signal(self, signal: Signal) -> None:
        if signal.get("kind") == "seen" and signal.get("person_id") not in (None, "None"):
            person_id: Any = UUID(signal["person_id"])
            for pool in self._pools.values():
                pool.seen.add(person_id)


async def _try_lock(connection: Connection, provider_id: ProviderId) -> bool:
    row = await (await connection.execute(_LOCK, [str(provider_id)])).fetchone()
    return row is not None and bool(row[0])


def _holds(ids: Iterable[UUID], wanted: str | None) -> bool:
    return wanted is not None and UUID(wanted) in ids
