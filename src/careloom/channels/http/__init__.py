"""Endpoints of the channels, one noun a file."""

from litestar import Router

from careloom.channels.http import chat_widgets, delivery, email, inbound, mailboxes, signing, suppression

_HANDLERS = [
    *inbound.handlers,
    *email.handlers,
    *delivery.handlers,
    *mailboxes.handlers,
    *signing.handlers,
    *suppression.handlers,
    *chat_widgets.handlers,
]
router = Router("/", route_handlers=_HANDLERS, tags=["channels"])
