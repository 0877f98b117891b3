"""Endpoints of retention rules, holds and purges."""

from typing import Any

from litestar import get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from careloom.compliance.commands import holds, purge, rules
from careloom.compliance.queries import retention
from careloom.compliance.types.retention import (
    DataClass,
    Hold,
    HoldId,
    Lifting,
    NewDefault,
    NewHold,
    NewRule,
    Outlook,
    Purge,
    RegionDefault,
    Rule,
)
from careloom.organizations.types import ClientId
from careloom.platform.paging import Page
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit


@get("/clients/{client_id:uuid}/retention", summary="How long a client's data is kept")
async def get_rules(unit: Unit, client_id: FromPath[ClientId]) -> Page[Rule]:
    """For each class of data: the client's own rule, else its region's, else for good."""
    return Page(tuple(await unit.read(lambda tx: retention.list_rules(tx, unit.actor, client_id))))


@put("/clients/{client_id:uuid}/retention/{data_class:str}", summary="Set how long a class of data is kept")
async def set_rule(
    unit: Unit, client_id: FromPath[ClientId], data_class: FromPath[DataClass], data: JSONBody[NewRule]
) -> Rule:
    """Takes effect at night, or with a purge by hand; look at the outlook first."""
    return await unit.write(lambda tx: rules.set_rule(tx, unit.actor, client_id, data_class, data))


@get("/clients/{client_id:uuid}/retention/outlook", summary="What a purge would take now")
async def get_outlook(unit: Unit, client_id: FromPath[ClientId]) -> Page[Outlook]:
    """A dry run; nothing is changed."""
    return Page(tuple(await unit.read(lambda tx: purge.outlook(tx, unit.actor, unit.runtime.files, client_id))))


@post("/clients/{client_id:uuid}/retention/{data_class:str}/purge", status_code=202, summary="Purge now")
async def start_purge(unit: Unit, client_id: FromPath[ClientId], data_class: FromPath[DataClass]) -> None:
    """Runs in the background; its record appears among the purges."""
    await unit.write(lambda tx: purge.request_purge(tx, unit.actor, client_id, data_class))


@get("/retention-defaults", summary="How long data is kept by region")
async def get_defaults(unit: Unit) -> Page[RegionDefault]:
    """For clients that have no rule of their own."""
    return Page(tuple(await unit.read(lambda tx: retention.list_defaults(tx, unit.actor))))


@put("/retention-defaults/{region:str}/{data_class:str}", summary="Set how long a region's data is kept")
async def set_default(
    unit: Unit, region: FromPath[str], data_class: FromPath[DataClass], data: JSONBody[NewDefault]
) -> RegionDefault:
    """Needs an administrator of the whole installation."""
    return await unit.write(lambda tx: rules.set_default(tx, unit.actor, region, data_class, data))


@get("/purges", summary="Records of purges, newest first")
async def get_purges(
    unit: Unit, client_id: FromQuery[ClientId | None] = None, limit: Limit = 50, after: After = None
) -> Page[Purge]:
    """What went, by which rule, and that nothing due was left."""
    return await unit.read(lambda tx: retention.list_purges(tx, unit.actor, client_id, limit, after))


@get("/holds", summary="Legal holds, newest first")
async def get_holds(
    unit: Unit,
    client_id: FromQuery[ClientId | None] = None,
    active: FromQuery[bool] = True,
    limit: Limit = 50,
    after: After = None,
) -> Page[Hold]:
    """Those that stand; with `active=false` also those that are lifted or over."""
    return await unit.read(
        lambda tx: retention.list_holds(tx, unit.actor, client_id, active=active, limit=limit, after=after)
    )


@post("/holds", summary="Place a legal hold")
async def place_hold(unit: Unit, data: JSONBody[NewHold]) -> Hold:
    """While it stands nothing within it is removed, whatever a rule or a request says."""
    return await unit.write(lambda tx: holds.place_hold(tx, unit.actor, data))


@post("/holds/{hold_id:uuid}/lift", status_code=200, summary="Lift a legal hold")
async def lift_hold(unit: Unit, hold_id: FromPath[HoldId], data: JSONBody[Lifting]) -> Hold:
    """What is overdue goes with the next purge."""
    return await unit.write(lambda tx: holds.lift_hold(tx, unit.actor, hold_id, data.reason))


handlers: list[Any] = [
    get_rules,
    get_outlook,
    set_rule,
    start_purge,
    get_defaults,
    set_default,
    get_purges,
    get_holds,
    place_hold,
    lift_hold,
]
