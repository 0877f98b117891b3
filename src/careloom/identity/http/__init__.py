"""Endpoints of sign-in, people, roles and API keys."""

from litestar import Router

from careloom.identity.http import factors, people, policies, session

router = Router(
    "/",
    route_handlers=[*session.handlers, *factors.handlers, *policies.handlers, *people.handlers],
    tags=["identity"],
)
