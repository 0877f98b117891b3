"""Prometheus metrics of the web role, and the middleware that counts requests and names them."""

import time
from typing import Any, cast

import structlog
from litestar import Request, Response
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Counter, Histogram

from careloom.platform.ids import new_id

log = structlog.get_logger()

REQUESTS = Counter("careloom_http_requests_total", "HTTP requests.", ["method", "route", "status"])
SECONDS = Histogram(
    "careloom_http_request_seconds",
    "Time to answer.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


class RequestTrail(ASGIMiddleware):
    """Gives each request an id, logs and counts it by its route, never by its full path or body."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Runs the request with its id in logs, in its problem documents and in `X-Request-Id`."""
        request_id = str(new_id())
        scope.setdefault("state", {})["request_id"] = request_id
        method = str(scope.get("method", ""))
        started = time.perf_counter()
        status: int | None = None

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        bound = structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            await next_app(scope, receive, send_with_id)
        except Exception as error:
            # What a route's own middleware raises would be answered outside, without the id, and counted as ours.
            if status is not None:
                raise
            request: Request[Any, Any, Any] = Request(scope, receive)
            await _told(request, error).to_asgi_response(None, request)(scope, receive, send_with_id)
        finally:
            seconds = time.perf_counter() - started
            route = str(scope.get("path_template") or "unmatched")
            status = status or 500
            REQUESTS.labels(method, route, status).inc()
            SECONDS.labels(route).observe(seconds)
            log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))
            structlog.contextvars.reset_contextvars(**bound)


def _told(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """What the application answers to an error: that of the first of its kinds."""
    handlers: dict[Any, Any] = cast("Any", request.app).exception_handlers
    return next(tell for kind, tell in handlers.items() if isinstance(error, kind))(request, error)
