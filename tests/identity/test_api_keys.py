"""API keys: shown once, scoped, revocable."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import httpx
import pytest

from careloom.identity.commands import authentication
from careloom.identity.types import Person, Role, ScopeKind
from careloom.platform.clock import now
from tests.world import PASSWORD, World


def another(api: httpx.AsyncClient) -> httpx.AsyncClient:
    """A second client of the same application, signed in as nobody."""
    return httpx.AsyncClient(transport=api._transport, base_url=api.base_url)  # pyright: ignore[reportPrivateUsage]


SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]


async def test_a_key_acts_for_its_person_until_it_is_revoked(
    api: httpx.AsyncClient, world: World, sign_in: SignIn
) -> None:
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    made = (await api.post("/api/api-keys", json={"name": "robot"})).json()
    bearer = {"Authorization": f"Bearer {made['secret']}"}
    async with another(api) as robot:
        assert (await robot.get("/api/providers", headers=bearer)).status_code == 200
        await api.delete(f"/api/api-keys/{made['key']['id']}")
        assert (await robot.get("/api/providers", headers=bearer)).status_code == 401
    assert made["secret"] not in (await api.get("/api/api-keys")).text


async def test_a_key_held_to_one_client_sees_no_other(api: httpx.AsyncClient, world: World, sign_in: SignIn) -> None:
    mine, other = await world.client("Mine"), await world.client("Other")
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    made = (await api.post("/api/api-keys", json={"name": "one", "client_ids": [str(mine.id)]})).json()
    bearer = {"Authorization": f"Bearer {made['secret']}"}
    async with another(api) as robot:
        listed = (await robot.get("/api/clients", headers=bearer)).json()
        assert [one["name"] for one in listed["items"]] == ["Mine"]
        assert (await robot.get(f"/api/clients/{other.id}", headers=bearer)).status_code == 404


async def test_nobody_makes_a_key_with_a_permission_they_do_not_hold(
    api: httpx.AsyncClient, world: World, sign_in: SignIn
) -> None:
    client = await world.client()
    await sign_in(api, await world.person(Role.CLIENT_VIEWER, ScopeKind.CLIENT, client.id, client=client))
    answer = await api.post("/api/api-keys", json={"name": "robot", "permissions": ["people.write"]})
    assert answer.status_code == 403


async def test_each_key_says_whose_it_is(api: httpx.AsyncClient, world: World, sign_in: SignIn) -> None:
    for name in ("Ada", "Bo"):
        await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, name=name))
        made = (await api.post("/api/api-keys", json={"name": "robot"})).json()
        assert made["key"]["person_name"] == name
    listed = (await api.get("/api/api-keys")).json()
    assert [one["person_name"] for one in listed["items"]] == ["Bo", "Ada"]


async def test_a_key_held_to_little_does_nothing_to_the_account_of_its_person(
    api: httpx.AsyncClient, world: World, sign_in: SignIn
) -> None:
    person = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None)
    await sign_in(api, person)
    made = (await api.post("/api/api-keys", json={"name": "narrow", "permissions": ["audit.read"]})).json()
    other = (await api.post("/api/api-keys", json={"name": "other"})).json()
    (session,) = (await api.get("/api/sessions")).json()["items"]
    asked: tuple[tuple[str, str, dict[str, str] | None, int], ...] = (
        ("GET", "/api/sessions", None, 403),
        ("DELETE", f"/api/sessions/{session['id']}", None, 404),
        ("DELETE", f"/api/people/{person.id}/sessions", None, 403),
        ("PATCH", f"/api/people/{person.id}", {"name": "Somebody"}, 403),
        ("POST", "/api/session/password", {"current": PASSWORD, "new": "several words in a row"}, 401),
        ("DELETE", f"/api/api-keys/{other['key']['id']}", None, 404),
    )
    async with another(api) as robot:
        robot.headers["Authorization"] = f"Bearer {made['secret']}"
        for method, path, body, status in asked:
            answer = await robot.request(method, path, json=body)
            assert answer.status_code == status, (method, path, answer.text)
        assert [one["name"] for one in (await robot.get("/api/api-keys")).json()["items"]] == ["narrow"]
        assert (await robot.delete(f"/api/api-keys/{made['key']['id']}")).status_code == 204, "it may give itself up"
        assert (await robot.get("/api/api-keys")).status_code == 401
    assert (await api.get("/api/session")).json()["person"]["name"] == person.name
    assert {one["name"]: one["revoked_at"] is None for one in (await api.get("/api/api-keys")).json()["items"]} == {
        "other": True,
        "narrow": False,
    }


async def test_a_key_with_an_end_is_refused_after_it_and_says_so(
    api: httpx.AsyncClient, world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    end = now() + timedelta(days=30)
    made = (await api.post("/api/api-keys", json={"name": "robot", "expires_at": end.isoformat()})).json()
    endless = (await api.post("/api/api-keys", json={"name": "endless"})).json()
    assert datetime.fromisoformat(made["key"]["expires_at"]) == end
    async with another(api) as robot:

        async def ask(secret: str) -> httpx.Response:
            return await robot.get("/api/providers", headers={"Authorization": f"Bearer {secret}"})

        assert (await ask(made["secret"])).status_code == 200
        monkeypatch.setattr(authentication, "now", lambda: end)
        refused = await ask(made["secret"])
        assert (refused.status_code, refused.json()["code"]) == (401, "api_key_expired")
        assert "expired" in refused.json()["detail"]
        assert (await ask(f"{made['secret']}x")).json()["code"] == "not_signed_in", "it is told to its holder alone"
        assert (await ask(endless["secret"])).status_code == 200
    monkeypatch.undo()
    ends = {one["name"]: one["expires_at"] for one in (await api.get("/api/api-keys")).json()["items"]}
    assert ends == {"robot": made["key"]["expires_at"], "endless": None}


async def test_an_end_that_is_over_makes_no_key(api: httpx.AsyncClient, world: World, sign_in: SignIn) -> None:
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    answer = await api.post("/api/api-keys", json={"name": "robot", "expires_at": now().isoformat()})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "/expires_at")
    assert (await api.get("/api/api-keys")).json()["items"] == []
