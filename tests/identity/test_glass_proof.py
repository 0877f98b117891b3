"""What it takes to break the glass: a fresh proof of one's own, a session, and not too many attempts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest

from careloom.identity.types import Person, Role, ScopeKind
from tests.identity.authenticator import Authenticator
from tests.identity.glass import House, build_house, enter, sees, smash, smashed
from tests.identity.test_api_keys import another
from tests.identity.test_passkeys import made
from tests.identity.test_second_factor import enrol, give
from tests.world import PASSWORD, World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]


@pytest.fixture
async def house(world: World, api: httpx.AsyncClient) -> House:
    """`api` is the lead's session."""
    found = await build_house(world)
    await enter(api, found.lead)
    return found


async def test_a_wrong_password_opens_nothing_and_is_noted(api: httpx.AsyncClient, house: House) -> None:
    assert (await smash(api, house.other, proof={"password": "not this one"})).status_code == 403
    assert (await smash(api, house.other, proof={})).status_code == 403
    assert await sees(api, house) == 404
    told = [one for one in await house.entries(client_id=house.other.id) if one.action == "break_glass.refuse"]
    assert [one.after for one in told] == [{"why": "NotProvenError"}] * 2
    assert told[0].person_id == house.lead.id


async def test_after_many_attempts_the_right_password_opens_nothing_either(
    api: httpx.AsyncClient, house: House
) -> None:
    statuses = [(await smash(api, house.other, proof={"password": "wrong"})).status_code for _ in range(8)]
    assert statuses == [403] * 8
    assert (await smash(api, house.other)).status_code == 429


async def test_breaking_it_again_and_again_is_slowed_down_too(api: httpx.AsyncClient, house: House) -> None:
    for _ in range(10):
        await smashed(api, house.other)
        assert (await api.delete("/api/session/glass")).status_code == 200
    assert (await smash(api, house.other)).status_code == 429


async def test_with_a_second_factor_the_password_is_no_proof(api: httpx.AsyncClient, house: House) -> None:
    app, codes = await enrol(api)
    assert (await api.get("/api/session/glass")).json()["proofs"] == ["code"]
    assert (await smash(api, house.other)).status_code == 403
    assert (await smash(api, house.other, proof={"code": app.wrong(1)[0]})).status_code == 400
    code = app.code(1)
    await smashed(api, house.other, proof={"code": code})
    await api.delete("/api/session/glass")
    assert (await smash(api, house.other, proof={"code": code})).status_code == 400
    await smashed(api, house.other, proof={"code": codes[0]})


async def test_a_passkey_proves_it_once_and_only_ones_own(api: httpx.AsyncClient, house: House) -> None:
    mine, theirs = Authenticator(), Authenticator()
    await made(api, mine)
    async with another(api) as browser:
        await enter(browser, await house.world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, password=PASSWORD))
        await made(browser, theirs)
    options = (await api.post("/api/session/glass/passkey")).json()
    assert len(options["allowCredentials"]) == 1
    assert (await smash(api, house.other, proof={"credential": theirs.use(options)})).status_code == 400
    options = (await api.post("/api/session/glass/passkey")).json()
    signed = mine.use(options)
    await smashed(api, house.other, proof={"credential": signed})
    await api.delete("/api/session/glass")
    assert (await smash(api, house.other, proof={"credential": signed})).status_code == 400
    of_sign_in = mine.use((await api.post("/api/sign-in/passkey/options")).json())
    assert (await smash(api, house.other, proof={"credential": of_sign_in})).status_code == 400


async def test_who_has_no_password_needs_a_sign_in_just_now(
    api: httpx.AsyncClient, house: House, sign_in: SignIn
) -> None:
    guest = await house.world.person(Role.ON_CALL, ScopeKind.EVERYTHING, None)
    await sign_in(api, guest)
    assert (await api.get("/api/session/glass")).json()["proofs"] == ["sign_in"]
    await smashed(api, house.foreign, proof={})
    await api.delete("/api/session/glass")
    await house.rows("UPDATE session SET made_at = now() - interval '6 minutes' RETURNING id")
    assert (await smash(api, house.foreign, proof={})).status_code == 403


async def test_an_unfinished_sign_in_and_a_key_get_nowhere(api: httpx.AsyncClient, house: House) -> None:
    harbor = house.provider
    admin = await house.world.person(Role.ADMIN, ScopeKind.PROVIDER, harbor.id, provider=harbor, password=PASSWORD)
    async with another(api) as browser:
        await enter(browser, admin)
        asked = {"name": "robot", "permissions": ["glass.break", "customers.read"]}
        assert (await browser.post("/api/api-keys", json=asked)).status_code == 400
        secret = (await browser.post("/api/api-keys", json={"name": "robot"})).json()["secret"]
    async with another(api) as robot:
        robot.headers["Authorization"] = f"Bearer {secret}"
        new = {"name": "Nico Night", "email": "nico@harbor.example", "provider_id": str(harbor.id)}
        on_call = {"role": "on_call", "scope": "provider", "scope_id": str(harbor.id)}
        handed_on = await robot.post("/api/people", json=new | {"grants": [on_call]})
        assert handed_on.status_code == 201, handed_on.text
        assert (await smash(robot, house.other)).status_code == 401
    app, _ = await enrol(api)
    async with another(api) as browser:
        await enter(browser, house.lead)
        assert (await smash(browser, house.other, proof={"code": app.code()})).status_code == 401
        assert (await give(browser, app.code(1))).status_code == 200
