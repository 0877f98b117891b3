"""The audit trail: who changed what, from what to what; written with the change or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from careloom.identity.types import Person, Role, ScopeKind
from careloom.organizations import commands
from careloom.organizations.types import ClientChanges
from careloom.platform import audit
from careloom.platform.database.transactions import Database
from careloom.platform.ids import new_id
from tests.world import SYSTEM, World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]


async def _entries(database: Database, **filters: Any) -> list[audit.AuditEntry]:
    async with database.transaction(SYSTEM) as tx:
        return list((await audit.list_audit(tx, SYSTEM, **filters)).items)


async def test_a_change_is_kept_with_who_what_and_where_from(
    api: httpx.AsyncClient, world: World, sign_in: SignIn, database: Database
) -> None:
    client = await world.client("Old")
    person = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, name="Ada Admin")
    await sign_in(api, person)
    answer = await api.patch(f"/api/clients/{client.id}", json={"name": "New"})
    entry = (await _entries(database, subject_id=client.id))[0]
    assert (entry.action, entry.subject_type) == ("client.change", "client")
    assert (entry.person_id, entry.actor_name, entry.client_id) == (person.id, "Ada Admin", client.id)
    assert entry.ip == "127.0.0.1"
    assert entry.request_id == answer.headers["x-request-id"]


async def test_entries_of_a_time_can_be_asked_for(
    api: httpx.AsyncClient, world: World, sign_in: SignIn, database: Database
) -> None:
    client = await world.client("Old")
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    for name in ("New", "Newer"):
        await api.patch(f"/api/clients/{client.id}", json={"name": name})
        await asyncio.sleep(0.01)
    newer, new, *_ = await _entries(database, subject_id=client.id)
    between = new.at + (newer.at - new.at) / 2

    async def names(**asked: Any) -> list[str]:
        answer = await api.get("/api/audit", params={"subject_id": str(client.id), "reads": False, **asked})
        return [one["after"]["name"] for one in answer.json()["items"]]

    assert await names(**{"from": between.isoformat()}) == ["Newer"]
    assert (await names(to=between.isoformat()))[0] == "New"
    assert await names(**{"from": between.isoformat(), "to": between.isoformat()}) == []


async def test_only_what_changed_is_kept(world: World, database: Database) -> None:
    client = await world.client("Old")
    async with database.transaction(SYSTEM) as tx:
        await commands.change_client(tx, SYSTEM, client.id, ClientChanges(name="New"))
    entry = (await _entries(database, subject_id=client.id))[0]
    assert (entry.before, entry.after) == ({"name": "Old"}, {"name": "New"})


async def test_a_change_that_fails_leaves_no_entry(world: World, database: Database) -> None:
    client = await world.client("Old")
    before = len(await _entries(database, subject_id=client.id))
    with pytest.raises(RuntimeError):
        async with database.transaction(SYSTEM) as tx:
            await commands.change_client(tx, SYSTEM, client.id, ClientChanges(name="New"))
            raise RuntimeError
    assert len(await _entries(database, subject_id=client.id)) == before


async def test_an_entry_of_the_installation_can_be_written_by_whoever_causes_it(
    world: World, database: Database
) -> None:
    client = await world.client()
    actor = await world.actor(await world.person(Role.CLIENT_VIEWER, ScopeKind.CLIENT, client.id, client=client))
    subject = new_id()
    async with database.transaction(actor) as tx:
        await audit.record(tx, actor, "thing.made", subject)
        seen = (await tx.exec_driver_sql("SELECT count(*) FROM audit_entry WHERE client_id IS NULL")).scalar_one()
    assert seen == 0
    assert [one.action for one in await _entries(database, subject_id=subject)] == ["thing.made"]


async def test_no_password_reaches_the_trail(
    api: httpx.AsyncClient, world: World, sign_in: SignIn, database: Database
) -> None:
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    secret = "a very secret password"
    made = await api.post("/api/people", json={"name": "Bo", "email": "bo@example.org", "password": secret})
    await api.post(f"/api/people/{made.json()['id']}/password", json={"password": secret + "!"})
    key = (await api.post("/api/api-keys", json={"name": "robot"})).json()["secret"]
    text = str(await _entries(database))
    assert secret not in text
    assert key not in text
    _, _, bare = key.removeprefix("clk_").partition("_")
    assert len(bare) > 40
    assert bare not in text


async def test_the_trail_is_read_by_those_who_may_alone(
    api: httpx.AsyncClient, world: World, sign_in: SignIn, database: Database
) -> None:
    client = await world.client("Mine")
    await sign_in(api, await world.person(Role.CLIENT_VIEWER, ScopeKind.CLIENT, client.id, client=client))
    assert (await api.get("/api/audit")).status_code == 403
    officer = await world.person(Role.COMPLIANCE_OFFICER, ScopeKind.CLIENT, client.id, client=client)
    await sign_in(api, officer)
    await world.client("Other")
    found = (await api.get("/api/audit")).json()["items"]
    assert {one["client_id"] for one in found} == {str(client.id)}


async def test_nobody_can_change_the_trail_through_the_api(
    api: httpx.AsyncClient, world: World, sign_in: SignIn
) -> None:
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert (await api.request(method, "/api/audit")).status_code == 405
