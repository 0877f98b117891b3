"""The authentication of every request, and the cookie that carries a session."""

from typing import Any

from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from careloom.identity.commands import sessions
from careloom.identity.commands.authentication import (
    Asked,
    actor_by_api_key,
    actor_by_session,
    csrf_matches,
    csrf_token,
)
from careloom.identity.errors import ForgedRequestError
from careloom.identity.types import ClientBadge, Me, Person, StartedSession
from careloom.organizations.queries import badges
from careloom.platform.access import Actor
from careloom.platform.errors import NotSignedInError
from careloom.platform.runtime import Runtime
from careloom.platform.web.provide import client_ip

COOKIE = "careloom_session"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


async def authenticate(runtime: Runtime, connection: ASGIConnection[Any, Any, Any, Any]) -> Actor:
    """The actor of a request or WebSocket; raises NotSignedInError, ForgedRequestError."""
    asked = Asked(client_ip(runtime, connection), connection.scope.get("state", {}).get("request_id"))
    authorization = connection.headers.get("authorization", "")
    if authorization.lower().startswith("bearer clk_"):
        return await actor_by_api_key(runtime, authorization[7:].strip(), asked)
    secret = connection.cookies.get(COOKIE)
    if not secret:
        raise NotSignedInError
    method = connection.scope.get("method", "GET")
    token = connection.headers.get("x-csrf-token", "")
    if method not in _SAFE and not csrf_matches(runtime.secret, secret, token):
        raise ForgedRequestError
    return await actor_by_session(runtime, secret, asked)


def signed_in(runtime: Runtime, started: StartedSession, me: Me) -> Response[Me]:
    """The answer to a sign-in, with its cookie."""
    cookie = Cookie(
        key=COOKIE,
        value=started.secret,
        httponly=True,
        samesite="lax",
        secure=runtime.settings.secure_cookies,
        path="/",
    )
    return Response(me, cookies=[cookie], headers={"Cache-Control": "no-store"})


def origin_of(runtime: Runtime, request: Request[Any, Any, Any]) -> sessions.Origin:
    """Where a sign-in comes from."""
    return sessions.Origin(client_ip(runtime, request), request.headers.get("user-agent"))


async def describe(runtime: Runtime, actor: Actor, person: Person, secret: str | None) -> Me:
    """What the interface needs to know of the person who has signed in."""
    async with runtime.database.transaction(actor) as tx:
        clients = await badges(tx, actor.client_ids)
    return Me(
        person=person,
        permissions=tuple(sorted(actor.permissions)),
        clients=tuple(ClientBadge(one.id, one.name, one.color) for one in clients),
        csrf_token=csrf_token(runtime.secret, secret) if secret else "",
        demo=runtime.settings.demo,
    )
