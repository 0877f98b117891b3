"""A directory decides over nobody over whom who made its token could not, and gives nothing that they could not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest

from careloom.identity.commands.people import create_person
from careloom.identity.commands.roles import create_role
from careloom.identity.types import NewPerson, Person, Role, RoleGrant, ScopeKind
from careloom.identity.types.roles import NewRole
from careloom.platform.access import Permission
from tests.identity.scim.test_scim import ADA, House
from tests.world import SYSTEM, World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]
LITTLE = (Permission.SECURITY_WRITE, Permission.PEOPLE_WRITE, Permission.PEOPLE_READ, Permission.ORGANIZATIONS_READ)


class Little(House):
    """A provider, its administrator, and a directory whose token was made by someone with little (`low`)."""

    low: Person
    of_all: str
    """A token that the installation itself answers for."""


@pytest.fixture
async def house(world: World, api: httpx.AsyncClient, sign_in: SignIn) -> Little:
    built = Little(world, api, sign_in)
    await built.build()
    async with built.database.transaction(SYSTEM) as tx:
        role = await create_role(tx, SYSTEM, NewRole(built.provider.id, "Directory", LITTLE))
        grants = (RoleGrant(role.id, ScopeKind.PROVIDER, built.provider.id),)
        low = await create_person(tx, SYSTEM, NewPerson("Low", "low@harbor.example", built.provider.id, grants=grants))
    await sign_in(api, low)
    made = await api.post("/api/scim-tokens", json={"provider_id": str(built.provider.id), "name": "Mine"})
    assert made.status_code == 201, made.text
    assert made.json()["token"]["answered_by"] == "Low"
    built.low, built.of_all = low, built.bearer
    built.bearer = made.json()["secret"]
    return built


@pytest.mark.parametrize(
    "change",
    [{"path": "active", "value": False}, {"path": 'emails[type eq "work"].value', "value": "low2@harbor.example"}],
)
async def test_who_holds_more_is_neither_shut_out_nor_given_another_address(
    house: Little, change: dict[str, object]
) -> None:
    await house.patch(f"Users/{house.admin.id}", {"op": "replace", **change}, status=403)
    await house.call("DELETE", f"Users/{house.admin.id}", 403)
    user = await house.call("GET", f"Users/{house.admin.id}", 200)
    assert (user["active"], user["emails"][0]["value"]) == (True, house.admin.email)


async def test_who_holds_no_more_is_kept_by_it(house: Little) -> None:
    made = await house.call("POST", "Users", 201, ADA)
    await house.patch(f"Users/{made['id']}", {"op": "replace", "path": "active", "value": False})
    await house.call("DELETE", f"Users/{made['id']}", 204)


async def test_nobody_puts_themselves_into_a_group_that_gives_more(house: Little) -> None:
    group = await house.group("Leads")
    await house.give(group, RoleGrant(Role.ADMIN, ScopeKind.PROVIDER, house.provider.id))
    join = {"op": "add", "path": "members", "value": [{"value": str(house.low.id)}]}
    await house.patch(f"Groups/{group['id']}", join, status=403)
    assert await house.grants({"id": house.low.id}) == set(house.low.grants)
    house.bearer = house.of_all
    await house.patch(f"Groups/{group['id']}", join, status=204)
    assert Role.ADMIN in {one.role for one in await house.grants({"id": house.low.id})}
