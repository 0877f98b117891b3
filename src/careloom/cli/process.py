"""One running process: its loops, until a signal asks it to stop."""

import asyncio
import resource
import signal

import structlog

from careloom.platform.loops import Loop, end_all, keep_running, pause

log = structlog.get_logger()
_OPEN_FILES = 65_536
"""Far more connections than one process serves; some systems give a number with which programs do not reckon."""


def allow_connections() -> None:
    """Lets this process hold as many connections as the system lets it ask for: many shells begin with 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def run_loops(loops: dict[str, Loop], stopping: asyncio.Event, drain_seconds: int = 0) -> None:
    """Runs all `loops`, each started again after a failure, until SIGTERM or SIGINT; then waits for their end.

    Sets `stopping` then, and lets them run for another `drain_seconds`, or until a second signal.
    """
    hurry = asyncio.Event()

    def heard() -> None:
        (hurry if stopping.is_set() else stopping).set()

    event_loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        event_loop.add_signal_handler(number, heard)
    running = {asyncio.create_task(keep_running(name, loop), name=name) for name, loop in loops.items()}
    await stopping.wait()
    log.info("stopping", drain_seconds=drain_seconds)
    await pause(hurry, drain_seconds)
    await end_all(running)
