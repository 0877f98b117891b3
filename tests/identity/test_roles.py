"""Providers' own roles: who may make, change, give and remove them, and what they give at the next request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from careloom.identity.commands import authentication
from careloom.identity.commands.people import create_person, set_grants
from careloom.identity.commands.policies import set_policy
from careloom.identity.commands.roles import change_role, create_role
from careloom.identity.errors import GrantTooWideError
from careloom.identity.queries.policies import demands_on
from careloom.identity.tables import role_grant
from careloom.identity.types import NewPerson, Person, Role, RoleGrant, ScopeKind
from careloom.identity.types.roles import NewRole, RoleChanges, RoleId, RoleSheet
from careloom.identity.types.sign_in import NewPolicy
from careloom.platform.access import Permission as P  # noqa: N817
from careloom.platform.audit import list_audit
from careloom.platform.errors import CareloomError
from tests.statements import sent_statements
from tests.world import SYSTEM, World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]
SMALL = (P.PEOPLE_READ, P.ORGANIZATIONS_READ)


class House:
    """A provider with two clients and an administrator; another provider; someone to give roles to."""

    def __init__(self, world: World, api: httpx.AsyncClient, sign_in: SignIn) -> None:
        self.world, self.api, self.sign_in, self.database = world, api, sign_in, world.database

    async def build(self) -> House:
        self.provider, self.other = await self.world.provider("Harbor"), await self.world.provider("Quay")
        self.first, self.second = await self.world.client("First"), await self.world.client("Second")
        for client in (self.first, self.second):
            await self.world.program(client, self.provider, name=f"Care of {client.name}")
        own = RoleGrant(Role.ADMIN, ScopeKind.PROVIDER, self.provider.id)
        clients = [RoleGrant(Role.ADMIN, ScopeKind.CLIENT, one.id) for one in (self.first, self.second)]
        self.admin = await self.hire(own, *clients, name="Admin")
        self.someone = await self.hire(name="Someone")
        await self.sign_in(self.api, self.admin)
        return self

    async def hire(self, *grants: RoleGrant, name: str) -> Person:
        new = NewPerson(name, f"{name.lower()}@example.org", self.provider.id, grants=grants)
        async with self.database.transaction(SYSTEM) as tx:
            return await create_person(tx, SYSTEM, new)

    async def role(self, *verbs: P, name: str = "Watcher") -> RoleSheet:
        async with self.database.transaction(SYSTEM) as tx:
            return await create_role(tx, SYSTEM, NewRole(self.provider.id, name, verbs))

    async def give(self, *grants: RoleGrant) -> None:
        async with self.database.transaction(SYSTEM) as tx:
            await set_grants(tx, SYSTEM, self.someone.id, grants)

    async def call(self, method: str, path: str, status: int, **body: Any) -> Any:
        answer = await self.api.request(method, path, **body)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def over(self, role: RoleSheet, client: Any) -> RoleGrant:
        return RoleGrant(role.id, ScopeKind.CLIENT, client.id)


@pytest.fixture
async def house(world: World, api: httpx.AsyncClient, sign_in: SignIn) -> House:
    return await House(world, api, sign_in).build()


async def test_a_role_is_made_given_changed_and_counts_at_the_next_request(house: House) -> None:
    body = {"provider_id": str(house.provider.id), "name": "Watcher", "permissions": [*SMALL]}
    made = await house.call("POST", "/api/roles", 201, json=body)
    listed = (await house.call("GET", "/api/roles", 200))["items"]
    assert [one["id"] for one in listed] == [*Role, made["id"]]
    grant = {"role": made["id"], "scope": "client", "scope_id": str(house.first.id)}
    await house.call("PUT", f"/api/people/{house.someone.id}/grants", 200, json=[grant])
    access = (await house.call("GET", "/api/access?permission=people.read&search=someone", 200))["items"]
    assert access[0]["grants"][0]["role_name"] == "Watcher"
    await house.sign_in(house.api, house.someone)
    assert (await house.call("GET", "/api/session", 200))["permissions"] == ["organizations.read", "people.read"]
    await house.call("GET", "/api/queues", 403)
    await house.sign_in(house.api, house.admin)
    more = [*SMALL, P.QUEUES_READ]
    changed = await house.call("PATCH", f"/api/roles/{made['id']}", 200, json={"version": 1, "permissions": more})
    assert (changed["version"], changed["permissions"]) == (2, sorted(more))
    assert await house.call("GET", f"/api/roles/{made['id']}", 200) == changed
    await house.sign_in(house.api, house.someone)
    await house.call("GET", "/api/queues", 200)


async def test_a_change_of_what_someone_else_has_changed_is_refused(house: House) -> None:
    role = await house.role(*SMALL)
    await house.call("PATCH", f"/api/roles/{role.id}", 200, json={"version": 1, "name": "Looker"})
    await house.call("PATCH", f"/api/roles/{role.id}", 409, json={"version": 1, "name": "Seer"})


async def test_names_are_each_providers_own(house: House) -> None:
    await house.role(*SMALL)
    body = {"provider_id": str(house.provider.id), "name": "WATCHER", "permissions": [*SMALL]}
    refused = await house.call("POST", "/api/roles", 409, json=body)
    assert refused["errors"][0]["path"] == "/name"
    async with house.database.transaction(SYSTEM) as tx:
        await create_role(tx, SYSTEM, NewRole(house.other.id, "Watcher", SMALL))


async def test_built_in_roles_stay_as_they_are(house: House) -> None:
    for role in Role:
        assert (await house.call("GET", f"/api/roles/{role}", 200))["provider_id"] is None
        await house.call("PATCH", f"/api/roles/{role}", 404, json={"version": 1, "name": "Mine"})
        await house.call("DELETE", f"/api/roles/{role}", 404)


async def test_nobody_puts_more_into_a_role_than_they_hold(house: House) -> None:
    """Someone who may edit roles and see people makes no role that reads customers, and no copy of an administrator."""
    editors = await house.role(P.ROLES_WRITE, *SMALL, name="Role editors")
    await house.give(RoleGrant(editors.id, ScopeKind.PROVIDER, house.provider.id))
    watcher = await house.role(*SMALL)
    await house.sign_in(house.api, house.someone)
    body = {"provider_id": str(house.provider.id), "name": "More"}
    for verbs in ([P.CUSTOMERS_READ], [*P]):
        refused = await house.call("POST", "/api/roles", 403, json={**body, "permissions": verbs})
        assert "customers.read" in refused["detail"]
    wider = {"version": 1, "permissions": [*SMALL, P.CUSTOMERS_READ]}
    await house.call("PATCH", f"/api/roles/{watcher.id}", 403, json=wider)
    own = {"version": 1, "permissions": [P.ROLES_WRITE, *SMALL, P.PEOPLE_WRITE]}
    await house.call("PATCH", f"/api/roles/{editors.id}", 403, json=own)
    await house.call("POST", "/api/roles", 201, json={**body, "permissions": [*SMALL]})


async def test_nobody_widens_a_role_that_is_granted_beyond_their_own_reach(house: House) -> None:
    """An administrator of one client holds every permission, but not over the other one, where the role is granted."""
    role = await house.role(*SMALL)
    boss = await house.hire(RoleGrant(Role.ADMIN, ScopeKind.CLIENT, house.first.id), name="Boss")
    await house.sign_in(house.api, boss)
    await house.give(house.over(role, house.first))
    more = {"version": 1, "permissions": [*SMALL, P.QUEUES_READ]}
    await house.call("PATCH", f"/api/roles/{role.id}", 200, json=more)
    await house.give(house.over(role, house.second))
    more = {"version": 2, "permissions": [*SMALL, P.CUSTOMERS_READ]}
    await house.call("PATCH", f"/api/roles/{role.id}", 403, json=more)
    await house.call("DELETE", f"/api/roles/{role.id}?replacement=agent", 403)


async def test_a_grant_made_while_a_role_grows_is_checked_against_what_it_becomes(house: House) -> None:
    role = await house.role(*SMALL)
    boss = await house.hire(RoleGrant(Role.ADMIN, ScopeKind.CLIENT, house.first.id), name="Boss")
    limited = await house.role(P.PEOPLE_WRITE, *SMALL, name="Hirers")
    hirer = await house.hire(house.over(limited, house.first), name="Hirer")
    by_boss, by_hirer = await house.world.actor(boss), await house.world.actor(hirer)

    async def grant() -> None:
        async with house.database.transaction(by_hirer) as tx:
            await set_grants(tx, by_hirer, house.someone.id, (house.over(role, house.first),))

    async with house.database.transaction(by_boss) as tx:
        changes = RoleChanges(1, permissions=(*SMALL, P.CUSTOMERS_READ))
        await change_role(tx, by_boss, RoleId(UUID(role.id)), changes)
        granting = asyncio.create_task(grant())
        await asyncio.sleep(0.2)
        assert not granting.done()
    with pytest.raises(GrantTooWideError):
        await granting


async def test_a_role_is_given_to_its_providers_own_people_alone(house: House) -> None:
    async with house.database.transaction(SYSTEM) as tx:
        theirs = await create_role(tx, SYSTEM, NewRole(house.other.id, "Theirs", SMALL))
    client = await house.world.person(Role.CLIENT_VIEWER, ScopeKind.CLIENT, house.first.id, client=house.first)
    own = await house.role(*SMALL)
    for person, role in ((house.someone.id, theirs.id), (house.someone.id, "emperor"), (client.id, own.id)):
        body = [{"role": role, "scope": "client", "scope_id": str(house.first.id)}]
        with pytest.raises(CareloomError) as refused:
            async with house.database.transaction(SYSTEM) as tx:
                await set_grants(tx, SYSTEM, person, (RoleGrant(role, ScopeKind.CLIENT, house.first.id),))
        assert [one.path for one in refused.value.errors] == ["/grants/0/role"]
        assert not (await house.api.put(f"/api/people/{person}/grants", json=body)).is_success
    await house.call("GET", f"/api/roles/{theirs.id}", 404)
    await house.call("PATCH", f"/api/roles/{theirs.id}", 404, json={"version": 1, "name": "Mine"})
    await house.call("DELETE", f"/api/roles/{theirs.id}", 404)


async def test_a_role_that_people_hold_is_removed_only_with_another_in_its_place(house: House) -> None:
    role = await house.role(*SMALL)
    agent = RoleGrant(Role.AGENT, ScopeKind.CLIENT, house.first.id)
    await house.give(house.over(role, house.first), house.over(role, house.second), agent)
    for query in ("", f"?replacement={role.id}"):
        refused = await house.call("DELETE", f"/api/roles/{role.id}{query}", 409)
        assert refused["errors"][0]["path"] == "/replacement"
    await house.call("DELETE", f"/api/roles/{role.id}?replacement=emperor", 400)
    await house.call("DELETE", f"/api/roles/{role.id}?replacement=agent", 204)
    async with house.database.transaction(SYSTEM) as tx:
        columns = (role_grant.c.role, role_grant.c.scope_id)
        held = (await tx.execute(select(*columns).where(role_grant.c.person_id == house.someone.id))).all()
        assert {tuple(one) for one in held} == {("agent", house.first.id), ("agent", house.second.id)}
        assert len(held) == 2
        trail = (await list_audit(tx, SYSTEM, subject_id=house.someone.id)).items
    assert (trail[0].action, trail[0].person_id) == ("person.grant", house.admin.id)
    assert (trail[0].before, trail[0].after) == ({"role": role.id}, {"role": "agent"})


async def test_a_role_that_a_rule_names_is_not_removed(house: House) -> None:
    role = await house.role(*SMALL)
    policy = {"provider_id": str(house.provider.id), "second_factor_roles": [role.id]}
    await house.call("PUT", "/api/sign-in-policies", 200, json=policy)
    await house.call("DELETE", f"/api/roles/{role.id}", 409)
    await house.call("PUT", "/api/sign-in-policies", 200, json={**policy, "second_factor_roles": []})
    rule = {"group": "watchers", "grant": {"role": role.id, "scope": "client", "scope_id": str(house.first.id)}}
    login = {"provider_id": str(house.provider.id), "name": "Login", "application_id": "careloom", "rules": [rule]}
    login["issuer"] = "https://login.example"
    made = await house.call("POST", "/api/identity-providers", 201, json=login)
    await house.call("DELETE", f"/api/roles/{role.id}", 409)
    await house.call("DELETE", f"/api/identity-providers/{made['id']}", 204)
    await house.call("DELETE", f"/api/roles/{role.id}", 204)


async def test_a_policy_asks_of_a_copy_what_it_asks_of_the_original(house: House) -> None:
    copy = await house.role(*P, name="Not called administrator")
    await house.give(RoleGrant(copy.id, ScopeKind.PROVIDER, house.provider.id))
    async with house.database.transaction(SYSTEM) as tx:
        await set_policy(tx, SYSTEM, NewPolicy(provider_id=house.provider.id, second_factor_roles=(Role.ADMIN,)))
        assert (await demands_on(tx, house.someone.id)).second_factor


async def test_an_own_role_costs_a_request_no_statement(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does a built-in one: what a role holds comes with the person."""
    for one in ("_organizations", "_serving"):
        monkeypatch.setattr(vars(authentication)[one], "_seconds", 3600.0)
    role = await house.role(P.ORGANIZATIONS_READ)
    counts: list[int] = []
    for grant in (RoleGrant(Role.AGENT, ScopeKind.CLIENT, house.first.id), house.over(role, house.first)):
        await house.give(grant)
        await house.sign_in(house.api, house.someone)
        await house.call("GET", "/api/clients", 200)
        with sent_statements() as sent:
            await house.call("GET", "/api/clients", 200)
        counts.append(len(sent))
    assert counts[0] == counts[1]
