"""Bodies that are no JSON, whoever sends them, are refused and explained; no header makes a request fail."""

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from careloom.identity.types import Person, Role, ScopeKind
from careloom.platform.web.request import header
from tests.world import World

BODIES = [b"{", b"nothing", b'{"email": "\xff"}', b"\xff\xfe{", b"[" * 90_000, b'{"a":' * 90_000]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("path", ["/api/session", "/api/sign-in/passkey"])
async def test_a_stranger_whose_body_is_no_json_is_told_so(api: httpx.AsyncClient, path: str, body: bytes) -> None:
    answer = await api.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert answer.json()["detail"]


@pytest.mark.parametrize("language", ["en", "de", "ar"])
async def test_a_stranger_who_sends_no_body_is_told_to_send_one(api: httpx.AsyncClient, language: str) -> None:
    answer = (await api.post("/api/session", headers={"Accept-Language": language})).json()
    told = {
        "en": "The body is missing; send what is asked for, as JSON.",
        "de": "Der Inhalt der Anfrage fehlt; senden Sie das Verlangte als JSON.",
        "ar": "محتوى الطلب مفقود؛ أرسل المطلوب بصيغة JSON.",
    }
    assert (answer["detail"], answer["errors"]) == (told[language], [{"path": "/", "message": told[language]}])


HOSTS = [
    "a:b",
    "a:99999",
    "a:-1",
    "[",
    "[::1",
    "[x]",
    "[::1]:b",
    "a:b:c",
    ":",
    "",
    "@",
    "a/b",
    "a?b",
    "a#b",
    "\xff",
    "%",
    "a b",
]
PLACES = [
    ("GET", "/api/session"),
    ("POST", "/api/session"),
    ("GET", "/api/nothing"),
    ("GET", "/scim/v2/Users"),
    ("GET", "/scim/v2/nothing"),
    ("GET", "/chat/nokey/config"),
    ("POST", "/chat/nokey/sessions"),
    ("PUT", "/api/people"),
    ("GET", "/nothing/here.js"),
    ("GET", "/sign-in"),
]


@pytest.mark.parametrize("host", HOSTS)
async def test_whatever_host_a_stranger_names_everything_answers(api: httpx.AsyncClient, host: str) -> None:
    for method, path in PLACES:
        answer = await api.request(method, path, headers={b"Host": host.encode("latin-1")})
        assert answer.status_code < 500, (path, answer.text)
        if path.startswith(("/api", "/scim")):
            assert answer.json()["detail"], path


async def test_a_host_is_no_matter_to_who_is_signed_in(
    api: httpx.AsyncClient, world: World, sign_in: Callable[[httpx.AsyncClient, Person], Awaitable[None]]
) -> None:
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    headers = {"Host": "a:99999", "Idempotency-Key": "once"}
    made = [await api.post("/api/providers", json={"name": "Harbor"}, headers=headers) for _ in range(2)]
    assert [one.status_code for one in made] == [201, 201]
    assert made[0].json() == made[1].json()


HEADERS = [
    *("Origin", "Referer", "Accept-Language", "Accept", "Content-Type", "Cookie", "Authorization", "Forwarded"),
    *("X-Forwarded-For", "X-Forwarded-Host", "X-Request-Id", "If-None-Match", "If-Modified-Since", "Range"),
    *("Idempotency-Key", "Content-Length", "X-CSRF-Token"),
]


@pytest.mark.parametrize("header", HEADERS)
async def test_whatever_a_header_says_everything_answers(api: httpx.AsyncClient, header: str) -> None:
    for value in ("http://[x", "a:b", "\xff", "Bearer", "bytes=9-1", ";=,;q=", "multipart/form-data", "-1"):
        for method, path in PLACES:
            answer = await api.request(method, path, headers={header.encode(): value.encode("latin-1")})
            assert answer.status_code < 500, (path, value, answer.text)


def test_one_header_is_read_without_the_others() -> None:
    connection: Any = SimpleNamespace(scope={"headers": [(b"x-one", b"caf\xe9"), (b"x-one", b"2"), (b"x-two", b"")]})
    assert header(connection, b"x-one") == "café"
    assert header(connection, b"x-two") == ""
    assert header(connection, b"x-three") is None
