"""Every operation of the API, called by actors of A with everything that names something of B: nothing comes back."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from litestar.routes import ASGIRoute, HTTPRoute, WebSocketRoute

from careloom.identity.types import Role, ScopeKind
from careloom.main import create_app
from careloom.organizations.types import ClientId
from tests.isolation.attempts import Attempt, attempts, known, unknown_slots
from tests.isolation.brand import Brand
from tests.isolation.conftest import Brands
from tests.isolation.operations import Operation, Request, build, slot_name, slots
from tests.isolation.people import bearer_of
from tests.isolation.rows import fingerprints, ids_of, rows_of
from tests.postgres import FreshDatabase

ACTORS = ["owner", "wide_key", "agent", "team_lead", "account_manager", "compliance_officer", "client_viewer"]
_VOLATILE = re.compile(r'"(instance|retry_after)":"[^"]*"')

UNDESCRIBED = {
    "/metrics": "counters of the process, without clients",
    "/schema": "the API's description",
    "/schema/openapi.json": "the API's description",
    "/schema/{path:str}": "the API's description",
    "/widget.js": "the widget's script, the same for all",
    "/": "the desk's page, the same for all",
    "/{path:path}": "the desk's files, the same for all",
    "/assets/{name:str}": "the desk's files, the same for all",
    "/api/demo/personas": "404 but in a demo, which is for everyone: tests/demo",
    "/api/demo/session": "404 but in a demo, which is for everyone: tests/demo",
    "/api/live/socket": "WebSocket: test_sockets.py",
    "/chat/{key:str}/socket": "WebSocket: test_sockets.py",
}
"""Routes that the API's description leaves out, with the reason or where else they are tested."""


async def test_every_route_is_described_or_known(brands: Brands) -> None:
    app = create_app(brands.runtime)
    described = {re.sub(r"\{(\w+):\w+\}", r"{\1}", one) for one in brands.schema["paths"]}
    routes: list[HTTPRoute | ASGIRoute | WebSocketRoute] = list(app.routes)
    loose = {one.path for one in routes if re.sub(r"\{(\w+):\w+\}", r"{\1}", one.path) not in described}
    assert not loose - UNDESCRIBED.keys(), sorted(loose - UNDESCRIBED.keys())


async def test_every_slot_of_every_operation_can_be_filled(brands: Brands) -> None:
    missing = {one.name: gaps for one in brands.operations if (gaps := unknown_slots(one, brands.b))}
    assert missing == {}, "tell tests/isolation what these name (operations.SLOT_OF, brand.py)"


@pytest.mark.parametrize("actor", ACTORS)
async def test_an_actor_of_a_gets_nothing_of_b(brands: Brands, copied_database: FreshDatabase, actor: str) -> None:
    url = copied_database.superuser_url
    bearer = await _bearer(brands, actor)
    forbidden = _Forbidden(brands.b, ids_of(url, brands.b))
    cursors = await _cursors(brands)
    before = rows_of(url, brands.b)
    leaks: list[str] = []
    for operation in brands.operations:
        for attempt in attempts(operation, brands.a, brands.b, cursors.get(operation.path)):
            leaks += await _try(brands.api, bearer, attempt, forbidden)
    assert not leaks, "\n".join(leaks)
    after = rows_of(url, brands.b)
    changed = [name for name, digest in fingerprints(before).items() if fingerprints(after)[name] != digest]
    assert [(name, set(after[name]) ^ set(before[name])) for name in changed] == []
    assert _traces(rows_of(url, brands.a), forbidden) == []


async def test_the_same_requests_reach_their_goal_when_b_sends_them(brands: Brands) -> None:
    """The positive control: what was refused above was refused for whose it was, not for how it was written."""
    missed: dict[str, list[str]] = {}
    for operation in brands.operations:
        answers = [await send_own(brands, operation, who) for who in ("agent", "owner", "admin")]
        reached = [one for one in answers if one.is_success or one.status_code == 409]
        if not reached and operation.name not in REFUSED_TO_ALL:
            missed[operation.name] = [f"{one.status_code} {one.text[:200]}" for one in answers]
    assert not missed, "\n".join(f"{name}: {why}" for name, why in missed.items())


REFUSED_TO_ALL = {
    "POST /api/session": "takes a password",
    "GET /api/sign-in/methods": "asks for a domain, which names nothing; tested in tests/identity",
    "GET /api/sign-in/sso/callback": "comes back from elsewhere; tested in tests/identity",
    "GET /api/sign-in/sso/{identity_provider_id}": "goes elsewhere; tested in tests/identity",
    "POST /api/sign-in/passkey": "takes what a passkey signed; tested in tests/identity",
    **dict.fromkeys(
        (
            "DELETE /api/session",
            "DELETE /api/session/passkeys/{passkey_id}",
            "DELETE /api/session/totp",
            "GET /api/session/factors",
            "PATCH /api/session/passkeys/{passkey_id}",
            "POST /api/session/enrolment",
            "POST /api/session/passkeys",
            "POST /api/session/passkeys/options",
            "POST /api/session/recovery-codes",
            "POST /api/session/second-factor",
            "POST /api/session/totp",
            "POST /api/session/totp/confirmation",
        ),
        "of a session, which a key has none of; tested in tests/identity",
    ),
    "GET /api/session": "shows the person of a key as well, tested in tests/identity",
    "POST /api/session/password": "takes a password",
    "POST /api/api-keys": "a key cannot make keys; tested in tests/identity",
    "POST /chat/{key}/files": "takes the visitor's secret in a header: test_sockets.py",
}
"""Operations that nobody can reach here by API key."""


class _Forbidden:
    """What no answer to A may hold."""

    def __init__(self, b: Brand, ids: set[str]) -> None:
        self.canary = b.canary
        self.ids = ids

    def found_in(self, text: str, sent: tuple[str, ...] = ()) -> list[str]:
        """Ids and canaries of B in `text`, beside what the asker sent."""
        found = [one for one in self.ids if one in text and one not in sent]
        told = any(self.canary in one for one in sent)
        return found + ([self.canary] if self.canary in text and not told else [])


async def _try(api: httpx.AsyncClient, bearer: str, attempt: Attempt, forbidden: _Forbidden) -> list[str]:
    answer = await send(api, bearer, attempt.request)
    text = _readable(answer)
    shown = forbidden.found_in(text, attempt.request.sent)
    problems = [f"{attempt.name}: {answer.status_code} shows {', '.join(shown)}"] if shown else []
    if answer.status_code >= 500:
        problems.append(f"{attempt.name}: {answer.status_code} {answer.text[:300]}")
    if not attempt.theirs:
        return problems
    twin = await send(api, bearer, attempt.twin)
    if _shape(answer, attempt.request) != _shape(twin, attempt.twin):
        problems.append(
            f"{attempt.name}: {_shape(answer, attempt.request)} but {_shape(twin, attempt.twin)} for what nobody has"
        )
    return problems


async def send(api: httpx.AsyncClient, bearer: str, request: Request) -> httpx.Response:
    """Sends a request as the bearer; strangers' endpoints are called from a page."""
    headers = {"Authorization": f"Bearer {bearer}"}
    if request.path.startswith("/chat/"):
        headers = {"Origin": "https://shop.example"}
    more: dict[str, Any] = {}
    if request.multipart is not None:
        more = {"data": request.multipart, "files": {"file": ("a.txt", b"words", "text/plain")}}
    elif request.json is not None:
        more = {"json": request.json}
    return await api.request(request.operation.method, request.path, params=request.params, headers=headers, **more)


def _shape(answer: httpx.Response, request: Request) -> tuple[int, object]:
    """Status and what of the body may not differ: all words of a problem, the form of anything else."""
    if answer.headers.get("content-type", "").startswith("application/problem+json"):
        text = _VOLATILE.sub("", answer.text)
        for one in request.sent:
            text = text.replace(one, "…")
        return answer.status_code, text
    if answer.headers.get("content-type", "").startswith("application/json"):
        return answer.status_code, _form(answer.json())
    return answer.status_code, answer.headers.get("content-type")


def _form(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _form(one) for name, one in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return "null" if value is None else "a value"


def _readable(answer: httpx.Response) -> str:
    """The body and, of pages, what their cursor says."""
    text = answer.text + str(answer.headers)
    match = re.search(r'"next":"([^"]+)"', text)
    if match is None:
        return text
    return text + base64.urlsafe_b64decode(match[1] + "=" * (-len(match[1]) % 4)).decode(errors="replace")


def _traces(rows: dict[str, list[str]], forbidden: _Forbidden) -> list[str]:
    """Rows of A that name something of B; what a person wrote into their own list of views is their own word."""
    own_words = {"saved_view", "event_log", "audit_entry"}
    return [
        f"{table}: {row}"
        for table, some in rows.items()
        if table not in own_words
        for row in some
        if any(one in row for one in forbidden.ids)
    ]


async def _bearer(brands: Brands, actor: str) -> str:
    if actor != "wide_key":
        return brands.a.secrets[actor]
    admin = await brands.world.person(Role.ADMIN, ScopeKind.EVERYTHING, None)
    return await bearer_of(brands.world, admin, ClientId(brands.a.ids["client_id"]))


async def _cursors(brands: Brands) -> dict[str, str]:
    """A cursor of B for every list that has a second page."""
    found: dict[str, str] = {}
    for operation in brands.operations:
        if operation.method == "GET" and any(one["name"] == "after" for one in operation.query):
            request = build(operation, _own(operation, brands.b), frozenset(), {"limit": 1})
            answer = await send(brands.api, brands.b.secrets["owner"], request)
            if answer.is_success and answer.json().get("next"):
                found[operation.path] = answer.json()["next"]
    assert len(found) > 5
    return found


async def send_own(brands: Brands, operation: Operation, who: str) -> httpx.Response:
    """Calls an operation with B's names as one of B's people, or as the administrator of everything."""
    bearer = brands.b.secrets.get(who)
    if bearer is None:
        bearer = await bearer_of(brands.world, await brands.world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    required = frozenset(one for one in slots(operation) if one in NEEDED.get(operation.name, ()))
    return await send(brands.api, bearer, build(operation, _own(operation, brands.b), required))


NEEDED = {
    "POST /api/conversations/{conversation_id}/transfer": ("body:/queue_id",),
    "GET /chat/{key}/files/{file_id}": ("query:s",),
    "PUT /api/people/{person_id}/grants": ("body:/scope_id",),
    "PUT /api/sign-in-policies": ("body:/provider_id",),
    "POST /api/identity-providers": ("body:/provider_id",),
    "PATCH /api/queues/{queue_id}": ("body:/overflow_queue_id",),
}
"""Slots that an operation needs although its description calls them optional."""


def _own(operation: Operation, brand: Brand) -> Callable[[str], str]:
    return lambda slot: str(known(brand, slot_name(operation, slot)))
