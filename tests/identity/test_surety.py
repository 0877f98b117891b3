"""Who answers for an identity provider or a directory's token bounds over whom it decides, at every sign-in anew."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from careloom.identity.commands.people import create_person, set_grants
from careloom.identity.commands.roles import create_role
from careloom.identity.types import NewPerson, Person, Role, RoleGrant, ScopeKind
from careloom.identity.types.roles import NewRole
from careloom.organizations.types import Client, Provider
from careloom.platform.access import Permission
from careloom.platform.audit import list_audit
from careloom.platform.runtime import Runtime
from tests.identity.oidc_server import APPLICATION, SECRET, Server, running_oidc
from tests.identity.test_api_keys import another
from tests.identity.test_sso import CALLBACK, House, away, back, through
from tests.world import PASSWORD, SYSTEM, World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]
REFUSED = "/sign-in?refused=unanswered"
SETTINGS = (Permission.SECURITY_WRITE, Permission.ORGANIZATIONS_READ, Permission.PEOPLE_READ)


@dataclass
class Floor:
    """A provider that serves one of a client's two programs, and people of it with more and with less."""

    api: httpx.AsyncClient
    world: World
    sign_in: SignIn
    server: Server
    provider: Provider
    client: Client

    async def hire(self, name: str, *grants: RoleGrant) -> Person:
        new = NewPerson(name, f"{name.lower()}@harbor.example", self.provider.id, password=PASSWORD, grants=grants)
        async with self.world.database.transaction(SYSTEM) as tx:
            return await create_person(tx, SYSTEM, new)

    async def own_role(self, *permissions: Permission) -> RoleGrant:
        async with self.world.database.transaction(SYSTEM) as tx:
            made = await create_role(tx, SYSTEM, NewRole(self.provider.id, "Settings", permissions))
        return RoleGrant(made.id, ScopeKind.PROVIDER, self.provider.id)

    async def regrant(self, someone: Person, *grants: RoleGrant) -> None:
        async with self.world.database.transaction(SYSTEM) as tx:
            await set_grants(tx, SYSTEM, someone.id, grants)

    @property
    def over_provider(self) -> RoleGrant:
        return RoleGrant(Role.ADMIN, ScopeKind.PROVIDER, self.provider.id)

    @property
    def over_client(self) -> RoleGrant:
        return RoleGrant(Role.ADMIN, ScopeKind.CLIENT, self.client.id)

    async def set_up(self, by: Person, **more: Any) -> House:
        """An identity provider of the provider, set up by someone who is at the desk from then on."""
        await self.sign_in(self.api, by)
        body = {"provider_id": str(self.provider.id), "name": "Login", "issuer": self.server.issuer}
        body |= {"application_id": APPLICATION, "secret": SECRET, **more}
        made = await self.api.post("/api/identity-providers", json=body)
        assert made.status_code == 201, made.text
        return House(self.api, self.world, self.server, self.provider, self.client, made.json()["id"])

    async def enter(self, house: House, someone: Person) -> str:
        """Where someone is led whom the server vouches for."""
        self.server.user |= {"sub": str(someone.id), "email": someone.email, "email_verified": True}
        async with another(self.api) as browser:
            return await through(browser, house)


@pytest.fixture
def server(runtime: Runtime) -> Iterator[Server]:
    with running_oidc() as running:
        running.callback = runtime.settings.base_url + CALLBACK
        yield running


@pytest.fixture
async def floor(server: Server, api: httpx.AsyncClient, world: World, sign_in: SignIn) -> Floor:
    provider, other, client = (
        await world.provider("Harbor"),
        await world.provider("Quay"),
        await world.client("Juniper"),
    )
    await world.program(client, provider, name="First")
    await world.program(client, other, name="Second")
    return Floor(api, world, sign_in, server, provider, client)


async def test_who_sets_one_up_does_not_become_who_holds_more_permissions(floor: Floor) -> None:
    low = await floor.hire("Low", await floor.own_role(*SETTINGS, Permission.PEOPLE_WRITE))
    boss, peer = await floor.hire("Boss", floor.over_provider), await floor.hire("Peer")
    house = await floor.set_up(low)
    assert (await floor.api.post(f"/api/people/{boss.id}/password", json={"password": PASSWORD})).status_code == 403
    assert await floor.enter(house, boss) == REFUSED
    assert await floor.enter(house, peer) == "/desk/mine"


async def test_nor_who_reaches_programs_of_another_provider(floor: Floor) -> None:
    low, boss = await floor.hire("Low", floor.over_provider), await floor.hire("Boss", floor.over_client)
    assert await floor.enter(await floor.set_up(low), boss) == REFUSED


async def test_who_may_not_change_people_lets_nobody_in_and_makes_nobody(floor: Floor) -> None:
    low, peer = await floor.hire("Low", await floor.own_role(*SETTINGS)), await floor.hire("Peer")
    house = await floor.set_up(low)
    assert await floor.enter(house, peer) == REFUSED
    grant = {"role": low.grants[0].role, "scope": "provider", "scope_id": str(floor.provider.id)}
    rules = [{"group": "care", "grant": grant}]
    assert (await house.change(provisions=True, rules=rules)).status_code == 403


async def test_a_refusal_is_noted_with_whom_it_was_about(floor: Floor) -> None:
    low, boss = await floor.hire("Low", floor.over_provider), await floor.hire("Boss", floor.over_client)
    house = await floor.set_up(low)
    await floor.enter(house, boss)
    async with floor.world.database.transaction(SYSTEM) as tx:
        told = [one for one in (await list_audit(tx, SYSTEM)).items if one.action == "identity_provider.refuse"]
    assert [one.after for one in told] == [{"why": "unanswered", "person_id": str(boss.id)}]
    assert str(told[0].subject_id) == house.id


async def test_someone_with_more_confirms_it_and_answers_from_then_on(floor: Floor) -> None:
    low, boss = await floor.hire("Low", floor.over_provider), await floor.hire("Boss", floor.over_client)
    house = await floor.set_up(low)
    assert await floor.enter(house, boss) == REFUSED
    owner = await floor.world.person(Role.ADMIN, ScopeKind.EVERYTHING, None)
    await floor.sign_in(floor.api, owner)
    confirmed = await floor.api.post(f"/api/identity-providers/{house.id}/confirmation")
    assert (confirmed.status_code, confirmed.json()["answered_by"]) == (200, owner.name)
    assert await floor.enter(house, boss) == "/desk/mine"


async def test_who_gets_more_after_the_first_sign_in_is_asked_about_again(floor: Floor) -> None:
    low, someone = await floor.hire("Low", floor.over_provider), await floor.hire("Ada")
    house = await floor.set_up(low)
    assert await floor.enter(house, someone) == "/desk/mine"
    await floor.regrant(someone, floor.over_client)
    assert await floor.enter(house, someone) == REFUSED


async def test_what_counts_is_what_they_held_when_they_answered(floor: Floor) -> None:
    """Whoever leaves or is given other work does not shut everyone out; what they are given later does not count."""
    boss, peer = await floor.hire("Boss", floor.over_provider), await floor.hire("Peer", floor.over_provider)
    house = await floor.set_up(boss)
    await floor.regrant(boss)
    assert await floor.enter(house, peer) == "/desk/mine"
    low, above = await floor.hire("Low", floor.over_provider), await floor.hire("Above", floor.over_client)
    second = await floor.set_up(low)
    await floor.regrant(low, floor.over_client, floor.over_provider)
    assert await floor.enter(second, above) == REFUSED


async def test_who_changes_whom_it_lets_in_answers_and_who_renames_it_does_not(floor: Floor) -> None:
    owner = await floor.world.person(Role.ADMIN, ScopeKind.EVERYTHING, None)
    low, boss = await floor.hire("Low", floor.over_provider), await floor.hire("Boss", floor.over_client)
    house = await floor.set_up(owner, second_factor=False)
    await floor.sign_in(floor.api, low)
    renamed = await house.change(name="Other", domains=["harbor.example"], secret=SECRET, only=True)
    assert renamed.json()["answered_by"] == owner.name
    assert await floor.enter(house, boss) == "/desk/mine"
    assert (await house.change(second_factor=True)).json()["answered_by"] == "Low"
    assert await floor.enter(house, boss) == REFUSED


async def test_switching_it_off_changes_nothing_and_on_again_does(floor: Floor) -> None:
    owner, low = (
        await floor.world.person(Role.ADMIN, ScopeKind.EVERYTHING, None),
        await floor.hire("Low", floor.over_provider),
    )
    house = await floor.set_up(owner)
    await floor.sign_in(floor.api, low)
    assert (await house.change(active=False)).json()["answered_by"] == owner.name
    assert (await house.change(active=True)).json()["answered_by"] == "Low"


async def test_a_key_answers_with_no_more_than_it_is_held_to(floor: Floor) -> None:
    boss, peer = await floor.hire("Boss", floor.over_provider), await floor.hire("Peer")
    await floor.sign_in(floor.api, boss)
    key = await floor.api.post(
        "/api/api-keys", json={"name": "robot", "permissions": ["security.write", "organizations.read"]}
    )
    async with another(floor.api) as robot:
        robot.headers["Authorization"] = f"Bearer {key.json()['secret']}"
        body = {"provider_id": str(floor.provider.id), "name": "Robot's", "issuer": floor.server.issuer}
        body |= {"application_id": APPLICATION, "secret": SECRET}
        made = await robot.post("/api/identity-providers", json=body)
        assert made.status_code == 201, made.text
    house = House(floor.api, floor.world, floor.server, floor.provider, floor.client, made.json()["id"])
    assert await floor.enter(house, boss) == REFUSED
    assert await floor.enter(house, peer) == REFUSED


async def test_another_issuer_knows_nobody_by_the_subjects_of_the_former(floor: Floor, runtime: Runtime) -> None:
    boss, someone = await floor.hire("Boss", floor.over_provider), await floor.hire("Ada")
    house = await floor.set_up(boss)
    assert await floor.enter(house, someone) == "/desk/mine"
    with running_oidc() as other:
        other.callback = runtime.settings.base_url + CALLBACK
        assert (await house.change(issuer=other.issuer)).status_code == 200
        other.user |= {"sub": str(someone.id), "email": "stranger@harbor.example"}
        async with another(floor.api) as browser:
            assert await back(browser, await away(browser, house)) == "/sign-in?refused=unknown"


async def test_where_only_single_sign_on_is_wanted_whom_it_may_not_let_in_keeps_the_password(floor: Floor) -> None:
    low, boss = await floor.hire("Low", floor.over_provider), await floor.hire("Boss", floor.over_client)
    await floor.hire("Ada")
    await floor.set_up(low, only=True)
    async with another(floor.api) as browser:
        for someone, status in (("boss", 200), ("ada", 403)):
            words = {"email": f"{someone}@harbor.example", "password": PASSWORD}
            assert (await browser.post("/api/session", json=words)).status_code == status, someone
    assert boss.active
