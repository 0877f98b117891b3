"""Signing in, staying signed in, and being refused."""

import httpx

from careloom.identity.commands.people import change_person
from careloom.identity.types import PersonChanges, Role, ScopeKind
from careloom.platform.audit import list_audit
from careloom.platform.database.transactions import Database
from careloom.platform.runtime import Runtime
from tests.world import PASSWORD, SYSTEM, World


async def test_the_right_password_signs_in_and_the_cookie_is_hidden_from_scripts(
    api: httpx.AsyncClient, world: World
) -> None:
    person = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, password=PASSWORD)
    answer = await api.post("/api/session", json={"email": person.email.upper(), "password": PASSWORD})
    assert answer.status_code == 200
    assert "httponly" in answer.headers["set-cookie"].lower()
    assert "samesite=lax" in answer.headers["set-cookie"].lower()
    me = (await api.get("/api/session")).json()
    assert me["person"]["id"] == str(person.id)
    assert "people.write" in me["permissions"]


async def test_whoever_signs_in_hears_where_the_installation_is_reached_whatever_they_came_by(
    api: httpx.AsyncClient, world: World, runtime: Runtime
) -> None:
    person = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, password=PASSWORD)
    await api.post("/api/session", json={"email": person.email, "password": PASSWORD})
    me = (await api.get("/api/session", headers={"X-Forwarded-Host": "elsewhere.example"})).json()
    assert me["base_url"] == runtime.settings.base_url


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    api: httpx.AsyncClient, world: World
) -> None:
    person = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, password=PASSWORD)
    wrong = await api.post("/api/session", json={"email": person.email, "password": "wrong password"})
    unknown = await api.post("/api/session", json={"email": "no@example.org", "password": "wrong password"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["detail"] == unknown.json()["detail"]
    assert wrong.headers["content-type"] == "application/problem+json"


async def test_a_refused_sign_in_stands_in_the_trail_with_whose_it_was_and_from_where(
    api: httpx.AsyncClient, world: World, database: Database
) -> None:
    person = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, password=PASSWORD)
    for email in (person.email, "no@example.org"):
        await api.post("/api/session", json={"email": email, "password": "wrong password"})
    async with database.transaction(SYSTEM) as tx:
        found = await list_audit(tx, SYSTEM)
    (one,) = (each for each in found.items if each.action == "person.refuse_sign_in")
    assert (one.subject_id, one.person_id, one.ip) == (person.id, None, "127.0.0.1")
    assert one.after == {"method": "password"}


async def test_many_wrong_passwords_close_the_door_even_to_the_right_one(api: httpx.AsyncClient, world: World) -> None:
    person = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, password=PASSWORD)
    for _ in range(8):
        await api.post("/api/session", json={"email": person.email, "password": "wrong password"})
    answer = await api.post("/api/session", json={"email": person.email, "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


async def test_a_change_without_the_csrf_token_is_refused(api: httpx.AsyncClient, world: World) -> None:
    person = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, password=PASSWORD)
    signed = await api.post("/api/session", json={"email": person.email, "password": PASSWORD})
    forged = await api.post("/api/providers", json={"name": "Forged"})
    assert forged.status_code == 403
    token = {"X-CSRF-Token": signed.json()["csrf_token"]}
    assert (await api.post("/api/providers", json={"name": "Real"}, headers=token)).status_code == 201


async def test_whoever_is_made_inactive_is_signed_out_at_once(
    api: httpx.AsyncClient, world: World, database: Database
) -> None:
    person = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, password=PASSWORD)
    await api.post("/api/session", json={"email": person.email, "password": PASSWORD})
    async with database.transaction(SYSTEM) as tx:
        await change_person(tx, SYSTEM, person.id, PersonChanges(active=False))
    assert (await api.get("/api/session")).status_code == 401


async def test_signing_out_ends_the_session(api: httpx.AsyncClient, world: World) -> None:
    person = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, password=PASSWORD)
    signed = await api.post("/api/session", json={"email": person.email, "password": PASSWORD})
    cookie = api.cookies["careloom_session"]
    await api.delete("/api/session", headers={"X-CSRF-Token": signed.json()["csrf_token"]})
    api.cookies.set("careloom_session", cookie)
    assert (await api.get("/api/session")).status_code == 401


async def test_the_trail_tells_when_someone_signed_in_and_out(
    api: httpx.AsyncClient, world: World, database: Database
) -> None:
    person = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, password=PASSWORD)
    signed = await api.post("/api/session", json={"email": person.email, "password": PASSWORD})
    for _ in range(2):
        await api.delete("/api/session", headers={"X-CSRF-Token": signed.json()["csrf_token"]})
    async with database.transaction(SYSTEM) as tx:
        entries = (await list_audit(tx, SYSTEM, person_id=person.id)).items
    assert [(one.action, one.actor_name) for one in entries] == [
        ("session.end", person.name),
        ("session.start", person.name),
    ]
    assert len({one.subject_id for one in entries}) == 1
