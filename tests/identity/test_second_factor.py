"""The second factor: set up, asked for, used once; and a sign-in that lacks it can do nothing else."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from litestar.routes import HTTPRoute

from careloom.identity.core.totp import code_at, step_of
from careloom.identity.types import Person, Role, ScopeKind
from careloom.main import create_app
from careloom.organizations.types import Provider
from careloom.platform.audit import list_audit
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database
from careloom.platform.runtime import Runtime
from tests.identity.authenticator import Authenticator
from tests.identity.test_api_keys import another
from tests.identity.test_passkeys import made, used
from tests.world import PASSWORD, SYSTEM, World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]


class App:
    """An authenticator app; `ahead` is how many steps it runs before or after the true time."""

    def __init__(self, secret: str) -> None:
        self._secret = base64.b32decode(secret)

    def code(self, ahead: int = 0) -> str:
        return code_at(self._secret, step_of(now()) + ahead)

    def wrong(self, many: int) -> list[str]:
        """So many codes that it shows at no time near now: of six digits, any may be right by chance."""
        shown = {self.code(ahead) for ahead in range(-2, 4)}
        return [one for one in (f"{at:06d}" for at in range(many + len(shown))) if one not in shown][:many]


async def by_password(api: httpx.AsyncClient, person: Person) -> httpx.Response:
    """Signs in and sends the CSRF token from then on."""
    answer = await api.post("/api/session", json={"email": person.email, "password": PASSWORD})
    if answer.is_success:
        api.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return answer


async def enrol(api: httpx.AsyncClient) -> tuple[App, list[str]]:
    """Sets an app up for who is signed in; answers the recovery codes as well. Its next code is `app.code(1)`.

    A code of the step before would be too old where a step ends between making and looking at it.
    """
    begun = (await api.post("/api/session/totp")).json()
    app = App(begun["secret"])
    confirmed = await api.post("/api/session/totp/confirmation", json={"code": app.code()})
    assert confirmed.status_code == 200, confirmed.text
    return app, confirmed.json()["codes"]


async def give(api: httpx.AsyncClient, code: str) -> httpx.Response:
    """Gives the second factor."""
    answer = await api.post("/api/session/second-factor", json={"code": code})
    if answer.is_success:
        api.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return answer


@pytest.fixture
async def provider(world: World) -> Provider:
    return await world.provider()


@pytest.fixture
async def person(world: World, provider: Provider, api: httpx.AsyncClient) -> Person:
    found = await world.person(
        Role.ADMIN, ScopeKind.PROVIDER, provider.id, provider=provider, password=PASSWORD, name="Ada Secure"
    )
    await by_password(api, found)
    return found


async def test_with_an_app_the_password_alone_opens_nothing(api: httpx.AsyncClient, person: Person) -> None:
    app, _ = await enrol(api)
    async with another(api) as browser:
        begun = (await by_password(browser, person)).json()
        assert begun["pending"] == "second_factor"
        assert begun["permissions"] == begun["clients"] == []
        before = browser.cookies["careloom_session"]
        assert (await browser.get("/api/people")).status_code == 401
        done = await give(browser, app.code(1))
        assert done.json()["pending"] is None
        assert browser.cookies["careloom_session"] != before
        assert (await browser.get("/api/people")).status_code == 200


async def test_an_unfinished_sign_in_reaches_no_endpoint_but_those_that_finish_it(
    api: httpx.AsyncClient, person: Person, runtime: Runtime
) -> None:
    await enrol(api)
    finishing = {
        "GET /api/session",
        "DELETE /api/session",
        "GET /api/session/factors",
        "POST /api/session/second-factor",
        "POST /api/session/enrolment",
    }
    open_to_all = {
        "POST /api/session",
        "POST /api/sign-in/passkey",
        "POST /api/sign-in/passkey/options",
        "GET /api/sign-in/sso/callback",
        "GET /api/mailboxes/callback",
    }
    async with another(api) as browser:
        await by_password(browser, person)
        reached: set[str] = set()
        for route in create_app(runtime).routes:
            if not isinstance(route, HTTPRoute) or not route.path.startswith("/api/"):
                continue
            for method in sorted(route.methods - {"OPTIONS", "HEAD"}):
                name = f"{method} {route.path}"
                if name in finishing | open_to_all or "/demo/" in name:
                    continue
                answer = await browser.request(method, route.path.replace("{", "").replace("}", ""), json={})
                if answer.status_code not in (400, 401, 404, 405):
                    reached.add(f"{name}: {answer.status_code}")
        assert reached == set()
        assert (await browser.post("/api/session/totp")).status_code == 401
        assert (await browser.post("/api/session/passkeys/options")).status_code == 401


async def test_a_code_works_once_and_only_in_its_time(api: httpx.AsyncClient, person: Person) -> None:
    app, _ = await enrol(api)
    code = app.code(1)
    async with another(api) as first, another(api) as second:
        await by_password(first, person)
        await by_password(second, person)
        assert (await give(first, app.code(-5))).status_code == 400
        assert (await give(first, code)).status_code == 200
        assert (await give(second, code)).status_code == 400


async def test_a_recovery_code_stands_in_for_the_app_once(
    api: httpx.AsyncClient, person: Person, database: Database
) -> None:
    _, codes = await enrol(api)
    assert len(set(codes)) == 10
    async with another(api) as browser:
        await by_password(browser, person)
        assert (await give(browser, codes[0].upper().replace("-", " "))).status_code == 200
        await by_password(browser, person)
        assert (await give(browser, codes[0])).status_code == 400
    assert (await api.get("/api/session/factors")).json()["recovery_codes"] == 9
    renewed = (await api.post("/api/session/recovery-codes")).json()["codes"]
    async with another(api) as browser:
        await by_password(browser, person)
        assert (await give(browser, codes[1])).status_code == 400
        assert (await give(browser, renewed[0])).status_code == 200
    async with database.transaction(SYSTEM) as tx:
        told = {one.action for one in (await list_audit(tx, SYSTEM, person_id=person.id)).items}
    assert {"person.add_totp", "person.use_recovery_code", "person.renew_recovery_codes", "session.finish"} <= told


async def test_many_wrong_codes_close_the_door_even_to_the_right_one(
    api: httpx.AsyncClient, person: Person, database: Database
) -> None:
    app, _ = await enrol(api)
    async with another(api) as browser:
        await by_password(browser, person)
        for wrong in app.wrong(8):
            assert (await give(browser, wrong)).status_code == 400
        assert (await give(browser, app.code(1))).status_code == 429
    async with database.transaction(SYSTEM) as tx:
        entries = (await list_audit(tx, SYSTEM)).items
    refused = [one for one in entries if one.action == "person.refuse_sign_in"]
    assert [(one.subject_id, one.after) for one in refused] == [(person.id, {"method": "second_factor"})] * 8


async def test_an_app_counts_only_once_a_code_confirmed_it(api: httpx.AsyncClient, person: Person) -> None:
    begun = (await api.post("/api/session/totp")).json()
    assert begun["qr"].startswith("<svg")
    assert begun["secret"] in begun["address"]
    (wrong,) = App(begun["secret"]).wrong(1)
    assert (await api.post("/api/session/totp/confirmation", json={"code": wrong})).status_code == 400
    assert (await api.get("/api/session/factors")).json()["totp_since"] is None
    async with another(api) as browser:
        assert (await by_password(browser, person)).json()["pending"] is None


async def test_no_secret_can_be_read_again(api: httpx.AsyncClient, person: Person, database: Database) -> None:
    begun = (await api.post("/api/session/totp")).json()
    app = App(begun["secret"])
    codes = (await api.post("/api/session/totp/confirmation", json={"code": app.code()})).json()["codes"]
    async with database.transaction(SYSTEM) as tx:
        stored = [
            str(row)
            for table in ("totp", "recovery_code", "audit_entry")
            for row in await tx.exec_driver_sql(f"SELECT {table}::text FROM {table}")
        ]
    shown = [(await api.get(path)).text for path in ("/api/session/factors", "/api/session")]
    plain = [begun["secret"], base64.b32decode(begun["secret"]).hex(), *codes, codes[0].replace("-", "")]
    assert [one for one in plain for text in stored + shown if one in text] == []
    assert (await api.post("/api/session/totp")).status_code == 409


async def test_removing_the_app_takes_its_recovery_codes_along(
    api: httpx.AsyncClient, person: Person, database: Database
) -> None:
    await enrol(api)
    assert (await api.delete("/api/session/totp")).status_code == 204
    factors = (await api.get("/api/session/factors")).json()
    assert (factors["totp_since"], factors["recovery_codes"]) == (None, 0)
    async with database.transaction(SYSTEM) as tx:
        told = [one.action for one in (await list_audit(tx, SYSTEM, person_id=person.id)).items]
    assert told[0] == "person.remove_totp"


async def test_where_a_policy_asks_one_sets_a_factor_up_before_anything_else(
    api: httpx.AsyncClient, person: Person, provider: Provider
) -> None:
    policy: dict[str, Any] = {"provider_id": str(provider.id), "second_factor_roles": ["admin"]}
    assert (await api.put("/api/sign-in-policies", json=policy)).status_code == 200
    async with another(api) as browser:
        assert (await by_password(browser, person)).json()["pending"] == "enrolment"
        assert (await browser.get("/api/people")).status_code == 401
        assert (await browser.post("/api/session/enrolment")).status_code == 409
        await enrol(browser)
        done = await browser.post("/api/session/enrolment")
        assert done.json()["pending"] is None
        assert (await browser.get("/api/people")).status_code == 200


async def test_a_passkey_will_do_as_the_factor_that_a_policy_asks(
    api: httpx.AsyncClient, person: Person, provider: Provider
) -> None:
    await api.put("/api/sign-in-policies", json={"provider_id": str(provider.id), "second_factor_for_all": True})
    key = Authenticator()
    async with another(api) as browser:
        await by_password(browser, person)
        await made(browser, key)
        assert (await browser.post("/api/session/enrolment")).json()["pending"] is None
    async with another(api) as browser:
        assert (await by_password(browser, person)).json()["pending"] == "second_factor"
        assert (await used(browser, key)).json()["pending"] is None


async def test_an_administrator_resets_who_has_lost_the_device(
    api: httpx.AsyncClient, person: Person, world: World, sign_in: SignIn
) -> None:
    await enrol(api)
    async with another(api) as office:
        await sign_in(office, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
        assert (await office.delete(f"/api/people/{person.id}/factors")).status_code == 204
    async with another(api) as browser:
        assert (await by_password(browser, person)).json()["pending"] is None
