"""One running process: its loops, until a signal asks it to stop."""

import asyncio
import signal

import structlog

from careloom.platform.loops import Loop, keep_running

log = structlog.get_logger()
_ASK_AGAIN_SECONDS = 10.0


async def run_loops(loops: dict[str, Loop]) -> None:
    """Runs all `loops`, each started again after a failure, until SIGTERM or SIGINT; then waits for their end."""
    stop = asyncio.Event()
    event_loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        event_loop.add_signal_handler(number, stop.set)
    running = {asyncio.create_task(keep_running(name, loop), name=name) for name, loop in loops.items()}
    await stop.wait()
    log.info("stopping")
    while running:
        for one in running:
            one.cancel()
        _, running = await asyncio.wait(running, timeout=_ASK_AGAIN_SECONDS)
        if running:
            log.warning("still_stopping", parts=sorted(one.get_name() for one in running))
