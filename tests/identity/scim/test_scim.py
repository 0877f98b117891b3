"""SCIM as directories speak it: users and groups come, change and go; and nobody decides over others' people."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from careloom.identity.commands.people import create_person, set_grants
from careloom.identity.commands.roles import create_role
from careloom.identity.commands.scim_tokens import create_token
from careloom.identity.queries.people import load_person
from careloom.identity.queries.sessions import is_signed_in
from careloom.identity.types import NewPerson, Person, PersonId, Role, RoleGrant, ScopeKind
from careloom.identity.types.roles import NewRole
from careloom.identity.types.scim import NewScimToken
from careloom.organizations.types import ProviderId
from careloom.platform.access import Permission
from careloom.platform.audit import list_audit
from tests.world import SYSTEM, World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ADA: dict[str, Any] = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "userName": "ada@harbor.example",
    "externalId": "00u1",
    "name": {"givenName": "Ada", "familyName": "Adeyemi"},
    "emails": [{"value": "ada@harbor.example", "type": "work", "primary": True}],
    "active": True,
}


class House:
    """A provider with a client, its administrator, and a token of its directory; another provider."""

    def __init__(self, world: World, api: httpx.AsyncClient, sign_in: SignIn) -> None:
        self.world, self.api, self.sign_in, self.database = world, api, sign_in, world.database

    async def build(self) -> House:
        self.provider, self.other = await self.world.provider("Harbor"), await self.world.provider("Quay")
        self.client = await self.world.client("First")
        await self.world.program(self.client, self.provider)
        self.bearer = await self.token(self.provider.id)
        own = RoleGrant(Role.ADMIN, ScopeKind.PROVIDER, self.provider.id)
        grants = (own, RoleGrant(Role.ADMIN, ScopeKind.CLIENT, self.client.id))
        async with self.database.transaction(SYSTEM) as tx:
            new = NewPerson("Admin", "admin@harbor.example", self.provider.id, grants=grants)
            self.admin = await create_person(tx, SYSTEM, new)
        return self

    async def token(self, provider_id: ProviderId, *networks: str) -> str:
        async with self.database.transaction(SYSTEM) as tx:
            return (await create_token(tx, SYSTEM, NewScimToken(provider_id, "Directory", networks))).secret

    async def call(self, method: str, path: str, status: int, body: Any = None, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {more.pop('bearer', self.bearer)}", **more.pop("headers", {})}
        answer = await self.api.request(method, f"/scim/v2/{path}", json=body, headers=headers, **more)
        assert answer.status_code == status, answer.text
        assert not answer.content or answer.headers["content-type"].startswith("application/scim+json")
        return answer.json() if answer.content else None

    async def patch(self, path: str, *operations: dict[str, Any], status: int = 200) -> Any:
        return await self.call("PATCH", path, status, {"schemas": [PATCH], "Operations": operations})

    async def group(self, name: str, *members: str) -> dict[str, Any]:
        return await self.call(
            "POST", "Groups", 201, {"displayName": name, "members": [{"value": one} for one in members]}
        )

    async def give(self, group: dict[str, Any], *grants: RoleGrant, status: int = 200) -> Any:
        await self.sign_in(self.api, self.admin)
        body = {"grants": [{"role": one.role, "scope": one.scope, "scope_id": str(one.scope_id)} for one in grants]}
        answer = await self.api.put(f"/api/scim-groups/{group['id']}/grants", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def grants(self, user: dict[str, Any]) -> set[RoleGrant]:
        async with self.database.transaction(SYSTEM) as tx:
            return set((await load_person(tx, SYSTEM, PersonId(user["id"]))).grants)

    @property
    def agent(self) -> RoleGrant:
        return RoleGrant(Role.AGENT, ScopeKind.CLIENT, self.client.id)


@pytest.fixture
async def house(world: World, api: httpx.AsyncClient, sign_in: SignIn) -> House:
    return await House(world, api, sign_in).build()


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"userName": "\xff"}', b'{"a":' * 90_000])
async def test_a_body_that_is_no_json_is_refused_in_the_words_of_scim(house: House, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {house.bearer}"}
    answer = await house.api.post("/scim/v2/Users", content=body, headers=headers)
    assert (answer.status_code, answer.json()["status"]) == (400, "400")


async def test_a_user_is_made_found_changed_and_removed(house: House) -> None:
    made = await house.call("POST", "Users", 201, ADA)
    assert (made["displayName"], made["userName"]) == ("Ada Adeyemi", "ada@harbor.example")
    found = await house.call("GET", 'Users?filter=userName eq "ADA@harbor.example"', 200)
    assert (found["totalResults"], found["Resources"]) == (1, [made])
    by_id = await house.call("GET", f"Users/{made['id']}", 200)
    assert by_id == made
    rename = {"op": "Replace", "path": "name.familyName", "value": "Obi"}
    changed = await house.patch(f"Users/{made['id']}", rename, {"op": "add", "value": {"externalId": "7"}})
    assert (changed["displayName"], changed["name"]["familyName"], changed["externalId"]) == ("Ada Obi", "Obi", "7")
    replaced = await house.call("PUT", f"Users/{made['id']}", 200, {**ADA, "displayName": "Ada A."})
    assert replaced["displayName"] == "Ada A."
    await house.call("DELETE", f"Users/{made['id']}", 204)
    await house.call("GET", f"Users/{made['id']}", 404)
    assert (await house.call("GET", 'Users?filter=externalId eq "00u1"', 200))["totalResults"] == 0
    again = await house.call("POST", "Users", 201, ADA)
    assert (again["id"], again["active"]) == (made["id"], True)


@pytest.mark.parametrize("value", [False, "False"])
async def test_who_is_made_inactive_is_signed_out_at_once(house: House, value: object) -> None:
    made = await house.call("POST", "Users", 201, ADA)
    async with house.database.transaction(SYSTEM) as tx:
        person = await load_person(tx, SYSTEM, PersonId(made["id"]))
    await house.sign_in(house.api, person)
    assert (await house.api.get("/api/session")).is_success
    await house.patch(f"Users/{made['id']}", {"op": "Replace", "path": "active", "value": value})
    assert (await house.api.get("/api/session")).status_code == 401
    async with house.database.transaction(SYSTEM) as tx:
        assert not await is_signed_in(tx, person.id)
        trail = (await list_audit(tx, SYSTEM, subject_id=person.id)).items
    assert (trail[0].action, trail[0].actor_name) == ("person.change", "SCIM: Directory")


async def test_groups_give_and_take_what_the_provider_says(house: House) -> None:
    user, other = await house.call("POST", "Users", 201, ADA), await house.call("POST", "Users", 201, _someone("bo"))
    group = await house.group("Agents", user["id"])
    assert await house.grants(user) == set()
    await house.give(group, house.agent)
    assert await house.grants(user) == {house.agent}
    join = {"op": "Add", "path": "members", "value": [{"value": other["id"]}]}
    await house.patch(f"Groups/{group['id']}", join, status=204)
    assert await house.grants(other) == {house.agent}
    own = RoleGrant(Role.PLANNER, ScopeKind.CLIENT, house.client.id)
    async with house.database.transaction(SYSTEM) as tx:
        await set_grants(tx, SYSTEM, PersonId(other["id"]), (house.agent, own))
    leave = {"op": "remove", "path": f'members[value eq "{other["id"]}"]'}
    await house.patch(f"Groups/{group['id']}", leave, status=204)
    assert await house.grants(other) == {own}
    members = (await house.call("GET", f"Groups/{group['id']}", 200))["members"]
    assert [one["value"] for one in members] == [user["id"]]
    await house.call("DELETE", f"Groups/{group['id']}", 204)
    assert await house.grants(user) == set()


async def test_what_two_groups_give_stays_until_one_has_left_both(house: House) -> None:
    user = await house.call("POST", "Users", 201, ADA)
    groups = [await house.group(name, user["id"]) for name in ("Agents", "More agents")]
    for group in groups:
        await house.give(group, house.agent)
    await house.patch(f"Groups/{groups[0]['id']}", {"op": "remove", "path": "members"}, status=204)
    assert await house.grants(user) == {house.agent}
    await house.patch(f"Groups/{groups[1]['id']}", {"op": "replace", "path": "members", "value": []}, status=204)
    assert await house.grants(user) == set()


async def test_nobody_gives_a_group_more_than_they_hold(house: House) -> None:
    group = await house.group("Everyone")
    await house.give(
        group, RoleGrant(Role.ADMIN, ScopeKind.CLIENT, (await house.world.client("Second")).id), status=403
    )
    async with house.database.transaction(SYSTEM) as tx:
        role = await create_role(tx, SYSTEM, NewRole(house.other.id, "Theirs", (Permission.PEOPLE_READ,)))
    await house.give(group, RoleGrant(role.id, ScopeKind.CLIENT, house.client.id), status=400)


async def test_a_role_that_a_group_gives_is_not_removed(house: House) -> None:
    group = await house.group("Watchers")
    async with house.database.transaction(SYSTEM) as tx:
        role = await create_role(tx, SYSTEM, NewRole(house.provider.id, "Watcher", (Permission.PEOPLE_READ,)))
    await house.give(group, RoleGrant(role.id, ScopeKind.CLIENT, house.client.id))
    assert (await house.api.delete(f"/api/roles/{role.id}")).status_code == 409


async def test_a_directory_decides_over_nobody_who_reaches_further(house: House) -> None:
    """The provider's directory cannot take over, lock out or rename an administrator of the whole installation."""
    async with house.database.transaction(SYSTEM) as tx:
        everything = (RoleGrant(Role.ADMIN, ScopeKind.EVERYTHING),)
        boss = await create_person(
            tx, SYSTEM, NewPerson("Boss", "boss@harbor.example", house.provider.id, grants=everything)
        )
    change = {"op": "replace", "path": "emails", "value": [{"value": "mine@evil.example"}]}
    await house.patch(f"Users/{boss.id}", change, status=403)
    await house.patch(f"Users/{boss.id}", {"op": "replace", "path": "active", "value": False}, status=403)
    await house.call("DELETE", f"Users/{boss.id}", 403)


async def test_a_directory_sees_its_own_provider_alone(house: House) -> None:
    user, group = await house.call("POST", "Users", 201, ADA), await house.group("Agents")
    theirs = await house.token(house.other.id)
    for kind, one in (("Users", user), ("Groups", group)):
        assert (await house.call("GET", kind, 200, bearer=theirs))["totalResults"] == 0
        for method in ("GET", "DELETE"):
            await house.call(method, f"{kind}/{one['id']}", 404, bearer=theirs)
        operation = {"op": "replace", "value": {"displayName": "Mine"}}
        await house.call("PATCH", f"{kind}/{one['id']}", 404, {"Operations": [operation]}, bearer=theirs)
    body = {"displayName": "Ours", "members": [{"value": user["id"]}]}
    assert (await house.call("POST", "Groups", 400, body, bearer=theirs))["scimType"] == "invalidValue"


async def test_errors_are_those_of_the_standard(house: House) -> None:
    await house.call("POST", "Users", 201, ADA)
    taken = await house.call("POST", "Users", 409, ADA)
    assert (taken["scimType"], taken["status"]) == ("uniqueness", "409")
    assert taken["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert (await house.call("GET", "Users?filter=userName is 1", 400))["scimType"] == "invalidFilter"
    assert (await house.call("GET", 'Users?filter=shoeSize eq "9"', 400))["scimType"] == "invalidFilter"
    assert (await house.call("POST", "Users", 400, {"displayName": "Nobody"}))["scimType"] == "invalidValue"
    assert (await house.call("POST", "Users", 400, {"userName": "no-address"}))["scimType"] == "invalidValue"
    await house.call("POST", "Users", 400, [])
    await house.call("GET", "Users?startIndex=first", 400)
    await house.group("Agents")
    assert (await house.call("POST", "Groups", 409, {"displayName": "AGENTS"}))["scimType"] == "uniqueness"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "Planets", 404),
        ("POST", "Planets/mars/moons", 404),
        ("GET", "", 404),
        ("GET", "Users/nobody", 404),
        ("POST", "Bulk", 404),
        ("PUT", "Users", 405),
    ],
)
async def test_what_is_not_there_is_told_as_the_standard_says(
    house: House, method: str, path: str, status: int
) -> None:
    told = await house.call(method, path, status, {})
    assert told == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": str(status),
        "detail": told["detail"],
    }
    assert told["detail"]


async def test_addresses_beside_scim_tell_problems_as_ever(api: httpx.AsyncClient) -> None:
    for path in ("/scim", "/scim/v20", "/api/planets"):
        answer = await api.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), path


async def test_lists_are_cut_by_index_and_count(house: House) -> None:
    for name in ("bo", "cy", "di"):
        await house.call("POST", "Users", 201, _someone(name))
    page = await house.call("GET", 'Users?filter=userName sw "b" or userName sw "c"&startIndex=2&count=1', 200)
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (2, 2, 1)
    assert [one["userName"] for one in page["Resources"]] == ["cy@harbor.example"]
    none = await house.call("GET", "Users?count=0", 200)
    assert (none["totalResults"], none["Resources"]) == (4, [])
    only = await house.call("GET", "Users?attributes=userName&count=1", 200)
    assert set(only["Resources"][0]) == {"schemas", "id", "userName"}


async def test_members_can_be_left_out_and_groups_found_by_them(house: House) -> None:
    user = await house.call("POST", "Users", 201, ADA)
    group = await house.group("Agents", user["id"])
    await house.group("Leads")
    path = f'Groups?excludedAttributes=members&filter=members[value eq "{user["id"]}"]'
    (found,) = (await house.call("GET", path, 200))["Resources"]
    assert (found["id"], "members" in found) == (group["id"], False)
    named = await house.call("GET", 'Groups?filter=displayName eq "leads"', 200)
    assert [one["displayName"] for one in named["Resources"]] == ["Leads"]
    shown = await house.call("GET", f"Users/{user['id']}", 200)
    assert [one["display"] for one in shown["groups"]] == ["Agents"]


async def test_versions_keep_two_directories_from_overwriting_each_other(house: House) -> None:
    user = await house.call("POST", "Users", 201, ADA)
    version = user["meta"]["version"]
    await house.call("GET", f"Users/{user['id']}", 304, headers={"If-None-Match": version})
    change = {"Operations": [{"op": "replace", "path": "displayName", "value": "A"}]}
    await house.call("PATCH", f"Users/{user['id']}", 200, change, headers={"If-Match": version})
    await house.call("PATCH", f"Users/{user['id']}", 412, change, headers={"If-Match": version})
    await house.call("DELETE", f"Users/{user['id']}", 412, headers={"If-Match": version})


async def test_tokens_are_shown_once_held_to_networks_and_revoked(house: House) -> None:
    await house.sign_in(house.api, house.admin)
    body = {"provider_id": str(house.provider.id), "name": "Entra", "networks": ["203.0.113.0/24"]}
    made = (await house.api.post("/api/scim-tokens", json=body)).json()
    await house.call("GET", "Users", 401, bearer=made["secret"])
    here = (await house.api.post("/api/scim-tokens", json={**body, "networks": ["127.0.0.0/8"]})).json()
    await house.call("GET", "Users", 200, bearer=here["secret"])
    listed = (await house.api.get("/api/scim-tokens")).json()["items"]
    assert here["secret"] not in str(listed)
    assert (await house.api.delete(f"/api/scim-tokens/{here['token']['id']}")).status_code == 204
    await house.call("GET", "Users", 401, bearer=here["secret"])
    refused = await house.api.post("/api/scim-tokens", json={**body, "networks": ["everywhere"]})
    assert refused.json()["errors"][0]["path"] == "/networks/0"


async def test_a_key_or_a_session_is_no_token(house: House) -> None:
    await house.sign_in(house.api, house.admin)
    assert (await house.api.get("/scim/v2/Users")).status_code == 401
    await house.call("GET", "Users", 401, bearer="clk_a_b")
    house.api.cookies.clear()
    refused = await house.api.get("/api/people", headers={"Authorization": f"Bearer {house.bearer}"})
    assert refused.status_code == 401


async def test_what_the_server_says_of_itself_is_complete(house: House) -> None:
    said = await house.call("GET", "ServiceProviderConfig", 200)
    assert (said["patch"]["supported"], said["filter"]["maxResults"]) == (True, 200)
    kinds = (await house.call("GET", "ResourceTypes", 200))["Resources"]
    schemas = (await house.call("GET", "Schemas", 200))["Resources"]
    assert {one["schema"] for one in kinds} == {one["id"] for one in schemas}
    for one in schemas:
        assert await house.call("GET", f"Schemas/{one['id']}", 200) == one
    await house.call("GET", "Schemas/urn:nothing", 404)


async def test_two_who_make_the_same_user_at_once_make_one(house: House) -> None:
    calls = [
        house.api.post("/scim/v2/Users", json=ADA, headers={"Authorization": f"Bearer {house.bearer}"}) for _ in "ab"
    ]
    statuses = sorted(one.status_code for one in await asyncio.gather(*calls))
    assert statuses == [201, 409]


def _someone(name: str) -> dict[str, Any]:
    return {"userName": f"{name}@harbor.example", "displayName": name.title()}


async def test_an_id_never_changes_and_may_be_named_as_it_is(house: House) -> None:
    user = await house.call("POST", "Users", 201, ADA)
    path = f"Users/{user['id']}"
    same = {"op": "replace", "value": {"id": user["id"], "displayName": "Ada L."}}
    assert (await house.patch(path, same))["displayName"] == "Ada L."
    other = {"op": "replace", "path": "id", "value": "another"}
    assert (await house.patch(path, other, status=400))["scimType"] == "mutability"
