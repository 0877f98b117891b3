"""Who may come in: the widget's key, the page's origin, how often an address asks."""

from typing import Any

from litestar.connection import ASGIConnection

from careloom.channels.core.chat.origins import may_use
from careloom.channels.core.chat.signatures import visitor_of
from careloom.channels.http.chat.gateway import ChatGateway
from careloom.channels.queries.chat_widgets import ChatEntry
from careloom.channels.types import VisitorId
from careloom.platform.errors import ForbiddenError, NotFoundError
from careloom.platform.runtime import Runtime
from careloom.platform.web.provide import client_ip
from careloom.platform.web.throttle import Throttle

Connection = ASGIConnection[Any, Any, Any, Any]


def gateway_of(connection: Connection) -> ChatGateway:
    """The process's chat gateway."""
    return connection.app.state.chat


async def enter(
    runtime: Runtime, connection: Connection, key: str, throttle: Throttle | None = None, *, page: bool = True
) -> ChatEntry:
    """The widget that `connection` may use.

    `page`: the request must name the origin of its page, as browsers do wherever it matters. Raises NotFoundError
    for a key that opens nothing, ForbiddenError for another's page, TooManyRequestsError.
    """
    gateway = gateway_of(connection)
    limits = gateway.limits
    limits.take(throttle or limits.requests, client_ip(runtime, connection))
    entry = await gateway.directory.find(key)
    if entry is None:
        raise NotFoundError("There is no such widget.")
    origin = connection.headers.get("origin")
    if not may_use(origin, entry.widget.origins, own=runtime.settings.base_url, required=page):
        raise ForbiddenError("This page may not use this widget.")
    return entry


def visitor_by(runtime: Runtime, entry: ChatEntry, secret: str | None) -> VisitorId | None:
    """Whose secret this is at the widget; None for none."""
    return visitor_of(runtime.secret, entry.widget.id, secret) if secret else None
