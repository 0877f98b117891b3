"""Endpoints of sign-in, people, roles and API keys; and the authentication of every request."""

from typing import Annotated, Any

from litestar import Request, Response, Router, delete, get, patch, post, put
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie, State
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from careloom.identity.commands import keys, people, sessions
from careloom.identity.commands.authentication import (
    Asked,
    actor_by_api_key,
    actor_by_session,
    csrf_matches,
    csrf_token,
)
from careloom.identity.core.roles import PERMISSIONS
from careloom.identity.errors import ForgedRequestError
from careloom.identity.queries.keys import list_api_keys
from careloom.identity.queries.people import get_person, list_people
from careloom.identity.types import (
    ApiKey,
    ApiKeyId,
    ClientBadge,
    Credentials,
    Grants,
    MadeApiKey,
    Me,
    NewApiKey,
    NewPassword,
    NewPerson,
    PasswordChange,
    Person,
    PersonChanges,
    PersonId,
    StartedSession,
)
from careloom.organizations.queries import badges
from careloom.organizations.types import ClientId, ProviderId
from careloom.platform.access import Actor, Permission, system_actor
from careloom.platform.errors import NotSignedInError
from careloom.platform.paging import Page
from careloom.platform.runtime import Runtime
from careloom.platform.web.http import After, Limit
from careloom.platform.web.provide import client_ip
from careloom.platform.web.unit import Process, Unit

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


@post("/session", status_code=200, summary="Sign in")
async def sign_in(request: Request[Any, Any, State], runtime: Process, data: JSONBody[Credentials]) -> Response[Me]:
    """Sets the session cookie. The CSRF token in the answer goes with every change as `X-CSRF-Token`."""
    hours = runtime.settings.session_hours
    started = await sessions.sign_in(runtime.database, data, origin_of(runtime, request), hours)
    actor = await actor_by_session(runtime, started.secret, Asked())
    return signed_in(runtime, started, await describe(runtime, actor, started.person, started.secret))


@get("/session", summary="Who am I")
async def get_session(request: Request[Any, Any, State], unit: Unit) -> Me:
    """The signed-in person, what they may do anywhere, and the clients they see."""
    if unit.actor.person_id is None:
        raise NotSignedInError
    person_id = PersonId(unit.actor.person_id)
    async with unit.runtime.database.transaction(system_actor("me")) as tx:
        person = await get_person(tx, unit.actor, person_id)
    return await describe(unit.runtime, unit.actor, person, request.cookies.get(COOKIE))


@delete("/session", summary="Sign out")
async def sign_out(request: Request[Any, Any, State], unit: Unit) -> None:
    """Ends this session."""
    secret = request.cookies.get(COOKIE)
    if secret:
        async with unit.runtime.database.transaction(system_actor("sign-out")) as tx:
            await sessions.sign_out(tx, secret, unit.actor.ip)


@post("/session/password", status_code=204, summary="Change my password")
async def change_my_password(unit: Unit, data: JSONBody[PasswordChange]) -> None:
    """Ends all my sessions; sign in again with the new one."""
    await unit.write(lambda tx: sessions.change_own_password(tx, unit.actor, data.current, data.new))


@get("/roles", summary="What each role may do", sync_to_thread=False)
def get_roles(unit: Unit) -> dict[str, list[str]]:
    """Role names with their permissions."""
    unit.actor.require(Permission.ORGANIZATIONS_READ)
    return {role.value: sorted(permissions) for role, permissions in PERMISSIONS.items()}


@get("/people", summary="People")
async def get_people(
    unit: Unit,
    client_id: FromQuery[ClientId | None] = None,
    provider_id: FromQuery[ProviderId | None] = None,
    search: Annotated[str | None, QueryParameter(max_length=100)] = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[Person]:
    """People of your providers and clients, by name."""
    return await unit.read(
        lambda tx: list_people(
            tx, unit.actor, client_id=client_id, provider_id=provider_id, search=search, limit=limit, after=after
        )
    )


@post("/people", summary="Make a person")
async def create_person(unit: Unit, data: JSONBody[NewPerson]) -> Person:
    """Someone who can sign in. You can grant only what you hold."""
    return await unit.write(lambda tx: people.create_person(tx, unit.actor, data))


@get("/people/{person_id:uuid}", summary="A person")
async def get_one_person(unit: Unit, person_id: FromPath[PersonId]) -> Person:
    """One person."""
    return await unit.read(lambda tx: get_person(tx, unit.actor, person_id))


@patch("/people/{person_id:uuid}", summary="Change a person")
async def change_person(unit: Unit, person_id: FromPath[PersonId], data: JSONBody[PersonChanges]) -> Person:
    """Changes the fields that are given; `active: false` signs the person out."""
    return await unit.write(lambda tx: people.change_person(tx, unit.actor, person_id, data))


@put("/people/{person_id:uuid}/grants", summary="Set what a person may do")
async def set_grants(unit: Unit, person_id: FromPath[PersonId], data: JSONBody[Grants]) -> Person:
    """Replaces the person's grants."""
    return await unit.write(lambda tx: people.set_grants(tx, unit.actor, person_id, data))


@post("/people/{person_id:uuid}/password", status_code=204, summary="Set a person's password")
async def set_password(unit: Unit, person_id: FromPath[PersonId], data: JSONBody[NewPassword]) -> None:
    """Signs the person out everywhere."""
    await unit.write(lambda tx: people.set_password(tx, unit.actor, person_id, data.password))


@get("/api-keys", summary="API keys")
async def get_api_keys(unit: Unit, limit: Limit = 50, after: After = None) -> Page[ApiKey]:
    """Your own keys, newest first; as an administrator those of your people."""
    return await unit.read(lambda tx: list_api_keys(tx, unit.actor, limit, after))


@post("/api-keys", summary="Make an API key")
async def create_api_key(unit: Unit, data: JSONBody[NewApiKey]) -> MadeApiKey:
    """The secret is in the answer and nowhere else."""
    async with unit.transaction() as tx:
        return await keys.create_api_key(tx, unit.actor, data)


@delete("/api-keys/{key_id:uuid}", summary="Revoke an API key")
async def revoke_api_key(unit: Unit, key_id: FromPath[ApiKeyId]) -> None:
    """Takes effect at the next request."""
    await unit.write(lambda tx: keys.revoke_api_key(tx, unit.actor, key_id))


router = Router(
    "/",
    route_handlers=[
        sign_in,
        get_session,
        sign_out,
        change_my_password,
        get_roles,
        get_people,
        create_person,
        get_one_person,
        change_person,
        set_grants,
        set_password,
        get_api_keys,
        create_api_key,
        revoke_api_key,
    ],
    tags=["identity"],
)
