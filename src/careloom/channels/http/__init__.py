"""Endpoints of the channels, one noun a file."""

from litestar import Router

from careloom.channels.http import inbound

router = Router("/", route_handlers=[*inbound.handlers], tags=["channels"])
