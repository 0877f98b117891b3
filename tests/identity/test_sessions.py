"""Where one is signed in: listed, ended by oneself or by an administrator."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx

from careloom.identity.types import Person, Role, ScopeKind
from tests.identity.test_api_keys import another
from tests.world import PASSWORD, World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def test_one_sees_where_one_is_signed_in_and_ends_what_one_does_not_know(
    api: httpx.AsyncClient, world: World, sign_in: SignIn
) -> None:
    person = await world.person(Role.CLIENT_VIEWER, ScopeKind.CLIENT, (await world.client()).id, password=PASSWORD)
    await sign_in(api, person)
    async with another(api) as phone:
        words = {"email": person.email, "password": PASSWORD}
        assert (await phone.post("/api/session", json=words, headers={"User-Agent": FIREFOX})).is_success
        listed = (await api.get("/api/sessions")).json()["items"]
        assert [(one["device"], one["method"], one["current"]) for one in listed] == [
            ("Firefox, Windows", "password", False),
            ("test", "demo", True),
        ]
        assert (await api.delete(f"/api/sessions/{listed[0]['id']}")).status_code == 204
        assert (await phone.get("/api/session")).status_code == 401
    assert (await api.get("/api/session")).status_code == 200


async def test_nobody_sees_or_ends_sessions_of_whom_they_do_not_manage(
    api: httpx.AsyncClient, world: World, sign_in: SignIn
) -> None:
    provider, other = await world.provider(), await world.provider("Quay")
    boss = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, provider=provider, name="Boss")
    agent = await world.agent(provider, name="Agent")
    stranger = await world.agent(other, name="Stranger")
    async with another(api) as theirs:
        for someone in (boss, stranger):
            await sign_in(theirs, someone)
            session_id = (await theirs.get("/api/sessions")).json()["items"][0]["id"]
            admin = await world.person(Role.ADMIN, ScopeKind.PROVIDER, provider.id, provider=provider, name="Lead")
            for asking in (agent, admin):
                await sign_in(api, asking)
                status = 404 if someone is stranger or asking is agent else 403
                seen = await api.get("/api/sessions", params={"person_id": str(someone.id)})
                assert seen.status_code in (403, status), (asking.name, someone.name)
                for path in (f"/api/sessions/{session_id}", f"/api/people/{someone.id}/sessions"):
                    assert (await api.delete(path)).status_code in (403, status)
            assert (await theirs.get("/api/session")).status_code == 200


async def test_an_administrator_signs_someone_out_everywhere(
    api: httpx.AsyncClient, world: World, sign_in: SignIn
) -> None:
    provider = await world.provider()
    agent = await world.agent(provider)
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.PROVIDER, provider.id, provider=provider))
    async with another(api) as desk:
        await sign_in(desk, agent)
        seen = (await api.get("/api/sessions", params={"person_id": str(agent.id)})).json()["items"]
        assert [one["ip"] for one in seen] == ["127.0.0.1"]
        assert (await api.delete(f"/api/people/{agent.id}/sessions")).status_code == 204
        assert (await desk.get("/api/session")).status_code == 401
    assert (await api.get("/api/sessions", params={"person_id": str(agent.id)})).json()["items"] == []
