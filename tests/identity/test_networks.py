"""A client's data is seen from its networks alone, by people, by keys and by administrators."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable

import httpx
import msgspec
import pytest

from careloom.identity.types import Person, Role, ScopeKind
from careloom.platform.runtime import Runtime
from tests.application import http_client
from tests.world import World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]
OFFICE, HOME = {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "198.51.100.9"}


@pytest.fixture
def runtime(runtime: Runtime) -> Runtime:
    """Behind a proxy, so that requests can come from anywhere."""
    return dataclasses.replace(
        runtime, settings=msgspec.structs.replace(runtime.settings, trusted_proxies=("127.0.0.1",))
    )


@pytest.fixture
async def admin(api: httpx.AsyncClient, world: World, sign_in: SignIn) -> Person:
    found = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None)
    await sign_in(api, found)
    return found


async def guard(api: httpx.AsyncClient, client_id: object, *networks: str) -> httpx.Response:
    return await api.put(f"/api/clients/{client_id}/networks", json={"networks": networks}, headers=OFFICE)


async def names(api: httpx.AsyncClient, headers: dict[str, str]) -> list[str]:
    answer = await api.get("/api/clients", headers=headers)
    assert answer.status_code == 200, answer.text
    return sorted(one["name"] for one in answer.json()["items"])


async def test_people_of_a_guarded_client_see_it_from_its_networks_alone(
    runtime: Runtime, api: httpx.AsyncClient, admin: Person, world: World, sign_in: SignIn
) -> None:
    guarded, free = await world.client("Guarded"), await world.client("Free")
    agent = await world.agent(await world.provider(), guarded, free)
    assert (await guard(api, guarded.id, "203.0.113.0/24", "2001:db8::/32")).status_code == 200
    async with http_client(runtime) as desk:
        await sign_in(desk, agent)
        assert await names(desk, OFFICE) == ["Free", "Guarded"]
        assert await names(desk, {"X-Forwarded-For": "2001:db8::7"}) == ["Free", "Guarded"]
        assert await names(desk, {"X-Forwarded-For": "::ffff:203.0.113.7"}) == ["Free", "Guarded"]
        assert await names(desk, HOME) == ["Free"]
        assert (await desk.get(f"/api/clients/{guarded.id}", headers=HOME)).status_code == 404
        me = (await desk.get("/api/session", headers=HOME)).json()
        assert [one["name"] for one in me["clients"]] == ["Free"]


async def test_keys_and_administrators_are_held_to_it_as_well(
    runtime: Runtime, api: httpx.AsyncClient, admin: Person, world: World
) -> None:
    guarded = await world.client("Guarded")
    await world.client("Free")
    secret = (await api.post("/api/api-keys", json={"name": "robot"}, headers=OFFICE)).json()["secret"]
    await guard(api, guarded.id, "203.0.113.7")
    bearer = {"Authorization": f"Bearer {secret}"}
    async with http_client(runtime) as robot:
        assert await names(robot, {**OFFICE, **bearer}) == ["Free", "Guarded"]
        assert await names(robot, {**HOME, **bearer}) == ["Free"]
        assert (await robot.get(f"/api/clients/{guarded.id}", headers={**HOME, **bearer})).status_code == 404
    assert await names(api, HOME) == ["Free"]
    lifted = await api.put(f"/api/clients/{guarded.id}/networks", json={"networks": []}, headers=HOME)
    assert lifted.status_code == 404


async def test_an_empty_list_opens_it_again(api: httpx.AsyncClient, admin: Person, world: World) -> None:
    guarded = await world.client("Guarded")
    await guard(api, guarded.id, "203.0.113.0/24")
    assert (await guard(api, guarded.id)).json()["networks"] == []
    assert await names(api, HOME) == ["Guarded"]


async def test_nobody_shuts_themselves_out(api: httpx.AsyncClient, admin: Person, world: World) -> None:
    guarded = await world.client("Guarded")
    answer = await guard(api, guarded.id, "198.51.100.0/24")
    assert answer.status_code == 400
    assert "203.0.113.7" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("network", ["everywhere", "203.0.113.7/24", "10.0.0.0/33", "1.2.3"])
async def test_what_is_no_network_is_refused_where_it_stands(
    api: httpx.AsyncClient, admin: Person, world: World, network: str
) -> None:
    guarded = await world.client("Guarded")
    answer = await guard(api, guarded.id, "203.0.113.0/24", network)
    assert [one["path"] for one in answer.json()["errors"]] == ["/networks/1"]
