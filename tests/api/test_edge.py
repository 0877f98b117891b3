"""At the edge: what is no request of ours is refused with a problem document, and hostile values do no harm."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

import httpx
import pytest
from msgspec.structs import replace

from careloom.identity.types import Person, Role, ScopeKind
from careloom.platform.runtime import Runtime
from tests.application import http_client
from tests.world import World

CURSORS = ["x", "e30", "bnVsbA", "W10", "WzFd", "WyJ4Il0", "WzEsMiwzXQ", "!!!", "🙂", "9" * 500]
"""No base64, no JSON, no list, lists of the wrong length and of the wrong kinds."""

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]


@pytest.fixture
async def admin(api: httpx.AsyncClient, world: World, sign_in: SignIn) -> httpx.AsyncClient:
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    return api


def problem(answer: httpx.Response, status: int) -> dict[str, object]:
    """The problem document of an answer."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    found: dict[str, object] = answer.json()
    assert found["status"] == status
    assert found["title"]
    assert found["instance"] == answer.headers["x-request-id"]
    return found


async def test_a_body_that_is_no_json_is_a_problem_of_the_request(admin: httpx.AsyncClient) -> None:
    for body in (b"{", b"", b"\xff\xfe", b'{"name": "x"', b"[" * 5000):
        problem(await admin.post("/api/providers", content=body, headers={"Content-Type": "application/json"}), 400)


async def test_an_unknown_field_is_refused_by_name(admin: httpx.AsyncClient) -> None:
    found = problem(await admin.post("/api/providers", json={"name": "Harbor", "nmae": "x"}), 400)
    assert "nmae" in json.dumps(found)


async def test_a_wrong_field_is_named_by_its_path(admin: httpx.AsyncClient) -> None:
    found = problem(await admin.post("/api/providers", json={"name": 3}), 400)
    errors = found["errors"]
    assert isinstance(errors, list)
    assert errors[0]["path"] == "/name"


async def test_a_text_that_is_too_long_is_refused(admin: httpx.AsyncClient) -> None:
    problem(await admin.post("/api/providers", json={"name": "x" * 121}), 400)


async def test_a_body_that_is_too_large_is_refused(runtime: Runtime, world: World, sign_in: SignIn) -> None:
    small = Runtime(
        replace(runtime.settings, max_upload_bytes=1000), runtime.database, runtime.store, runtime.hub, runtime.secret
    )
    async with http_client(small) as client:
        await sign_in(client, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
        problem(await client.post("/api/providers", json={"name": "x" * 200_000}), 413)


@pytest.mark.parametrize("path", ["/api/nothing", "/api/people/not-a-uuid", "/api/", "/api"])
async def test_an_unknown_path_of_the_api_is_a_problem(admin: httpx.AsyncClient, path: str) -> None:
    problem(await admin.get(path), 404)


async def test_a_wrong_method_is_a_problem_that_names_the_right_ones(admin: httpx.AsyncClient) -> None:
    answer = await admin.delete("/api/providers")
    problem(answer, 405)
    assert "GET" in answer.headers["allow"]


async def test_text_that_the_database_cannot_hold_is_a_problem_of_the_request(admin: httpx.AsyncClient) -> None:
    answer = await admin.post("/api/providers", json={"name": "a\x00b"})
    assert answer.status_code in (201, 400)
    answer = await admin.get("/api/people", params={"search": "a\x00b"})
    assert answer.status_code in (200, 400)


async def test_what_does_not_exist_cannot_be_named(admin: httpx.AsyncClient) -> None:
    nobody = "0190a0b0-0000-7000-8000-000000000000"
    problem(await admin.post("/api/macros", json={"client_id": nobody, "name": "x", "body": "y"}), 404)


@pytest.mark.parametrize("cursor", CURSORS)
@pytest.mark.parametrize("path", ["providers", "people", "audit", "conversations", "customers"])
async def test_a_cursor_that_was_tampered_with_is_refused(admin: httpx.AsyncClient, path: str, cursor: str) -> None:
    problem(await admin.get(f"/api/{path}", params={"after": cursor}), 400)


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "1e3", ""])
async def test_a_limit_out_of_range_is_refused(admin: httpx.AsyncClient, limit: str) -> None:
    problem(await admin.get("/api/providers", params={"limit": limit}), 400)


async def test_pages_hold_everything_once(admin: httpx.AsyncClient) -> None:
    names = [f"Provider {number:02d}" for number in range(7)]
    for name in names:
        await admin.post("/api/providers", json={"name": name})
    seen: list[str] = []
    after: str | None = None
    while True:
        params = {"limit": "3"} | ({"after": after} if after else {})
        page = (await admin.get("/api/providers", params=params)).json()
        seen += [one["name"] for one in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert sorted(seen) == names


async def test_answers_tell_browsers_not_to_guess(admin: httpx.AsyncClient) -> None:
    answer = await admin.get("/api/providers")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


async def test_health_readiness_and_metrics_need_no_sign_in(api: httpx.AsyncClient) -> None:
    assert (await api.get("/health")).json() == {"status": "ok"}
    assert (await api.get("/ready")).json() == {"status": "ready"}
    metrics = await api.get("/metrics")
    assert metrics.status_code == 200
    assert 'careloom_http_requests_total{method="GET",route="/health",status="200"}' in metrics.text


async def test_without_a_sign_in_everything_else_is_closed(api: httpx.AsyncClient) -> None:
    for path in ("/api/session", "/api/people", "/api/conversations", "/api/audit", "/api/parked-events", "/api/roles"):
        problem(await api.get(path), 401)
    problem(await api.post("/api/providers", json={"name": "x"}), 401)
