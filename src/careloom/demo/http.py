"""One-click sign-in as a persona of the demo; answers 404 where the installation is no demo."""

from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.params import JSONBody
from msgspec import Meta, Struct

from careloom.demo.world.build import demo_world
from careloom.demo.world.specs import PersonSpec
from careloom.identity.commands.sessions import start_session
from careloom.identity.http.authentication import origin_of, signed_in
from careloom.identity.queries.people import list_people
from careloom.identity.types import ClientBadge, Me, PersonId
from careloom.organizations.queries import badges
from careloom.platform.access import system_actor
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.runtime import Runtime
from careloom.platform.web.unit import Process

_SYSTEM = system_actor("demo")


class Persona(Struct, frozen=True):
    """Someone to sign in as; `title` says what this person does in the demo."""

    key: str
    name: str
    role: str
    title: str
    clients: tuple[ClientBadge, ...]


class Personas(Struct, frozen=True):
    """All personas."""

    items: tuple[Persona, ...]


class PersonaChoice(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to sign in as."""

    key: Annotated[str, Meta(max_length=60)]


@get("/demo/personas", summary="Personas of the demo")
async def get_personas(runtime: Process) -> Personas:
    """Each with the clients that they work for."""
    _require_demo(runtime)
    async with runtime.database.transaction(_SYSTEM) as tx:
        by_name = {one.name: ClientBadge(one.id, one.name, one.color) for one in await badges(tx, None)}
    world = demo_world()
    names = {one.key: one.name for one in world.clients}
    people = {one.key: one for one in world.people}
    items = tuple(
        Persona(
            key=one.key,
            name=people[one.person].name,
            role=one.role,
            title=one.title,
            clients=tuple(
                by_name[names[grant.key]]
                for grant in people[one.person].grants
                if grant.key in names and names[grant.key] in by_name
            ),
        )
        for one in world.personas
    )
    return Personas(items)


@post("/demo/session", status_code=200, summary="Sign in as a persona of the demo")
async def become_persona(
    request: Request[Any, Any, State], runtime: Process, data: JSONBody[PersonaChoice]
) -> Response[Me]:
    """Signs in without a password."""
    _require_demo(runtime)
    world = demo_world()
    persona = next((one for one in world.personas if one.key == data.key), None)
    if persona is None:
        raise NotFoundError
    person = next(one for one in world.people if one.key == persona.person)
    async with runtime.database.transaction(_SYSTEM) as tx:
        person_id = await _find(tx, person)
        started = await start_session(tx, person_id, origin_of(runtime, request), runtime.settings.session_hours)
    return await signed_in(runtime, request, started)


async def _find(tx: Tx, person: PersonSpec) -> PersonId:
    page = await list_people(tx, _SYSTEM, search=person.email)
    if not page.items:
        raise NotFoundError("The demo is still being set up; try again in a moment.")
    return page.items[0].id


def _require_demo(runtime: Runtime) -> None:
    if not runtime.settings.demo:
        raise NotFoundError


router = Router("/", route_handlers=[get_personas, become_persona], tags=["demo"], include_in_schema=False)
