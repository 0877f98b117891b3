"""The authentication of every request, and the cookie that carries a session."""

from typing import Any

from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie, State
from msgspec.structs import replace

from careloom.identity.commands.authentication import (
    Asked,
    actor_by_api_key,
    actor_by_session,
    csrf_matches,
    csrf_token,
)
from careloom.identity.errors import ForgedRequestError, UnfinishedSignInError
from careloom.identity.queries.glass import open_glass
from careloom.identity.queries.sessions import holder_of
from careloom.identity.types import ClientBadge, Me, Pending, Person
from careloom.identity.types.sign_in import Holder, Origin, StartedSession
from careloom.organizations.queries import badges
from careloom.platform.access import Actor, system_actor
from careloom.platform.coalesce import Shared
from careloom.platform.database.transactions import widened
from careloom.platform.errors import NotSignedInError
from careloom.platform.runtime import Runtime
from careloom.platform.web.provide import client_ip
from careloom.platform.web.request import header

_COOKIE = "careloom_session"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SYSTEM = system_actor("session")

Connection = ASGIConnection[Any, Any, Any, Any]
Asking = Request[Any, Any, State]


async def authenticate(runtime: Runtime, connection: Connection) -> Actor:
    """The actor of a request or WebSocket; raises NotSignedInError, ForgedRequestError."""
    asked = asked_of(runtime, connection)
    authorization = header(connection, b"authorization") or ""
    if authorization.lower().startswith("bearer clk_"):
        actor = await connection.app.state.key_actors((authorization[7:].strip(), asked.ip))
        return replace(actor, request_id=asked.request_id)
    return await actor_by_session(runtime, proven_secret(runtime, connection), asked)


def asked_of(runtime: Runtime, connection: Connection) -> Asked:
    """Where a request comes from."""
    return Asked(client_ip(runtime, connection), connection.scope.get("state", {}).get("request_id"))


def key_actors(runtime: Runtime) -> Shared[tuple[str, str | None], Actor]:
    """The actors of API keys, by key and address: requests that arrive at the same time share one look-up."""
    return Shared(lambda asked: actor_by_api_key(runtime, asked[0], Asked(asked[1])))


async def holder(runtime: Runtime, request: Asking) -> Holder:
    """Whose session a request comes with, also one that lacks its second factor; an API key is none.

    Raises NotSignedInError, ForgedRequestError.
    """
    secret, asked = proven_secret(runtime, request), asked_of(runtime, request)
    async with runtime.database.transaction(_SYSTEM) as tx:
        return await holder_of(tx, secret, asked.ip, asked.request_id)


async def whole_holder(runtime: Runtime, request: Asking) -> Holder:
    """The same, of a sign-in that is finished; raises UnfinishedSignInError as well."""
    mine = await holder(runtime, request)
    if mine.pending is not None:
        raise UnfinishedSignInError
    return mine


def proven_secret(runtime: Runtime, connection: Connection) -> str:
    """The session's secret, where a change also carries its token; raises NotSignedInError, ForgedRequestError."""
    secret = session_secret(runtime, connection)
    if not secret:
        raise NotSignedInError
    method = connection.scope.get("method", "GET")
    token = connection.headers.get("x-csrf-token", "")
    if method not in _SAFE and not csrf_matches(runtime.secret, secret, token):
        raise ForgedRequestError
    return secret


def session_cookie(runtime: Runtime, secret: str) -> Cookie:
    """The cookie that carries a session's secret, out of reach of scripts and, by https, of other hosts."""
    secure = runtime.settings.by_https
    return Cookie(key=_name(runtime), value=secret, httponly=True, samesite="lax", secure=secure, path="/")


def session_secret(runtime: Runtime, connection: Connection) -> str | None:
    """The session's secret that a request comes with, if any."""
    return connection.cookies.get(_name(runtime))


def _name(runtime: Runtime) -> str:
    return f"__Host-{_COOKIE}" if runtime.settings.by_https else _COOKIE


async def signed_in(runtime: Runtime, request: Asking, started: StartedSession) -> Response[Me]:
    """The answer to a sign-in, with its cookie."""
    if started.pending is None:
        actor = await actor_by_session(runtime, started.secret, Asked(client_ip(runtime, request)))
        me = await describe(runtime, actor, started.person, started.secret)
    else:
        me = unfinished(runtime, started.person, started.pending, started.secret)
    return Response(me, cookies=[session_cookie(runtime, started.secret)], headers={"Cache-Control": "no-store"})


def origin_of(runtime: Runtime, request: Request[Any, Any, Any]) -> Origin:
    """Where a sign-in comes from."""
    return Origin(client_ip(runtime, request), request.headers.get("user-agent"))


async def describe(runtime: Runtime, actor: Actor, person: Person, secret: str | None) -> Me:
    """What the interface needs to know of the person who has signed in."""
    async with runtime.database.transaction(actor) as tx:
        clients = await badges(tx, actor.client_ids)
        async with widened(tx):
            glass = None if actor.glass is None else await open_glass(tx, actor, actor.glass)
    return Me(
        person=person,
        permissions=tuple(sorted(actor.permissions)),
        clients=tuple(ClientBadge(one.id, one.name, one.color) for one in clients),
        csrf_token=csrf_token(runtime.secret, secret) if secret else "",
        demo=runtime.settings.demo,
        base_url=runtime.settings.base_url,
        glass=glass,
    )


def unfinished(runtime: Runtime, person: Person, pending: Pending, secret: str) -> Me:
    """What the interface needs to know to finish a sign-in: no permission, no client."""
    settings = runtime.settings
    return Me(person, (), (), csrf_token(runtime.secret, secret), settings.demo, settings.base_url, pending)
