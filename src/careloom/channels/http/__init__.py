"""Endpoints of the channels, one noun a file."""

from litestar import Router

from careloom.channels.http import email, inbound

router = Router("/", route_handlers=[*inbound.handlers, *email.handlers], tags=["channels"])
