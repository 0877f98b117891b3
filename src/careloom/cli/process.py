"""One running process: its loops, each started again after a failure, until a signal asks it to stop."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()

Loop = Callable[[], Awaitable[None]]
_FIRST_WAIT, _LONGEST_WAIT = 0.2, 5.0


async def run_loops(loops: dict[str, Loop]) -> None:
    """Runs all `loops` until SIGTERM or SIGINT, then cancels them and waits for their end."""
    stop = asyncio.Event()
    event_loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        event_loop.add_signal_handler(number, stop.set)
    running = [asyncio.create_task(_keep_running(name, loop), name=name) for name, loop in loops.items()]
    await stop.wait()
    log.info("stopping")
    for one in running:
        one.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def _keep_running(name: str, loop: Loop) -> None:
    wait = _FIRST_WAIT
    while True:
        started = asyncio.get_running_loop().time()
        with contextlib.suppress(Exception):
            await _logged(name, loop)
        if asyncio.get_running_loop().time() - started > 30:
            wait = _FIRST_WAIT
        await asyncio.sleep(wait)
        wait = min(wait * 2, _LONGEST_WAIT)


async def _logged(name: str, loop: Loop) -> None:
    try:
        await loop()
    except Exception as error:
        log.error("part_failed", part=name, error=type(error).__name__, exc_info=error)
        raise
