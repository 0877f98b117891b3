"""Single sign-on against a real OpenID Connect server: who is let in, with what, and every lie that is refused."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import select

from careloom.identity.tables import identity_provider
from careloom.identity.types import Person, Role, ScopeKind
from careloom.organizations.types import Client, Provider
from careloom.platform.audit import list_audit
from careloom.platform.database.transactions import Database
from careloom.platform.runtime import Runtime
from tests.identity.oidc_server import APPLICATION, SECRET, Server, running_oidc
from tests.identity.test_api_keys import another
from tests.world import PASSWORD, SYSTEM, World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]
CALLBACK = "/api/sign-in/sso/callback"


@pytest.fixture
def server(runtime: Runtime) -> Iterator[Server]:
    with running_oidc() as running:
        running.callback = runtime.settings.base_url + CALLBACK
        yield running


@dataclass
class House:
    """A provider with an identity provider of its own, and an administrator at the desk (`api`)."""

    api: httpx.AsyncClient
    world: World
    server: Server
    provider: Provider
    client: Client
    id: str

    async def change(self, **values: Any) -> httpx.Response:
        return await self.api.patch(f"/api/identity-providers/{self.id}", json=values)

    async def hire(self, email: str, role: str = "agent", provider: Provider | None = None) -> str:
        body = {"name": "Ada Byron", "email": email, "provider_id": str((provider or self.provider).id)}
        body["password"] = PASSWORD
        grants = [{"role": role, "scope": "client", "scope_id": str(self.client.id)}]
        answer = await self.api.post("/api/people", json={**body, "grants": grants})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]


@pytest.fixture
async def house(server: Server, api: httpx.AsyncClient, world: World, sign_in: SignIn) -> House:
    provider, client = await world.provider("Harbor"), await world.client("Juniper")
    await world.program(client, provider)
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    body = {
        "provider_id": str(provider.id),
        "name": "Harbor login",
        "issuer": server.issuer,
        "application_id": APPLICATION,
        "secret": SECRET,
        "domains": ["harbor.example"],
    }
    made = await api.post("/api/identity-providers", json=body)
    assert made.status_code == 201, made.text
    return House(api, world, server, provider, client, made.json()["id"])


async def away(browser: httpx.AsyncClient, house: House, to: str = "/desk/mine") -> str:
    """Goes to the server and signs in there; answers the way back."""
    gone = await browser.get(f"/api/sign-in/sso/{house.id}", params={"to": to})
    assert gone.status_code == 302, gone.text
    async with httpx.AsyncClient(trust_env=False) as there:
        answer = await there.get(gone.headers["location"])
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


async def back(browser: httpx.AsyncClient, way: str) -> str:
    """Comes back; answers where one is led."""
    parts = urlsplit(way)
    answer = await browser.get(f"{parts.path}?{parts.query}")
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


async def through(browser: httpx.AsyncClient, house: House) -> str:
    return await back(browser, await away(browser, house))


async def test_whoever_it_vouches_for_is_signed_in_and_led_where_they_wanted(house: House) -> None:
    person_id = await house.hire("Ada@harbor.example")
    async with another(house.api) as browser:
        assert await through(browser, house) == "/desk/mine"
        me = (await browser.get("/api/session")).json()
        assert (me["person"]["id"], me["pending"]) == (person_id, None)
        house.server.user["email"] = "ada.new@harbor.example"  # its own name for her stays
        assert await through(browser, house) == "/desk/mine"
        assert (await browser.get("/api/session")).json()["person"]["id"] == person_id


LIES: dict[str, Callable[[dict[str, Any]], None]] = {
    "another sign-in's nonce": lambda claims: claims.update(nonce="other"),
    "no nonce": lambda claims: claims.pop("nonce"),
    "another issuer": lambda claims: claims.update(iss="https://login.evil.example"),
    "another audience": lambda claims: claims.update(aud="another-program"),
    "many audiences, asked for by another": lambda claims: claims.update(aud=[APPLICATION, "other"], azp="other"),
    "many audiences, asked for by nobody": lambda claims: claims.update(aud=[APPLICATION, "other"]),
    "past its end": lambda claims: claims.update(exp=int(time.time()) - 3600),
    "no end": lambda claims: claims.pop("exp"),
    "made long ago": lambda claims: claims.update(iat=int(time.time()) - 7200),
    "made in the future": lambda claims: claims.update(iat=int(time.time()) + 7200),
}


@pytest.mark.parametrize("lie", LIES)
async def test_a_token_with_false_claims_is_refused(house: House, lie: str) -> None:
    await house.hire("ada@harbor.example")
    house.server.claims = LIES[lie]
    async with another(house.api) as browser:
        assert await through(browser, house) == "/sign-in?refused=failed"
        assert (await browser.get("/api/session")).status_code == 401


def _unsigned(claims: dict[str, Any]) -> str:
    parts = [json.dumps(one).encode() for one in ({"alg": "none"}, claims)]
    return ".".join(base64.urlsafe_b64encode(one).decode().rstrip("=") for one in parts) + "."


def _by_a_stranger(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, RSAKey.generate_key(2048, {"kid": "one"}))


def _by_the_shared_secret(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET.ljust(32, ".")))


def _nonsense(claims: dict[str, Any]) -> str:
    return "nonsense"


@pytest.mark.parametrize("encode", [_unsigned, _by_a_stranger, _by_the_shared_secret, _nonsense])
async def test_a_token_that_is_not_signed_by_its_own_key_is_refused(
    house: House, encode: Callable[[dict[str, Any]], str]
) -> None:
    await house.hire("ada@harbor.example")
    house.server.encode = encode
    async with another(house.api) as browser:
        assert await through(browser, house) == "/sign-in?refused=failed"


async def test_a_new_key_of_the_server_is_learned(house: House) -> None:
    await house.hire("ada@harbor.example")
    async with another(house.api) as browser:
        assert await through(browser, house) == "/desk/mine"
        house.server.key = RSAKey.generate_key(2048, {"kid": "two"})
        assert await through(browser, house) == "/desk/mine"


async def test_a_server_that_calls_itself_by_another_issuer_is_refused(house: House) -> None:
    house.server.described_issuer = "https://login.evil.example"
    async with another(house.api) as browser:
        gone = await browser.get(f"/api/sign-in/sso/{house.id}")
        assert gone.headers["location"] == "/sign-in?refused=failed"


async def test_as_soon_as_a_server_calls_itself_by_its_own_name_again_sign_in_works(house: House) -> None:
    await house.hire("ada@harbor.example")
    house.server.described_issuer = "https://login.harbor.example"
    async with another(house.api) as browser:
        gone = await browser.get(f"/api/sign-in/sso/{house.id}")
        assert gone.headers["location"] == "/sign-in?refused=failed"
        house.server.described_issuer = None
        assert await through(browser, house) == "/desk/mine"


async def test_the_way_back_works_once_and_only_in_the_browser_that_went(house: House) -> None:
    await house.hire("ada@harbor.example")
    async with another(house.api) as browser, another(house.api) as victim:
        way = await away(browser, house)
        assert await back(victim, way) == "/sign-in?refused=expired"
        await away(victim, house)
        assert await back(victim, way) == "/sign-in?refused=expired"
        assert await back(browser, way) == "/desk/mine"
        assert await back(browser, way) == "/sign-in?refused=expired"
        assert await back(browser, CALLBACK) == "/sign-in?refused=expired"


async def test_an_answer_that_names_another_server_is_refused(house: House) -> None:
    await house.hire("ada@harbor.example")
    async with another(house.api) as browser:
        way = await away(browser, house)
        assert await back(browser, f"{way}&iss=https://login.evil.example") == "/sign-in?refused=failed"


async def test_a_code_of_another_sign_in_is_worth_nothing(house: House) -> None:
    """The code of one sign-in, put into the way back of another: its proof (PKCE) does not fit."""
    await house.hire("ada@harbor.example")
    async with another(house.api) as attacker, another(house.api) as browser:
        stolen = parse_qs(urlsplit(await away(attacker, house)).query)["code"][0]
        state = parse_qs(urlsplit(await away(browser, house)).query)["state"][0]
        assert await back(browser, f"{CALLBACK}?state={state}&code={stolen}") == "/sign-in?refused=failed"


@pytest.mark.parametrize("to", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
async def test_nobody_is_led_away_from_here(house: House, to: str) -> None:
    await house.hire("ada@harbor.example")
    async with another(house.api) as browser:
        assert await back(browser, await away(browser, house, to)) == "/"


@pytest.mark.parametrize("said", [{"email_verified": False}, {"email_verified": "true"}, {"email": None}])
async def test_an_address_that_is_not_verified_counts_for_nothing(house: House, said: dict[str, Any]) -> None:
    await house.hire("ada@harbor.example")
    house.server.user.update(said)
    async with another(house.api) as browser:
        assert await through(browser, house) == "/sign-in?refused=email"


async def test_it_does_not_speak_for_the_people_of_others(house: House) -> None:
    await house.hire("ada@harbor.example", provider=await house.world.provider("Quay"))
    async with another(house.api) as browser:
        assert await through(browser, house) == "/sign-in?refused=unknown"


async def test_it_does_not_speak_for_who_may_more_than_its_owner(house: House, world: World) -> None:
    boss = await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, provider=house.provider)
    house.server.user["email"] = boss.email
    async with another(house.api) as browser:
        assert await through(browser, house) == "/sign-in?refused=too_much"


async def test_who_is_not_here_stays_outside_unless_it_may_make_people(house: House) -> None:
    async with another(house.api) as browser:
        assert await through(browser, house) == "/sign-in?refused=unknown"


async def test_people_are_made_and_changed_by_their_groups_and_without_one_lose_all(
    house: House, database: Database
) -> None:
    over = {"scope": "client", "scope_id": str(house.client.id)}
    rules = [
        {"group": "care", "grant": {"role": "agent", **over}},
        {"group": "leads", "grant": {"role": "team_lead", **over}},
    ]
    assert (await house.change(provisions=True, rules=rules)).status_code == 200
    house.server.user |= {"name": "Ada Byron", "groups": ["care", "chess club"]}
    async with another(house.api) as browser:
        assert await through(browser, house) == "/desk/mine"
        me = (await browser.get("/api/session")).json()["person"]
        assert (me["name"], me["provider_id"]) == ("Ada Byron", str(house.provider.id))
        assert [one["role"] for one in me["grants"]] == ["agent"]
        house.server.user["groups"] = ["leads"]
        assert await through(browser, house) == "/desk/mine"
        assert [one["role"] for one in (await browser.get("/api/session")).json()["person"]["grants"]] == ["team_lead"]
        house.server.user["groups"] = ["chess club"]
        assert await through(browser, house) == "/sign-in?refused=groups"
    kept = (await house.api.get(f"/api/people/{me['id']}")).json()
    assert kept["grants"] == []
    async with database.transaction(SYSTEM) as tx:
        entries = (await list_audit(tx, SYSTEM)).items
    told = [one.action for one in entries if one.actor_name == "Single sign-on: Harbor login"]
    assert told == ["identity_provider.refuse", "person.grant", "person.grant", "person.create"]


async def test_a_stranger_without_a_group_is_not_made(house: House) -> None:
    over = {"scope": "client", "scope_id": str(house.client.id)}
    await house.change(provisions=True, rules=[{"group": "care", "grant": {"role": "agent", **over}}])
    async with another(house.api) as browser:
        assert await through(browser, house) == "/sign-in?refused=groups"
    assert (await house.api.get("/api/people", params={"search": "ada@"})).json()["items"] == []


async def test_rules_grant_no_more_than_who_sets_them_holds(house: House, world: World, sign_in: SignIn) -> None:
    other = await world.client("Basalt")
    admin = await world.person(Role.ADMIN, ScopeKind.PROVIDER, house.provider.id, provider=house.provider)
    await sign_in(house.api, admin)
    for scope in ({"scope": "everything", "scope_id": None}, {"scope": "client", "scope_id": str(other.id)}):
        rules = [{"group": "all", "grant": {"role": "admin", **scope}}]
        assert (await house.change(rules=rules)).status_code == 403


async def test_where_only_single_sign_on_is_wanted_no_password_lets_in(house: House) -> None:
    await house.hire("ada@harbor.example")
    words = {"email": "ada@harbor.example", "password": PASSWORD}
    async with another(house.api) as browser:
        assert (await browser.post("/api/session", json=words)).status_code == 200
        await house.change(only=True)
        assert (await browser.post("/api/session", json=words)).status_code == 403
        assert await through(browser, house) == "/desk/mine"
        methods = await browser.get("/api/sign-in/methods", params={"domain": "Harbor.example"})
        assert methods.json() == {"sso": [{"id": house.id, "name": "Harbor login"}], "password": False}


async def test_a_policy_still_asks_where_the_server_asks_for_no_second_factor(house: House) -> None:
    await house.hire("ada@harbor.example")
    await house.api.put(
        "/api/sign-in-policies", json={"provider_id": str(house.provider.id), "second_factor_for_all": True}
    )
    async with another(house.api) as browser:
        await through(browser, house)
        assert (await browser.get("/api/session")).json()["pending"] is None
        await house.change(second_factor=False)
        await through(browser, house)
        assert (await browser.get("/api/session")).json()["pending"] == "enrolment"


async def test_what_is_switched_off_lets_nobody_in(house: House) -> None:
    await house.hire("ada@harbor.example")
    async with another(house.api) as browser:
        way = await away(browser, house)
        await house.change(active=False)
        assert await back(browser, way) == "/sign-in?refused=failed"
        gone = await browser.get(f"/api/sign-in/sso/{house.id}")
        assert gone.headers["location"] == "/sign-in?refused=failed"


async def test_the_secret_is_sealed_and_never_shown(house: House, database: Database) -> None:
    async with database.transaction(SYSTEM) as tx:
        kept = (await tx.execute(select(identity_provider.c.secret))).scalar_one()
        told = [str(one) for one in (await list_audit(tx, SYSTEM)).items]
    shown = [
        (await house.api.get(path)).text for path in ("/api/identity-providers", f"/api/identity-providers/{house.id}")
    ]
    changed = (await house.change(secret="another secret of ours")).text
    assert [one for one in (kept, changed, *shown, *told) if SECRET in one or "another secret" in one] == []
    assert '"has_secret":true' in changed


@pytest.mark.parametrize("issuer", ["https://[::ffff:7f00:1", "https://a:b", "https://a:99999/", "https://[x]/t"])
async def test_an_issuer_that_is_no_address_is_refused_at_its_field(house: House, issuer: str) -> None:
    new = {"name": "Harbor", "issuer": issuer, "application_id": "careloom"}
    for answer in (await house.change(issuer=issuer), await house.api.post("/api/identity-providers", json=new)):
        assert (answer.status_code, [one["path"] for one in answer.json()["errors"]]) == (400, ["/issuer"])


async def test_a_server_that_describes_itself_by_what_is_no_address_is_refused(house: House) -> None:
    house.server.described_page = "https://[x]/authorize"
    async with another(house.api) as browser:
        gone = await browser.get(f"/api/sign-in/sso/{house.id}")
        assert gone.headers["location"] == "/sign-in?refused=failed"


@pytest.mark.parametrize("issuer", ["http://login.example", "https://user:word@login.example", "ftp://login.example"])
async def test_an_address_that_could_be_listened_to_is_refused(house: House, issuer: str) -> None:
    answer = await house.change(issuer=issuer)
    assert answer.status_code == 400
