"""Endpoints of queues, skills, presence, offers, assignment and the live board."""

from litestar import Router

from careloom.routing.http import agents, assignment, live, offers, queues

router = Router(
    "/",
    route_handlers=[*queues.handlers, *agents.handlers, *offers.handlers, *assignment.handlers, *live.handlers],
    tags=["routing"],
)
