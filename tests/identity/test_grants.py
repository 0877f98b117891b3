"""Who may give what to whom: nobody more than they hold; and what the grants then show."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

import httpx
import pytest

from careloom.customers.commands.recognise import recognise
from careloom.customers.types import IdentityKind
from careloom.identity.commands.people import change_person, create_person, set_grants, set_password
from careloom.identity.errors import GrantTooWideError
from careloom.identity.queries.people import get_person, list_people
from careloom.identity.types import NewPerson, Person, PersonChanges, PersonId, Role, RoleGrant, ScopeKind
from careloom.platform.access import Actor
from careloom.platform.database.transactions import Database
from careloom.platform.errors import ForbiddenError
from careloom.platform.ids import new_id
from tests.conversations.desk import Desk, make_desk
from tests.world import SYSTEM, World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]


class Floor:
    """A provider that serves two clients, and administrators of parts of it."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def build(self) -> Floor:
        self.provider = await self.world.provider("Harbor")
        self.other = await self.world.provider("Quay")
        self.mine, self.theirs = await self.world.client("Mine"), await self.world.client("Theirs")
        self.program = await self.world.program(self.mine, self.provider, name="First")
        self.second = await self.world.program(self.mine, self.provider, name="Second")
        self.third = await self.world.program(self.theirs, self.other, name="Third")
        return self

    async def hire(self, *grants: RoleGrant, name: str = "Ada") -> Person:
        new = NewPerson(
            name=name, email=f"{name}{id(grants)}@example.org".lower(), provider_id=self.provider.id, grants=grants
        )
        async with self.world.database.transaction(SYSTEM) as tx:
            return await create_person(tx, SYSTEM, new)

    async def actor(self, *grants: RoleGrant) -> Actor:
        return await self.world.actor(await self.hire(*grants, name="Admin"))


@pytest.fixture
async def floor(world: World) -> Floor:
    return await Floor(world).build()


def _over(floor: Floor, role: Role) -> dict[str, RoleGrant]:
    return {
        "everything": RoleGrant(role, ScopeKind.EVERYTHING),
        "provider": RoleGrant(role, ScopeKind.PROVIDER, floor.provider.id),
        "other provider": RoleGrant(role, ScopeKind.PROVIDER, floor.other.id),
        "mine": RoleGrant(role, ScopeKind.CLIENT, floor.mine.id),
        "theirs": RoleGrant(role, ScopeKind.CLIENT, floor.theirs.id),
        "program": RoleGrant(role, ScopeKind.PROGRAM, floor.program.id),
        "their program": RoleGrant(role, ScopeKind.PROGRAM, floor.third.id),
    }


@pytest.mark.parametrize(
    ("held", "allowed"),
    [
        ("everything", {"everything", "provider", "other provider", "mine", "theirs", "program", "their program"}),
        ("provider", {"provider", "program"}),
        ("mine", {"mine", "program"}),
        ("program", {"program"}),
    ],
)
async def test_an_administrator_grants_what_they_hold_and_no_more(
    floor: Floor, database: Database, held: str, allowed: set[str]
) -> None:
    actor = await floor.actor(_over(floor, Role.ADMIN)[held])
    someone = await floor.hire(name="Someone")
    granted: set[str] = set()
    for name, grant in _over(floor, Role.AGENT).items():
        try:
            async with database.transaction(actor) as tx, tx.begin_nested() as attempt:
                await set_grants(tx, actor, someone.id, (grant,))
                granted.add(name)
                await attempt.rollback()
        except GrantTooWideError:
            continue
    assert granted == allowed


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.ADMIN])
async def test_nobody_but_an_administrator_grants_anything(floor: Floor, database: Database, role: Role) -> None:
    actor = await floor.actor(RoleGrant(role, ScopeKind.PROVIDER, floor.provider.id))
    someone = await floor.hire(name="Someone")
    with pytest.raises(ForbiddenError):
        async with database.transaction(actor) as tx:
            await set_grants(tx, actor, someone.id, (RoleGrant(role, ScopeKind.PROVIDER, floor.provider.id),))
    with pytest.raises(ForbiddenError):
        async with database.transaction(actor) as tx:
            await create_person(tx, actor, NewPerson("New", "new@example.org", floor.provider.id))


async def test_nobody_takes_over_someone_who_holds_more(floor: Floor, database: Database) -> None:
    actor = await floor.actor(RoleGrant(Role.ADMIN, ScopeKind.PROVIDER, floor.provider.id))
    boss = await floor.hire(RoleGrant(Role.ADMIN, ScopeKind.EVERYTHING), name="Boss")
    with pytest.raises(GrantTooWideError):
        async with database.transaction(actor) as tx:
            await set_password(tx, actor, boss.id, "a new password of mine")
    with pytest.raises(GrantTooWideError):
        async with database.transaction(actor) as tx:
            await set_grants(tx, actor, boss.id, ())
    with pytest.raises(GrantTooWideError):
        async with database.transaction(actor) as tx:
            await change_person(tx, actor, boss.id, PersonChanges(email="mine@example.org"))


async def test_what_one_does_not_see_of_a_provider_counts(floor: Floor, database: Database) -> None:
    """A provider serves a client that the actor does not see: who grants over the provider would reach it."""
    await floor.world.program(floor.theirs, floor.provider, name="Unseen")
    actor = await floor.actor(RoleGrant(Role.ADMIN, ScopeKind.CLIENT, floor.mine.id))
    assert actor.person_id is not None
    with pytest.raises(GrantTooWideError):
        async with database.transaction(actor) as tx:
            await set_grants(tx, actor, PersonId(actor.person_id), (_over(floor, Role.ADMIN)["provider"],))


async def test_a_scope_that_does_not_exist_is_refused(floor: Floor, database: Database) -> None:
    someone = await floor.hire(name="Someone")
    for scope in (ScopeKind.CLIENT, ScopeKind.PROVIDER, ScopeKind.PROGRAM):
        with pytest.raises(GrantTooWideError):
            async with database.transaction(SYSTEM) as tx:
                await set_grants(tx, SYSTEM, someone.id, (RoleGrant(Role.AGENT, scope, new_id()),))


async def test_grants_over_other_clients_are_not_shown_and_not_lost(floor: Floor, database: Database) -> None:
    grants = (_over(floor, Role.AGENT)["mine"], _over(floor, Role.AGENT)["theirs"])
    shared = await floor.hire(*grants, name="Shared")
    actor = await floor.actor(RoleGrant(Role.ADMIN, ScopeKind.CLIENT, floor.mine.id))
    async with database.transaction(actor) as tx:
        assert (await get_person(tx, actor, shared.id)).grants == grants[:1]
        listed = (await list_people(tx, actor, search="shared")).items
    assert [one.grants for one in listed] == [grants[:1]]
    with pytest.raises(GrantTooWideError):
        async with database.transaction(actor) as tx:
            await set_grants(tx, actor, shared.id, grants[:1])
    async with database.transaction(SYSTEM) as tx:
        assert set((await get_person(tx, SYSTEM, shared.id)).grants) == set(grants)


async def test_the_lead_of_a_provider_sees_what_it_serves_and_its_people(
    floor: Floor, api: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await floor.world.person(Role.AGENT, ScopeKind.PROVIDER, floor.other.id, provider=floor.other, name="Quay Agent")
    lead = await floor.hire(RoleGrant(Role.TEAM_LEAD, ScopeKind.PROVIDER, floor.provider.id), name="Lead")
    await sign_in(api, lead)
    programs = (await api.get("/api/programs")).json()["items"]
    assert {one["name"] for one in programs} == {"First", "Second"}
    assert [one["name"] for one in (await api.get("/api/clients")).json()["items"]] == ["Mine"]
    assert [one["name"] for one in (await api.get("/api/people")).json()["items"]] == ["Lead"]
    assert [one["name"] for one in (await api.get("/api/providers")).json()["items"]] == ["Harbor"]


async def test_a_grant_over_one_program_filters_every_list(
    database: Database, api: httpx.AsyncClient, sign_in: SignIn
) -> None:
    desk = await make_desk(database)
    second = await desk.world.program(desk.client, desk.provider, name="Second")
    mine = await desk.opened("hello from the first")
    theirs = await _opened_in(desk, second.id)
    new = NewPerson(
        name="Narrow",
        email="narrow@example.org",
        provider_id=desk.provider.id,
        grants=(RoleGrant(Role.TEAM_LEAD, ScopeKind.PROGRAM, desk.program.id),),
    )
    async with database.transaction(SYSTEM) as tx:
        person = await create_person(tx, SYSTEM, new)
    await sign_in(api, person)
    listed = (await api.get("/api/conversations", params={"view": "all"})).json()["items"]
    assert [one["id"] for one in listed] == [str(mine)]
    found = (await api.get("/api/search", params={"q": "hello"})).json()["items"]
    assert [one["conversation"]["id"] for one in found] == [str(mine)]
    assert [one["id"] for one in (await api.get("/api/programs")).json()["items"]] == [str(desk.program.id)]
    for path in ("", "/messages", "/intervals", "/draft"):
        assert (await api.get(f"/api/conversations/{theirs}{path}")).status_code == 404
    by_ids = await api.get("/api/conversations/by-ids", params={"ids": f"{mine},{theirs}"})
    assert [one["id"] for one in by_ids.json()["items"]] == [str(mine)]
    assert (await api.get(f"/api/programs/{second.id}")).status_code == 404
    assert (await api.post(f"/api/conversations/{theirs}/take")).status_code == 404


async def _opened_in(desk: Desk, program_id: UUID) -> UUID:
    async with desk.database.transaction(SYSTEM) as tx:
        customer = await recognise(tx, SYSTEM, desk.client.id, IdentityKind.EMAIL, "bo@example.org", name="Bo")
    return (await desk.write(customer, "hello from the second", program_id=program_id)).conversation.id
