"""Endpoints of sign-in, people, roles and API keys."""

from litestar import Router

from careloom.identity.http import people, session

router = Router("/", route_handlers=[*session.handlers, *people.handlers], tags=["identity"])
