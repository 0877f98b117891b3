"""Endpoints of one's own session: sign in, sign out, who am I."""

from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.params import JSONBody

from careloom.identity.commands import sessions
from careloom.identity.commands.authentication import Asked, actor_by_session
from careloom.identity.http.authentication import COOKIE, describe, origin_of, signed_in
from careloom.identity.queries.people import get_person
from careloom.identity.types import Credentials, Me, PasswordChange, PersonId
from careloom.platform.access import system_actor
from careloom.platform.errors import NotSignedInError
from careloom.platform.web.unit import Process, Unit


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


handlers = [sign_in, get_session, sign_out, change_my_password]
