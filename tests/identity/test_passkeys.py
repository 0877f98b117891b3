"""Passkeys: made, used, renamed, removed; and what an attacker would try with them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from careloom.identity.tables import session
from careloom.identity.types import Person, Role, ScopeKind
from careloom.platform.audit import list_audit
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database
from tests.identity.authenticator import Authenticator
from tests.identity.test_api_keys import another
from tests.world import SYSTEM, World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]


async def made(api: httpx.AsyncClient, key: Authenticator, name: str = "Laptop") -> dict[str, Any]:
    """Makes a passkey for who is signed in."""
    options = await api.post("/api/session/passkeys/options")
    assert options.status_code == 200, options.text
    answer = await api.post("/api/session/passkeys", json={"name": name, "credential": key.make(options.json())})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def used(api: httpx.AsyncClient, key: Authenticator) -> httpx.Response:
    """Signs in by passkey."""
    options = (await api.post("/api/sign-in/passkey/options")).json()
    return await api.post("/api/sign-in/passkey", json={"credential": key.use(options)})


@pytest.fixture
async def person(world: World, api: httpx.AsyncClient, sign_in: SignIn) -> Person:
    found = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None)
    await sign_in(api, found)
    return found


async def test_a_passkey_signs_in_alone_without_name_or_password(api: httpx.AsyncClient, person: Person) -> None:
    key = Authenticator()
    await made(api, key)
    async with another(api) as browser:
        answer = await used(browser, key)
        assert answer.status_code == 200, answer.text
        assert answer.json()["person"]["id"] == str(person.id)
        assert answer.json()["pending"] is None
        assert (await browser.get("/api/people")).status_code == 200
        listed = (await browser.get("/api/sessions")).json()["items"]
    assert [one["method"] for one in listed if one["current"]] == ["passkey"]


async def test_several_passkeys_are_told_apart_renamed_and_removed(
    api: httpx.AsyncClient, person: Person, database: Database
) -> None:
    laptop, phone = Authenticator(), Authenticator()
    first, second = await made(api, laptop), await made(api, phone, "Phone")
    renamed = await api.patch(f"/api/session/passkeys/{second['id']}", json={"name": "New phone"})
    assert renamed.json()["name"] == "New phone"
    assert (await api.delete(f"/api/session/passkeys/{first['id']}")).status_code == 204
    factors = (await api.get("/api/session/factors")).json()
    assert [one["name"] for one in factors["passkeys"]] == ["New phone"]
    async with another(api) as browser:
        assert (await used(browser, laptop)).status_code == 400
        assert (await used(browser, phone)).status_code == 200
    async with database.transaction(SYSTEM) as tx:
        entries = (await list_audit(tx, SYSTEM, person_id=person.id)).items
    told = [one.action for one in entries if one.action.startswith("passkey.")]
    assert told == ["passkey.remove", "passkey.rename", "passkey.add", "passkey.add"]


async def test_what_was_signed_for_another_site_is_refused(api: httpx.AsyncClient, person: Person) -> None:
    key = Authenticator()
    await made(api, key)
    key.origin = "https://careloom.evil.example"
    async with another(api) as browser:
        assert (await used(browser, key)).status_code == 400


async def test_an_answer_works_once(api: httpx.AsyncClient, person: Person) -> None:
    key = Authenticator()
    await made(api, key)
    async with another(api) as browser:
        body = {"credential": key.use((await browser.post("/api/sign-in/passkey/options")).json())}
        assert (await browser.post("/api/sign-in/passkey", json=body)).status_code == 200
        assert (await browser.post("/api/sign-in/passkey", json=body)).status_code == 400


async def test_a_challenge_that_nobody_gave_is_refused(api: httpx.AsyncClient, person: Person) -> None:
    key = Authenticator()
    await made(api, key)
    async with another(api) as browser:
        body = {"credential": key.use({"challenge": "AAAA"})}
        assert (await browser.post("/api/sign-in/passkey", json=body)).status_code == 400


async def test_a_copied_key_is_noticed_by_its_counter(api: httpx.AsyncClient, person: Person) -> None:
    key = Authenticator()
    await made(api, key)
    async with another(api) as browser:
        assert (await used(browser, key)).status_code == 200
        key.counter = 0
        assert (await used(browser, key)).status_code == 400


async def test_a_key_that_did_not_check_its_user_is_not_enough(api: httpx.AsyncClient, person: Person) -> None:
    lax = Authenticator(verifies=False)
    options = (await api.post("/api/session/passkeys/options")).json()
    answer = await api.post("/api/session/passkeys", json={"name": "Lax", "credential": lax.make(options)})
    assert answer.status_code == 400


async def test_a_key_made_for_one_is_not_kept_for_another(
    api: httpx.AsyncClient, person: Person, world: World, sign_in: SignIn
) -> None:
    options = (await api.post("/api/session/passkeys/options")).json()
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, name="Other"))
    body = {"name": "Mine", "credential": Authenticator().make(options)}
    assert (await api.post("/api/session/passkeys", json=body)).status_code == 400


@pytest.mark.parametrize(
    "credential", [{}, {"response": {}}, {"response": 3}, {"response": {"clientDataJSON": "e30"}}, {"rawId": "%"}]
)
async def test_nonsense_is_refused_without_a_stumble(api: httpx.AsyncClient, credential: dict[str, Any]) -> None:
    answer = await api.post("/api/sign-in/passkey", json={"credential": credential})
    assert answer.status_code == 400


async def test_an_old_sign_in_changes_no_way_in(api: httpx.AsyncClient, person: Person, database: Database) -> None:
    kept = await made(api, Authenticator())
    async with database.transaction(SYSTEM) as tx:
        await tx.execute(update(session).values(made_at=now() - timedelta(hours=1)))
    assert (await api.post("/api/session/passkeys/options")).status_code == 403
    assert (await api.delete(f"/api/session/passkeys/{kept['id']}")).status_code == 403
    assert (await api.post("/api/session/totp")).status_code == 403


async def test_an_inactive_person_has_no_way_in(
    api: httpx.AsyncClient, person: Person, world: World, sign_in: SignIn
) -> None:
    key = Authenticator()
    await made(api, key)
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, name="Boss"))
    await api.patch(f"/api/people/{person.id}", json={"active": False})
    async with another(api) as browser:
        assert (await used(browser, key)).status_code == 401
