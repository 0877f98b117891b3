"""Endpoints of macros."""

from typing import Annotated

from litestar import Router, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from careloom.knowledge import commands, queries
from careloom.knowledge.types import Macro, MacroChanges, MacroId, NewMacro
from careloom.organizations.types import ClientId, ProgramId
from careloom.platform.paging import Page
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit


@get("/macros", summary="Macros")
async def get_macros(
    unit: Unit,
    client_id: FromQuery[ClientId | None] = None,
    program_id: FromQuery[ProgramId | None] = None,
    search: Annotated[str | None, QueryParameter(max_length=120)] = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[Macro]:
    """By name; `search` is the beginning of a name or shortcut."""
    return await unit.read(lambda tx: queries.list_macros(tx, unit.actor, client_id, program_id, search, limit, after))


@post("/macros", summary="Make a macro")
async def create_macro(unit: Unit, data: JSONBody[NewMacro]) -> Macro:
    """For one program, or for all of a client's."""
    return await unit.write(lambda tx: commands.create_macro(tx, unit.actor, data))


@get("/macros/{macro_id:uuid}", summary="A macro")
async def get_macro(unit: Unit, macro_id: FromPath[MacroId]) -> Macro:
    """One macro."""
    return await unit.read(lambda tx: queries.get_macro(tx, unit.actor, macro_id))


@patch("/macros/{macro_id:uuid}", summary="Change a macro")
async def change_macro(unit: Unit, macro_id: FromPath[MacroId], data: JSONBody[MacroChanges]) -> Macro:
    """Changes the fields that are given."""
    return await unit.write(lambda tx: commands.change_macro(tx, unit.actor, macro_id, data))


@delete("/macros/{macro_id:uuid}", summary="Remove a macro")
async def delete_macro(unit: Unit, macro_id: FromPath[MacroId]) -> None:
    """What was sent with it stays as it is."""
    await unit.write(lambda tx: commands.delete_macro(tx, unit.actor, macro_id))


router = Router(
    "/",
    route_handlers=[get_macros, create_macro, get_macro, change_macro, delete_macro],
    tags=["knowledge"],
)
