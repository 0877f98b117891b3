"""Whatever a directory sends: it is answered as SCIM has it and soon, without a failure or a word of others."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, Phase, example, given, seed, settings
from hypothesis import strategies as st

from careloom.identity.commands.people import create_person
from careloom.identity.core.scim.schemas import ERROR
from careloom.identity.http.scim import directory
from careloom.identity.types import NewPerson, Person
from careloom.platform.web.throttle import Throttle
from tests.api.test_any_input import INSIDES
from tests.effort import EFFORT, SEED
from tests.identity.scim.test_scim import ADA, PATCH, House
from tests.world import SYSTEM, World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]
CANARY = "zanzibarquagga"
_SECONDS = 20
_PLACES = ("own", "removed", "theirs", "nobody", "group", "no-uuid")

_WORDS = st.one_of(
    st.sampled_from(["userName", "members", "emails", 'emails[type eq "work"].value', "active", "name.familyName", ""]),
    st.sampled_from(["add", "Replace", "remove", "True", "\0", "\ud800", "a\0b", "x" * 500]),
    st.text(max_size=12),
)
_PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), _WORDS)
_KEYS = st.one_of(
    st.sampled_from(["userName", "name", "emails", "value", "active", "displayName", "members", "externalId", "path"]),
    st.sampled_from(["op", "Operations", "schemas", "id", "givenName", "locale", "type", "primary", "$ref"]),
    _WORDS,
)
_JSON: Any = st.recursive(
    _PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4), max_leaves=12
)
_USERS = st.dictionaries(_KEYS, _JSON, max_size=3).map(lambda more: {**ADA, **more})
_STEPS = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "replace", "remove", "move", ""])}, optional={"path": _WORDS, "value": _JSON}
)
_PATCHES = st.lists(_STEPS, max_size=4).map(lambda steps: {"schemas": [PATCH], "Operations": steps})
_BODIES = st.one_of(
    st.none(),
    st.binary(max_size=60),
    st.one_of(_JSON, _USERS, _PATCHES).map(lambda value: json.dumps(value).encode()),
)
_ATOMS = st.tuples(
    st.sampled_from(["userName", "id", "emails.value", "members", "members[value", "active", "NAME.givenName", "x"]),
    st.sampled_from(["eq", "ne", "co", "sw", "ew", "gt", "pr", "EQ", "like"]),
    st.one_of(_PLAIN.map(json.dumps), st.just("]"), st.just("")),
).map(" ".join)
_FILTERS = st.one_of(
    _ATOMS,
    st.lists(_ATOMS, min_size=1, max_size=4).map(" and not (".join),
    st.text(max_size=40),
    st.integers(1, 3000).map(lambda deep: "(" * deep + "userName pr" + ")" * deep),
)
_QUERIES = st.dictionaries(
    st.sampled_from(["filter", "startIndex", "count", "attributes", "excludedAttributes"]),
    st.one_of(_FILTERS, st.integers().map(str), _WORDS),
    max_size=3,
)
_HEADERS = st.dictionaries(
    st.sampled_from(["If-Match", "If-None-Match", "Content-Type"]),
    st.sampled_from(["*", 'W/"0"', "application/scim+json", "text/plain", "multipart/form-data"]),
    max_size=2,
)


class Floor(House):
    """The provider with its directory, and another provider whose people are called by a word of their own."""

    places: dict[str, str]
    statuses: Counter[int]

    async def furnish(self) -> Floor:
        own = await self.call("POST", "Users", 201, ADA)
        gone = await self.call("POST", "Users", 201, {"userName": "gone@harbor.example", "displayName": "Gone"})
        await self.call("DELETE", f"Users/{gone['id']}", 204)
        async with self.database.transaction(SYSTEM) as tx:
            new = NewPerson(CANARY, f"{CANARY}@quay.example", self.other.id)
            self.theirs = await create_person(tx, SYSTEM, new)
        group = await self.group("Care", own["id"])
        ids = (own["id"], gone["id"], str(self.theirs.id), str(UUID(int=7)), group["id"], "no-uuid")
        self.places, self.statuses = dict(zip(_PLACES, ids, strict=True)), Counter()
        return self

    async def send(self, method: str, path: str, body: bytes | None, query: Any, headers: dict[str, str]) -> None:
        bearer = {"Authorization": f"Bearer {self.bearer}", **headers}
        params = {name: value.encode(errors="replace").decode() for name, value in query.items()}
        async with asyncio.timeout(_SECONDS):
            answer = await self.api.request(method, f"/scim/v2/{path}", content=body, params=params, headers=bearer)
        self.statuses[answer.status_code] += 1
        assert answer.status_code < 500, answer.text
        assert not INSIDES.search(answer.text), answer.text
        if CANARY not in f"{params}{body!r}":
            assert CANARY not in answer.text
        assert self.places["theirs"] not in answer.text or self.places["theirs"] in f"{path}{params}{body!r}"
        if answer.status_code >= 400:
            no_place = answer.headers["content-type"].startswith("application/problem+json")
            assert no_place == (answer.json().get("schemas") != [ERROR]), answer.text
            assert not no_place or answer.status_code in (404, 405), answer.text


@pytest.fixture
async def floor(world: World, api: httpx.AsyncClient, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> Floor:
    monkeypatch.setattr(directory, "_directories", Throttle(per_minute=1e9, burst=1_000_000))
    built = Floor(world, api, sign_in)
    await built.build()
    return await built.furnish()


@seed(SEED)
@settings(
    max_examples=150 * EFFORT,
    deadline=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]),
    kind=st.sampled_from(["Users", "Groups", "Schemas", "ResourceTypes", "ServiceProviderConfig", "Bulk", ".search"]),
    place=st.sampled_from(["", *_PLACES]),
    body=_BODIES,
    query=_QUERIES,
    headers=_HEADERS,
)
@example("GET", "Users", "", None, {"filter": 'userName eq "a\0b"'}, {})
@example("GET", "Users", "", None, {"filter": "(" * 3000 + "userName pr" + ")" * 3000}, {})
@example("GET", "Groups", "", None, {"filter": "not (" * 400 + "id pr" + ")" * 400}, {})
@example("POST", "Users", "", b"[" * 20_000, {}, {})
@example("POST", "Users", "", b'{"userName":"a\\u0000b","emails":[{"value":"a@b.example"}]}', {}, {})
@example("POST", "Groups", "", b'{"displayName":"a\\u0000b"}', {}, {})
@example("GET", "Users", "", None, {"startIndex": "9" * 5000}, {})
async def test_any_request_of_a_directory_gets_an_answer(
    floor: Floor, method: str, kind: str, place: str, body: bytes | None, query: Any, headers: dict[str, str]
) -> None:
    path = f"{kind}/{floor.places[place]}" if place else kind
    await floor.send(method, path, body, query, headers)
    if (method, kind, place) == ("DELETE", "Users", "own") or method in ("PUT", "PATCH"):
        back = json.dumps({**ADA, "active": True}).encode()
        await floor.send("PUT", f"Users/{floor.places['own']}", back, {}, {})


async def test_what_was_sent_reached_the_directory_and_no_one_else(floor: Floor) -> None:
    for method, path in (("GET", "Users"), ("GET", f"Users/{floor.theirs.id}"), ("DELETE", f"Users/{floor.theirs.id}")):
        await floor.send(method, path, None, {}, {})
    assert floor.statuses == {200: 1, 404: 2}
