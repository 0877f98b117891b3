"""Setting up organizations: who may, what is checked, what is recorded."""

from collections.abc import Awaitable, Callable

import httpx

from careloom.identity.types import Person, Role, ScopeKind
from tests.world import World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]


async def test_a_program_is_made_changed_and_audited(api: httpx.AsyncClient, world: World, sign_in: SignIn) -> None:
    client, provider = await world.client(), await world.provider()
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    new = {
        "client_id": str(client.id),
        "name": "Care",
        "time_zone": "Europe/Berlin",
        "provider_ids": [str(provider.id)],
        "hours": [{"weekday": 0, "opens": 480, "closes": 1080}],
        "voice": {"greeting": "Hello!", "tone_do": ["be brief"]},
    }
    made = (await api.post("/api/programs", json=new)).json()
    assert made["provider_ids"] == [str(provider.id)]
    changed = await api.patch(f"/api/programs/{made['id']}", json={"name": "Care DE"})
    assert changed.json()["voice"]["greeting"] == "Hello!"
    entries = (await api.get("/api/audit", params={"subject_id": made["id"]})).json()["items"]
    assert [one["action"] for one in entries] == ["program.change", "program.create"]
    assert entries[0]["before"] == {"name": "Care"}
    assert entries[0]["after"] == {"name": "Care DE"}


async def test_a_wrong_time_zone_says_what_to_do(api: httpx.AsyncClient, world: World, sign_in: SignIn) -> None:
    client = await world.client()
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    answer = await api.post(
        "/api/programs", json={"client_id": str(client.id), "name": "Care", "time_zone": "Mars/Olympus"}
    )
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["path"] == "/time_zone"


async def test_a_page_ends_where_the_next_begins(api: httpx.AsyncClient, world: World, sign_in: SignIn) -> None:
    names = [(await world.client(f"Client {number}")).name for number in range(5)]
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    first = (await api.get("/api/clients", params={"limit": 3})).json()
    second = (await api.get("/api/clients", params={"limit": 3, "after": first["next"]})).json()
    assert [one["name"] for one in first["items"] + second["items"]] == names
    assert second["next"] is None


async def test_a_repeated_idempotency_key_answers_the_same_and_makes_nothing_twice(
    api: httpx.AsyncClient, world: World, sign_in: SignIn
) -> None:
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    key = {"Idempotency-Key": "once"}
    first = await api.post("/api/providers", json={"name": "Once"}, headers=key)
    second = await api.post("/api/providers", json={"name": "Once"}, headers=key)
    other = await api.post("/api/providers", json={"name": "Other"}, headers=key)
    assert first.json() == second.json()
    assert other.status_code == 409
    assert len((await api.get("/api/providers")).json()["items"]) == 1


async def test_an_agent_may_look_but_not_change(api: httpx.AsyncClient, world: World, sign_in: SignIn) -> None:
    provider, client = await world.provider(), await world.client()
    program = await world.program(client, provider)
    await sign_in(api, await world.agent(provider, client))
    assert (await api.get(f"/api/programs/{program.id}")).status_code == 200
    assert (await api.patch(f"/api/programs/{program.id}", json={"name": "Mine now"})).status_code == 403


async def test_rules_of_privacy_that_somebody_changed_meanwhile_are_not_replaced(
    api: httpx.AsyncClient, world: World, sign_in: SignIn
) -> None:
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    path = f"/api/clients/{(await world.client()).id}/privacy"
    read = (await api.get(path)).json()
    rule = {"name": "order", "pattern": "AB[0-9]{6}"}
    changed = await api.put(path, json={**read, "rules": [rule]})
    assert changed.json() == (await api.get(path)).json()
    assert changed.json()["version"] != read["version"]
    late = await api.put(path, json={**read, "keep_days": 7})
    assert (late.status_code, late.json()["code"]) == (409, "policy_changed")
    kept = (await api.get(path)).json()
    assert ([one["name"] for one in kept["rules"]], kept["keep_days"]) == (["order"], read["keep_days"])
    again = await api.put(path, json={key: value for key, value in read.items() if key != "version"})
    assert again.json()["version"] == read["version"]  # who names none replaces any
