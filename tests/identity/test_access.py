"""Who may do what, where and why; what someone sees: computed as every request computes it, shown no further."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from careloom.customers.commands.profile import create_customer
from careloom.customers.types import NewCustomer
from careloom.identity.commands.people import change_person, create_person
from careloom.identity.types import NewPerson, Person, PersonChanges, Role, RoleGrant, ScopeKind
from careloom.platform.audit import list_audit
from careloom.platform.database.transactions import Database
from tests.world import SYSTEM, World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]


class House:
    """A provider with two clients; an agent of both, a lead of the second's only program, an officer of the first."""

    def __init__(self, world: World, api: httpx.AsyncClient, sign_in: SignIn) -> None:
        self.world, self.api, self.sign_in = world, api, sign_in

    async def build(self) -> House:
        self.provider = await self.world.provider()
        self.first, self.second = await self.world.client("First"), await self.world.client("Second")
        self.program = await self.world.program(self.first, self.provider, name="Care")
        self.other = await self.world.program(self.second, self.provider, name="Sales")
        self.agent = await self.world.agent(self.provider, self.first, self.second, name="Ana Agent")
        self.lead = await self.hire("Lee Lead", RoleGrant(Role.TEAM_LEAD, ScopeKind.PROGRAM, self.other.id))
        self.officer = await self.hire(
            "Ola Officer", RoleGrant(Role.COMPLIANCE_OFFICER, ScopeKind.CLIENT, self.first.id)
        )
        self.admin = await self.hire("Ada Admin", RoleGrant(Role.ADMIN, ScopeKind.EVERYTHING))
        async with self.world.database.transaction(SYSTEM) as tx:
            for client in (self.first, self.second):
                await create_customer(tx, SYSTEM, NewCustomer(client_id=client.id, name=f"Customer of {client.name}"))
        return self

    async def hire(self, name: str, *grants: RoleGrant) -> Person:
        email = f"{name.partition(' ')[0]}@example.org".lower()
        new = NewPerson(name=name, email=email, provider_id=self.provider.id, grants=grants)
        async with self.world.database.transaction(SYSTEM) as tx:
            return await create_person(tx, SYSTEM, new)

    async def ask(self, who: Person, path: str, **params: Any) -> Any:
        await self.sign_in(self.api, who)
        answer = await self.api.get(path, params={key: str(one) for key, one in params.items()})
        assert answer.is_success, answer.text
        return answer.json()


@pytest.fixture
async def house(world: World, api: httpx.AsyncClient, sign_in: SignIn) -> House:
    return await House(world, api, sign_in).build()


async def test_everyone_stands_there_with_the_grants_that_give_what_they_may(house: House) -> None:
    rows = (await house.ask(house.admin, "/api/access"))["items"]
    assert [one["name"] for one in rows] == ["Ada Admin", "Ana Agent", "Lee Lead", "Ola Officer"]
    lead = next(one for one in rows if one["name"] == "Lee Lead")["grants"]
    assert [(one["role"], one["scope"], one["scope_name"]) for one in lead] == [("team_lead", "program", "Sales")]
    assert "conversations.assign" in lead[0]["permissions"]


async def test_a_client_and_a_permission_leave_those_who_hold_it_there_and_why(house: House) -> None:
    of = {"client_id": house.first.id, "permission": "conversations.reply"}
    rows = (await house.ask(house.admin, "/api/access", **of))["items"]
    found = {one["name"]: [grant["scope_name"] for grant in one["grants"]] for one in rows}
    assert found == {"Ada Admin": [None], "Ana Agent": ["First"]}


async def test_one_is_shown_grants_over_what_one_sees_alone(house: House) -> None:
    rows = (await house.ask(house.officer, "/api/access"))["items"]
    agent = next(one for one in rows if one["name"] == "Ana Agent")
    assert [one["scope_name"] for one in agent["grants"]] == ["First"]
    assert "Sales" not in str(rows)


async def test_a_question_is_answered_with_the_grant_or_the_reason(house: House, database: Database) -> None:
    async def may(person: Person, permission: str, **where: Any) -> Any:
        return await house.ask(house.admin, f"/api/people/{person.id}/may", permission=permission, **where)

    yes = await may(house.lead, "conversations.assign", program_id=house.other.id)
    assert (yes["allowed"], [one["role"] for one in yes["because"]]) == (True, ["team_lead"])
    elsewhere = await may(house.lead, "conversations.assign", client_id=house.first.id)
    assert (elsewhere["allowed"], elsewhere["why_not"]) == (False, "elsewhere")
    never = await may(house.agent, "audit.read", client_id=house.first.id)
    assert (never["allowed"], never["why_not"]) == (False, "no_role")
    async with database.transaction(SYSTEM) as tx:
        await change_person(tx, SYSTEM, house.lead.id, PersonChanges(active=False))
    assert (await may(house.lead, "conversations.assign", program_id=house.other.id))["why_not"] == "inactive"


async def test_a_view_is_what_row_level_security_shows_the_person(house: House) -> None:
    agent = await house.ask(house.admin, f"/api/people/{house.agent.id}/view")
    lists = {one["name"]: one["items"] for one in agent["lists"]}
    assert [one["name"] for one in agent["clients"]] == ["First", "Second"]
    assert set(lists["customers"]) == {"Customer of First", "Customer of Second"}
    assert lists["audit"] is None
    lead = await house.ask(house.admin, f"/api/people/{house.lead.id}/view")
    lists = {one["name"]: one["items"] for one in lead["lists"]}
    assert (lists["customers"], lists["programs"]) == (["Customer of Second"], ["Sales"])


async def test_what_a_view_shows_of_customers_and_of_the_trail_is_noted(house: House, database: Database) -> None:
    await house.ask(house.admin, f"/api/people/{house.agent.id}/view")
    await house.ask(house.admin, f"/api/people/{house.officer.id}/view")
    async with database.transaction(SYSTEM) as tx:
        found = (await list_audit(tx, SYSTEM, person_id=house.admin.id, reads=True)).items
    listed = {(one.action, one.client_id) for one in found}
    customers = {("customer.list", house.first.id), ("customer.list", house.second.id)}
    assert listed >= customers | {("audit.read", house.first.id)}


async def test_a_view_shows_nothing_that_whoever_asks_could_not_open(house: House) -> None:
    agent = await house.ask(house.officer, f"/api/people/{house.agent.id}/view")
    assert [one["name"] for one in agent["clients"]] == ["First"]
    assert "Second" not in str(agent)
    assert "conversations.reply" not in agent["permissions"]
    officer = await house.ask(house.agent, f"/api/people/{house.officer.id}/view")
    assert {one["name"]: one["items"] for one in officer["lists"]}["audit"] is None


async def test_whoever_sees_nobody_is_told_nothing(house: House) -> None:
    viewer = await house.world.person(Role.CLIENT_VIEWER, ScopeKind.CLIENT, house.first.id, client=house.first)
    await house.sign_in(house.api, viewer)
    for path in ("/api/access", f"/api/people/{house.agent.id}/may", f"/api/people/{house.agent.id}/view"):
        assert (await house.api.get(path)).status_code in (403, 404), path
