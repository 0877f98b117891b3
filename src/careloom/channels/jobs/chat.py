"""Background work of the chat: notes answers that visitors are shown, and visitors who left the queue for good."""

import time
from datetime import timedelta
from typing import Final
from uuid import UUID

from careloom.channels.commands.chat.handed import hand_on
from careloom.channels.commands.chat.presence import CHECK_ABANDONED, GONE, absent_visitors, check_abandoned
from careloom.conversations.events import MessageAdded
from careloom.platform.access import system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.consumer import Consumer
from careloom.platform.jobs import Periodic, Task, defer
from careloom.platform.runtime import Runtime

_ACTOR = system_actor("chat")
_LIMIT: Final = 500
_SETTLED_SECONDS: Final = GONE.total_seconds() + 30


def consumers() -> list[Consumer]:
    """Agents' messages are handed on to chat widgets."""
    return [Consumer("channels.chat", {MessageAdded: hand_on})]


def tasks(runtime: Runtime, settled_seconds: float = _SETTLED_SECONDS) -> list[Task]:
    """The second look at a visitor whose last socket closed while they waited.

    A process that has just started puts it off: after a restart, widgets need a moment to be back.
    """
    started = time.monotonic()

    async def check(client_id: str, visitor_id: str) -> None:
        async with runtime.database.transaction(_ACTOR) as tx:
            if time.monotonic() - started < settled_seconds:
                await _later(tx, client_id, visitor_id)
            else:
                await check_abandoned(tx, UUID(client_id), UUID(visitor_id), now())

    return [Task(CHECK_ABANDONED, check)]


def periodic(runtime: Runtime, settled_seconds: float = _SETTLED_SECONDS) -> list[Periodic]:
    """Every minute, visitors who vanished with a process that died."""
    started = time.monotonic()

    async def sweep() -> None:
        if time.monotonic() - started < settled_seconds:
            return
        async with runtime.database.transaction(_ACTOR) as tx:
            absent = await absent_visitors(tx, now(), _LIMIT)
        for one in absent:
            async with runtime.database.transaction(_ACTOR) as tx:
                await check_abandoned(tx, one.client_id, one.id, now())

    return [Periodic(Task("channels.sweep_visitors", sweep), "* * * * *")]


async def _later(tx: Tx, client_id: str, visitor_id: str) -> None:
    at = now() + timedelta(seconds=_SETTLED_SECONDS)
    await defer(tx, CHECK_ABANDONED, at=at, client_id=client_id, visitor_id=visitor_id)
