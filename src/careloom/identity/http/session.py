"""Endpoints of sessions: sign in, sign out, who am I, where am I signed in."""

from litestar import Response, delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from careloom.identity.commands import sessions, sign_in
from careloom.identity.http.authentication import (
    Asking,
    authenticate,
    describe,
    holder,
    origin_of,
    proven_secret,
    session_secret,
    signed_in,
    unfinished,
)
from careloom.identity.queries.people import get_person
from careloom.identity.queries.sessions import list_sessions
from careloom.identity.types import Credentials, Me, PasswordChange, PersonId, SessionId
from careloom.identity.types.sign_in import Session
from careloom.platform.access import system_actor
from careloom.platform.database.transactions import widened
from careloom.platform.errors import NotSignedInError
from careloom.platform.paging import Page
from careloom.platform.web.http import After, Limit
from careloom.platform.web.provide import client_ip
from careloom.platform.web.unit import Process, Unit

_SYSTEM = system_actor("session")


@post("/session", status_code=200, summary="Sign in")
async def begin_session(request: Asking, runtime: Process, data: JSONBody[Credentials]) -> Response[Me]:
    """Sets the session cookie. The CSRF token in the answer goes with every change as `X-CSRF-Token`.

    With `pending` in the answer the sign-in still lacks its second factor.
    """
    hours = runtime.settings.session_hours
    return await signed_in(
        runtime, request, await sign_in.sign_in(runtime.database, data, origin_of(runtime, request), hours)
    )


@get("/session", summary="Who am I")
async def get_session(request: Asking, runtime: Process) -> Me:
    """The signed-in person, what they may do anywhere, and the clients they see; or what the sign-in still lacks."""
    secret = session_secret(runtime, request)
    if secret and "authorization" not in request.headers:
        mine = await holder(runtime, request)
        if mine.pending is not None:
            return unfinished(runtime, mine.person, mine.pending, secret)
    actor = await authenticate(runtime, request)
    if actor.person_id is None:
        raise NotSignedInError
    async with runtime.database.transaction(_SYSTEM) as tx:
        person = await get_person(tx, actor, PersonId(actor.person_id))
    return await describe(runtime, actor, person, secret)


@delete("/session", summary="Sign out")
async def end_session(request: Asking, runtime: Process) -> None:
    """Ends this session, whether its sign-in was finished or not."""
    await holder(runtime, request)
    async with runtime.database.transaction(_SYSTEM) as tx:
        await sessions.sign_out(tx, proven_secret(runtime, request), client_ip(runtime, request))


@post("/session/password", status_code=204, summary="Change my password")
async def change_my_password(unit: Unit, data: JSONBody[PasswordChange]) -> None:
    """Ends all my sessions; sign in again with the new one."""
    await sign_in.prove_own_password(unit.runtime.database, unit.actor, data.current)
    await unit.write(lambda tx: sign_in.change_own_password(tx, unit.actor, data.new))


@get("/sessions", summary="Running sessions")
async def get_sessions(
    request: Asking,
    unit: Unit,
    person_id: FromQuery[PersonId | None] = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[Session]:
    """Where one is signed in, newest first: oneself, or someone whom one manages."""
    whose = person_id or unit.actor.person_id
    if whose is None:
        raise NotSignedInError
    async with unit.transaction() as tx:
        await sessions.require_managed(tx, unit.actor, PersonId(whose))
        async with widened(tx):
            return await list_sessions(tx, PersonId(whose), session_secret(unit.runtime, request), limit, after)


@delete("/sessions/{session_id:uuid}", summary="End a session")
async def revoke_session(unit: Unit, session_id: FromPath[SessionId]) -> None:
    """Takes effect at its next request."""
    await unit.write(lambda tx: sessions.end_session(tx, unit.actor, session_id))


@delete("/people/{person_id:uuid}/sessions", summary="Sign a person out everywhere")
async def revoke_sessions(unit: Unit, person_id: FromPath[PersonId]) -> None:
    """Ends every session of a person."""
    await unit.write(lambda tx: sessions.end_all_sessions(tx, unit.actor, person_id))


handlers = [
    begin_session,
    get_session,
    end_session,
    change_my_password,
    get_sessions,
    revoke_session,
    revoke_sessions,
]
