"""Every operation of the API, called by actors of A with everything that names something of B: nothing comes back."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import httpx

from careloom.evidence.isolation.attempts import Attempt, attempts, known, unknown_slots
from careloom.evidence.isolation.kept import Brand
from careloom.evidence.isolation.operations import Operation, Request, build, slot_name, slots
from careloom.evidence.isolation.outcome import Outcome, Tally
from careloom.evidence.isolation.packed import opened
from careloom.evidence.isolation.people import bearer_of
from careloom.evidence.isolation.rows import fingerprints, ids_of, rows_of
from careloom.evidence.isolation.stage import Stage
from careloom.identity.types import Role, ScopeKind
from careloom.organizations.types import ClientId

ACTORS = ["owner", "wide_key", "agent", "team_lead", "account_manager", "compliance_officer", "client_viewer"]
_VOLATILE = re.compile(r'"(instance|retry_after)":"[^"]*"')

ADMIN = "admin"
"""Who may everything everywhere, beside the people of a brand."""

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
    "/api/csp-reports": "what browsers report; shows nothing",
    "/api/live/socket": "WebSocket: test_sockets.py",
    "/chat/{key:str}/socket": "WebSocket: test_sockets.py",
    **dict.fromkeys(
        (
            "/scim/v2/Users",
            "/scim/v2/Users/{person_id:uuid}",
            "/scim/v2/Groups",
            "/scim/v2/Groups/{group_id:uuid}",
        ),
        "a directory's, with a token of its own that no person and no key has; tried in its own class",
    ),
    **dict.fromkeys(
        (
            "/scim/v2/ServiceProviderConfig",
            "/scim/v2/ResourceTypes",
            "/scim/v2/ResourceTypes/{name:str}",
            "/scim/v2/Schemas",
            "/scim/v2/Schemas/{name:str}",
        ),
        "what SCIM servers say of themselves, the same for all",
    ),
}
"""Routes that the API's description leaves out, with the reason or where else they are tested."""


REFUSED_TO_ALL = {
    "DELETE /api/sessions/{session_id}": "ended already, with all of its person's; tested in tests/identity",
    "POST /api/session": "takes a password",
    "GET /api/sign-in/methods": "asks for a domain, which names nothing; tested in tests/identity",
    "GET /api/mailboxes/callback": "comes back from elsewhere; tested in tests/channels/email/test_connecting.py",
    "GET /api/sign-in/sso/callback": "comes back from elsewhere; tested in tests/identity",
    "GET /api/sign-in/sso/{identity_provider_id}": "goes elsewhere; tested in tests/identity",
    "POST /api/sign-in/passkey": "takes what a passkey signed; tested in tests/identity",
    **dict.fromkeys(
        (
            "DELETE /api/session",
            "DELETE /api/session/glass",
            "GET /api/session/glass",
            "GET /api/session/glass/clients",
            "POST /api/session/glass",
            "POST /api/session/glass/passkey",
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


NEEDED = {
    "POST /api/identity-providers": ("body:/provider_id",),
    "PUT /api/sign-in-policies": ("body:/provider_id",),
    "GET /api/audit/export": ("query:client_id",),
    "GET /api/customers": ("query:search",),
    "POST /api/audit/verify": ("body:/client_id",),
    "POST /api/conversations/{conversation_id}/transfer": ("body:/queue_id",),
    "GET /chat/{key}/files/{file_id}": ("query:s",),
    "PUT /api/people/{person_id}/grants": ("body:/scope_id",),
    "PUT /api/scim-groups/{scim_group_id}/grants": ("body:/grants/scope_id",),
    "PATCH /api/queues/{queue_id}": ("body:/overflow_queue_id",),
}
"""Slots that an operation needs although its description calls them optional."""


async def endpoints(stage: Stage, actor: str) -> Outcome:
    """All that one actor of A can try on B by the API; each attempt beside its twin that names what nobody has."""
    tally = Tally()
    bearer = await _bearer(stage, actor)
    forbidden = _Forbidden(stage.b, ids_of(stage.superuser_url, stage.b))
    cursors = await _cursors(stage)
    before = rows_of(stage.superuser_url, stage.b)
    _covered(stage, tally)
    for operation in stage.operations:
        for attempt in attempts(operation, stage.a, stage.b, cursors.get(operation.path)):
            tally.probe(await _try(stage.api, bearer, attempt, forbidden))
    after = rows_of(stage.superuser_url, stage.b)
    digests = fingerprints(after)
    for table, digest in fingerprints(before).items():
        changed = sorted(set(after[table]) ^ set(before[table]))
        tally.probe(None if digests[table] == digest else f"{actor} changed {table} of B: {changed}")
    traces = _traces(rows_of(stage.superuser_url, stage.a), forbidden)
    tally.probe(f"rows of A name something of B: {traces}" if traces else None)
    return tally.outcome(
        f"endpoints-{actor}",
        f"Every endpoint, as {actor.replace('_', ' ')} of A",
        "Every operation with B's ids, words, addresses, keys, cursors in each place of path, query and body, one by "
        "one and together; every filter and sort order. An answer that differs from the answer to an id that "
        "nobody has, or that holds a word or an id of B, is a finding; so is any row of B that is not as before.",
    )


async def control(stage: Stage) -> Outcome:
    """The positive control: what is refused to A is refused for whose it is, not for how it is written."""
    tally = Tally()
    for operation in stage.operations:
        told = await _refusals(stage, operation)
        right = not told or operation.name in REFUSED_TO_ALL
        tally.probe(None if right else f"{operation.name} reaches nothing of B for B either: {'; '.join(told)}")
    return tally.outcome(
        "control",
        "The same requests, sent by B",
        "Every operation with the same names, as B's own people: it must reach its goal, or refusing it to A would "
        "show nothing.",
    )


async def _refusals(stage: Stage, operation: Operation) -> list[str]:
    """What B's own people are told, where none of them reaches anything."""
    told: list[str] = []
    for who in ("agent", "owner", ADMIN):
        answer = await send_own(stage, operation, who)
        if answer.is_success or answer.status_code == 409:
            return []
        told.append(f"{answer.status_code} {answer.text[-200:]}")
    return told


def undescribed(stage: Stage) -> list[str]:
    """Routes that the API's description leaves out and that UNDESCRIBED does not name."""
    described = {re.sub(r"\{(\w+):\w+\}", r"{\1}", one) for one in stage.schema["paths"]}
    loose: set[str] = {
        one.path for one in stage.app.routes if re.sub(r"\{(\w+):\w+\}", r"{\1}", one.path) not in described
    }
    return sorted(loose - UNDESCRIBED.keys())


def _covered(stage: Stage, tally: Tally) -> None:
    """A route that nobody describes, or a place that nothing fills, was not tried."""
    for path in undescribed(stage):
        tally.probe(f"{path} is not described, and not known")
    for operation in stage.operations:
        gaps = unknown_slots(operation, stage.b)
        tally.probe(f"{operation.name} is not covered: nothing to name in {gaps}" if gaps else None)


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


async def _try(api: httpx.AsyncClient, bearer: str, attempt: Attempt, forbidden: _Forbidden) -> str | None:
    answer = await send(api, bearer, attempt.request)
    text = _readable(answer)
    shown = forbidden.found_in(text, attempt.request.sent)
    problems = [f"{attempt.name}: {answer.status_code} shows {', '.join(shown)}"] if shown else []
    if answer.status_code >= 500:
        problems.append(f"{attempt.name}: {answer.status_code} {answer.text[:300]}")
    if attempt.theirs:
        twin = await send(api, bearer, attempt.twin)
        mine, nobodys = _shape(answer, attempt.request), _shape(twin, attempt.twin)
        if mine != nobodys:
            problems.append(f"{attempt.name}: {mine} but {nobodys} for what nobody has")
    return "; ".join(problems) or None


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
    """The body with what is packed in it and, of pages, what their cursor says."""
    text = answer.text + str(answer.headers) + opened(answer.content)
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


async def _bearer(stage: Stage, actor: str) -> str:
    if actor != "wide_key":
        return stage.a.secrets[actor]
    admin = await stage.world.person(Role.ADMIN, ScopeKind.EVERYTHING, None)
    return await bearer_of(stage.world, admin, ClientId(stage.a.ids["client_id"]))


async def _cursors(stage: Stage) -> dict[str, str]:
    """A cursor of B for every list that has a second page."""
    found: dict[str, str] = {}
    for operation in stage.operations:
        if operation.method == "GET" and any(one["name"] == "after" for one in operation.query):
            request = build(operation, own(operation, stage.b), frozenset(), {"limit": 1})
            answer = await send(stage.api, stage.b.secrets["owner"], request)
            if answer.is_success and answer.json().get("next"):
                found[operation.path] = answer.json()["next"]
    return found


async def send_own(stage: Stage, operation: Operation, who: str) -> httpx.Response:
    """Calls an operation with B's names as one of B's people, or as the administrator of everything."""
    bearer = stage.b.secrets.get(who)
    if bearer is None:
        bearer = await bearer_of(stage.world, await stage.world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    required = frozenset(one for one in slots(operation) if one in NEEDED.get(operation.name, ()))
    return await send(stage.api, bearer, build(operation, own(operation, stage.b), required))


def own(operation: Operation, brand: Brand) -> Callable[[str], str]:
    """Fills an operation's slots with the brand's names."""
    return lambda slot: str(known(brand, slot_name(operation, slot)))
