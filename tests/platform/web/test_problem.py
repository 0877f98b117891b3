"""Errors are told in the reader's language, and to programs by a code that no language changes."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from careloom.identity.types import Person, Role, ScopeKind
from tests.world import World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


@pytest.fixture
async def admin(api: httpx.AsyncClient, world: World, sign_in: SignIn) -> httpx.AsyncClient:
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    return api


async def test_an_error_is_told_in_the_language_that_is_asked_for(api: httpx.AsyncClient) -> None:
    english, german = await api.get("/api/people"), await api.get("/api/people", headers=GERMAN)
    assert english.json()["title"] == english.json()["detail"] == "Sign in first."
    assert german.json()["title"] == german.json()["detail"] == "Melden Sie sich zuerst an."
    assert (english.headers["content-language"], german.headers["content-language"]) == ("en", "de")
    assert "Accept-Language" in german.headers["vary"]


async def test_the_code_and_the_status_are_the_same_in_every_language(api: httpx.AsyncClient) -> None:
    answers = [await api.get("/api/people", headers={"Accept-Language": one}) for one in ("en", "de", "ar", "tlh")]
    assert {(one.status_code, one.json()["code"]) for one in answers} == {(401, "not_signed_in")}


async def test_an_error_of_a_kind_has_the_code_of_its_kind(admin: httpx.AsyncClient, world: World) -> None:
    someone = await world.person(Role.AGENT, ScopeKind.EVERYTHING, None)
    new = {"name": "Ada", "email": someone.email, "password": "four plain words here"}
    taken = await admin.post("/api/people", json=new, headers=GERMAN)
    assert taken.json()["code"] == "email_taken"
    message = "Jemand mit dieser E-Mail-Adresse existiert bereits."
    assert taken.json()["errors"] == [{"path": "/email", "message": message}]


async def test_what_the_decoder_refuses_is_told_at_the_field_and_what_to_do(admin: httpx.AsyncClient) -> None:
    wrong = await admin.post("/api/providers", json={"name": "x" * 121}, headers=GERMAN)
    message = "Schreiben Sie höchstens 120 Zeichen."
    assert wrong.json()["errors"] == [{"path": "/name", "message": message}]
    assert (wrong.json()["title"], wrong.json()["detail"]) == ("Die Anfrage ist nicht gültig.", message)
    assert wrong.json()["code"] == "invalid_input"


async def test_a_missing_and_an_unknown_field_are_told_at_their_own_paths(admin: httpx.AsyncClient) -> None:
    missing = (await admin.post("/api/providers", json={})).json()
    assert missing["errors"] == [{"path": "/name", "message": "This is missing."}]
    unknown = (await admin.post("/api/providers", json={"name": "Harbor", "nmae": "x"})).json()
    assert [one["path"] for one in unknown["errors"]] == ["/nmae"]


async def test_a_field_in_a_list_is_told_by_its_place(admin: httpx.AsyncClient) -> None:
    new = {"name": "Ada", "email": "ada@care.example", "password": "four plain words here", "grants": [{"role": 3}]}
    wrong = (await admin.post("/api/people", json=new)).json()
    assert wrong["errors"][0]["path"].startswith("/grants/0")


async def test_a_wrong_parameter_of_the_address_is_told_by_its_name(admin: httpx.AsyncClient) -> None:
    wrong = (await admin.get("/api/people?limit=1000", headers=GERMAN)).json()
    assert wrong["errors"] == [{"path": "/limit", "message": "Schreiben Sie eine Zahl von höchstens 100."}]


async def test_a_wrong_period_is_told_by_the_names_that_the_caller_sent(admin: httpx.AsyncClient) -> None:
    wrong = (await admin.get("/api/audit?from=yesterday&to=tomorrow")).json()
    assert [one["path"] for one in wrong["errors"]] == ["/from", "/to"]
    person = "01a200d6-557d-7ec8-ab30-728651ee24a6"
    wrong = (await admin.get(f"/api/people/{person}/states?from=yesterday")).json()
    assert [one["path"] for one in wrong["errors"]] == ["/from"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/api/none", 404, "not_found"), ("PUT", "/api/people", 405, "method_not_allowed")],
)
async def test_what_no_handler_takes_is_told_in_the_language_too(
    api: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await api.request(method, path, headers=GERMAN)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-language"] == "de"
    assert "Adresse" in answer.json()["detail"]
