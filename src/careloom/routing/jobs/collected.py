"""What routing runs in the background, for the composition root."""

from collections.abc import Awaitable, Callable

from careloom.platform.eventlog.consumer import Consumer
from careloom.platform.runtime import Runtime
from careloom.routing.jobs.agents import AGENTS
from careloom.routing.jobs.dispatcher import run_router
from careloom.routing.jobs.figures import FIGURES


def consumers(_runtime: Runtime) -> list[Consumer]:
    """Offers that ended elsewhere, states that follow contacts, and the live board's counters."""
    return [AGENTS, FIGURES]


def loops(runtime: Runtime) -> dict[str, Callable[[], Awaitable[None]]]:
    """The router, which runs in every process of its role; one of them is active for each provider."""
    return {"router": lambda: run_router(runtime)}
