"""Endpoints of the live board."""

from litestar import get
from msgspec import Struct

from careloom.platform.web.unit import Unit
from careloom.routing.queries import live as queries
from careloom.routing.types import AgentNow, QueueNow


class LiveQueues(Struct, frozen=True):
    """Queues at this moment."""

    items: tuple[QueueNow, ...]


class LiveAgents(Struct, frozen=True):
    """Agents at this moment."""

    items: tuple[AgentNow, ...]


@get("/live/queues", summary="Queues at this moment")
async def get_live_queues(unit: Unit) -> LiveQueues:
    """Lines, today's counts in the program's time zone, and the service level of the last four quarter hours."""
    return LiveQueues(tuple(await unit.read(lambda tx: queries.live_queues(tx, unit.actor))))


@get("/live/agents", summary="Agents at this moment")
async def get_live_agents(unit: Unit) -> LiveAgents:
    """Who is at work, in which state, and how full."""
    return LiveAgents(tuple(await unit.read(lambda tx: queries.live_agents(tx, unit.actor))))


handlers = [get_live_queues, get_live_agents]
