"""A part of a process that never ends: started again after a failure, with a growing pause."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import structlog

log = structlog.get_logger()

Loop = Callable[[], Awaitable[None]]
_FIRST_WAIT, _LONGEST_WAIT = 0.2, 5.0
_LONG_ENOUGH = 30.0
_ASK_AGAIN_SECONDS = 10.0


async def keep_running(name: str, loop: Loop) -> None:
    """Runs `loop` again and again until cancelled; a failure is logged, and a pause of 0.2 to 5 s follows."""
    wait = _FIRST_WAIT
    clock = asyncio.get_running_loop()
    while True:
        started = clock.time()
        with contextlib.suppress(Exception):
            await _logged(name, loop)
        if clock.time() - started > _LONG_ENOUGH:
            wait = _FIRST_WAIT
        await asyncio.sleep(wait)
        wait = min(wait * 2, _LONGEST_WAIT)


async def end_all(parts: Iterable[asyncio.Task[Any]]) -> None:
    """Cancels all and waits until they have ended, however; who loses that, as libraries do now and then, is asked
    again.
    """
    running = set(parts)
    while running:
        for one in running:
            one.cancel()
        ended, running = await asyncio.wait(running, timeout=_ASK_AGAIN_SECONDS)
        await asyncio.gather(*ended, return_exceptions=True)
        if running:
            log.warning("still_stopping", parts=sorted(one.get_name() for one in running))


async def pause(wake: asyncio.Event, seconds: float) -> None:
    """Waits until `wake` is set, at most `seconds`; a cancellation is never lost, as `asyncio.wait_for` may lose it."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await wake.wait()


async def _logged(name: str, loop: Loop) -> None:
    try:
        await loop()
    except Exception as error:
        log.error("part_failed", part=name, error=type(error).__name__, exc_info=error)
        raise
