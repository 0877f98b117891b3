"""Endpoints of roles: those that are built in, and the providers' own."""

from typing import Annotated

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody, QueryParameter

from careloom.identity.commands import roles
from careloom.identity.queries.roles import get_role, list_roles
from careloom.identity.types.roles import NewRole, RoleChanges, RoleId, RoleSheet
from careloom.platform.paging import Page
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit


@get("/roles", summary="Roles and what they may do")
async def get_roles(unit: Unit, limit: Limit = 50, after: After = None) -> Page[RoleSheet]:
    """Your providers' own roles by name; the first page begins with those that are built in."""
    return await unit.read(lambda tx: list_roles(tx, unit.actor, limit, after))


@post("/roles", summary="Make a role")
async def create_role(unit: Unit, data: JSONBody[NewRole]) -> RoleSheet:
    """A provider's own role, for its people. You can give it only what you hold yourself."""
    return await unit.write(lambda tx: roles.create_role(tx, unit.actor, data))


@get("/roles/{role_id:str}", summary="A role")
async def get_one_role(unit: Unit, role_id: FromPath[str]) -> RoleSheet:
    """By its id; a built-in one's is its name."""
    return await unit.read(lambda tx: get_role(tx, unit.actor, role_id))


@patch("/roles/{role_id:uuid}", summary="Change a role")
async def change_role(unit: Unit, role_id: FromPath[RoleId], data: JSONBody[RoleChanges]) -> RoleSheet:
    """Counts from the next request of each who holds it. 409 where `version` is not the latest."""
    return await unit.write(lambda tx: roles.change_role(tx, unit.actor, role_id, data))


@delete("/roles/{role_id:uuid}", summary="Remove a role")
async def remove_role(
    unit: Unit,
    role_id: FromPath[RoleId],
    replacement: Annotated[str | None, QueryParameter(max_length=40)] = None,
) -> None:
    """Whoever holds it holds `replacement` from then on; 409 where people hold it and none is named."""
    await unit.write(lambda tx: roles.remove_role(tx, unit.actor, role_id, replacement))


handlers = [get_roles, create_role, get_one_role, change_role, remove_role]
