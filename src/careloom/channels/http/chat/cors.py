"""Lets pages of other origins read the widget's endpoints; whether they may use them is checked in each."""

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

_PREFLIGHT = (
    (b"access-control-allow-headers", b"Content-Type, X-Visitor-Secret, Idempotency-Key"),
    (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
    (b"access-control-max-age", b"86400"),
)


class ChatCors(ASGIMiddleware):
    """Names the asking page's origin in every answer, also in refusals, so that the widget can tell them apart.

    Nothing here is done by cookies, so a page learns no more than it would by asking from its own server.
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Answers as the handler does, with the headers that browsers want."""
        origin = next((value for name, value in scope["headers"] if name == b"origin"), None)
        headers = [(b"vary", b"Origin"), (b"cross-origin-resource-policy", b"cross-origin")]
        if origin is not None:
            headers.append((b"access-control-allow-origin", origin))
            if scope.get("method") == "OPTIONS":
                headers.extend(_PREFLIGHT)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        await next_app(scope, receive, send_with_headers)
