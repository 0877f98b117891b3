"""Polls mailboxes for as long as the process runs: those that are due and that no other process polls."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import structlog

from careloom.channels.commands.mailbox.lease import Lease, lease_due
from careloom.channels.commands.mailbox.poll import Poller
from careloom.platform.access import system_actor
from careloom.platform.loops import end_all
from careloom.platform.runtime import Runtime

log = structlog.get_logger()
_AT_ONCE: Final = 8
_LOOK_SECONDS: Final = 2.0


async def run_mailboxes(runtime: Runtime) -> None:
    """Polls until cancelled; at most eight mailboxes at a time."""
    threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="mailbox")
    poller = Poller(runtime, threads)
    running: set[asyncio.Task[None]] = set()
    try:
        while True:
            for one in await due(runtime, _AT_ONCE - len(running)):
                task = asyncio.create_task(_guarded(poller, one))
                running.add(task)
                task.add_done_callback(running.discard)
            await asyncio.sleep(_LOOK_SECONDS)
    finally:
        await end_all(running)
        threads.shutdown(wait=False, cancel_futures=True)


async def due(runtime: Runtime, limit: int) -> list[Lease]:
    """Leases what is due."""
    if limit < 1:
        return []
    async with runtime.database.transaction(system_actor("mailbox")) as tx:
        return list(await lease_due(tx, limit))


async def _guarded(poller: Poller, lease: Lease) -> None:
    """A failure that is not the mailbox's own, such as a database gone, ends with the lease."""
    try:
        await poller.poll(lease)
    except Exception as error:
        log.error("mailbox_poll_failed", mailbox_id=str(lease.mailbox.id), error=type(error).__name__)
