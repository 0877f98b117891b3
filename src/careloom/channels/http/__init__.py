"""Endpoints of the channels, one noun a file."""

from litestar import Router

from careloom.channels.http import chat_widgets, email, inbound

router = Router("/", route_handlers=[*inbound.handlers, *email.handlers, *chat_widgets.handlers], tags=["channels"])
