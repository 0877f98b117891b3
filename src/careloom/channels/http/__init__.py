"""Endpoints of the channels, one noun a file."""

from litestar import Router

from careloom.channels.http import chat_widgets, email, inbound, mailboxes

_HANDLERS = [*inbound.handlers, *email.handlers, *mailboxes.handlers, *chat_widgets.handlers]
router = Router("/", route_handlers=_HANDLERS, tags=["channels"])
