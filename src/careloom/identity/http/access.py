"""Endpoints that explain access: who may do what, where and why; what someone sees."""

from collections.abc import Mapping
from typing import Annotated

from litestar import get
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, QueryParameter

from careloom.identity.ports import Peek
from careloom.identity.queries import access
from careloom.identity.types import PersonId
from careloom.identity.types.access import PersonAccess, Verdict, View
from careloom.organizations.types import ClientId, ProgramId
from careloom.platform.access import Permission
from careloom.platform.paging import Page
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit


@get("/access", summary="Who may do what, where and why")
async def get_access(
    unit: Unit,
    client_id: FromQuery[ClientId | None] = None,
    permission: FromQuery[Permission | None] = None,
    search: Annotated[str | None, QueryParameter(max_length=100)] = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[PersonAccess]:
    """People by name with the grants that count; a page can hold fewer than `limit` and still have a `next`."""
    return await unit.read(
        lambda tx: access.list_access(
            tx, unit.actor, client_id=client_id, permission=permission, search=search, limit=limit, after=after
        )
    )


@get("/access/{person_id:uuid}", summary="What someone may do, where and why")
async def get_one_access(unit: Unit, person_id: FromPath[PersonId]) -> PersonAccess:
    """A person with the grants over what you see yourself."""
    return await unit.read(lambda tx: access.get_access(tx, unit.actor, person_id))


@get("/people/{person_id:uuid}/may", summary="May someone do this, there?")
async def get_may(
    unit: Unit,
    person_id: FromPath[PersonId],
    permission: FromQuery[Permission] = Permission.CONVERSATIONS_READ,
    client_id: FromQuery[ClientId | None] = None,
    program_id: FromQuery[ProgramId | None] = None,
) -> Verdict:
    """Yes, because of which grants and under which conditions; or why not. Without a client: anywhere."""
    return await unit.read(lambda tx: access.may(tx, unit.actor, person_id, permission, client_id, program_id))


@get("/people/{person_id:uuid}/view", summary="What someone sees")
async def get_view(unit: Unit, state: State, person_id: FromPath[PersonId]) -> View:
    """Clients, permissions and the beginning of lists, by the person's own scope in the database, held to yours; what
    is sensitive in them is noted as it is where you open the list yourself.
    """
    peeks: Mapping[str, Peek] = state.peeks
    view, reads = await access.view_of(unit.runtime.database, unit.actor, person_id, peeks)
    await unit.note(reads)
    return view


handlers = [get_access, get_one_access, get_may, get_view]
