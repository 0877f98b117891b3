"""Someone who serves A and B sees both, and can carry nothing of the one into the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from careloom.identity.commands.people import create_person
from careloom.identity.types import NewPerson, Role, RoleGrant, ScopeKind
from careloom.organizations.types import ProviderId
from careloom.platform.database.schema import Ownership
from tests.isolation.attempts import known
from tests.isolation.brand import SYSTEM, Brand
from tests.isolation.conftest import Brands
from tests.isolation.operations import Operation, build, slot_name, slots
from tests.isolation.people import bearer_of
from tests.isolation.rows import OWNERSHIP, ids_of, rows_of
from tests.postgres import FreshDatabase

_INSTALLATION = ("/api/people", "/api/api-keys", "/api/programs", "/api/teams", "/api/queues", "/api/session")
"""Whose people serve which programs is decided here, over brands; tested in tests/identity and tests/organizations."""


@pytest.fixture(params=[Role.AGENT, Role.ADMIN])
async def both(brands: Brands, request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient]:
    """A client signed in as someone with this role over A and over B, employed where both are served."""
    role: Role = request.param
    grants = tuple(RoleGrant(role, ScopeKind.CLIENT, one.ids["client_id"]) for one in (brands.a, brands.b))
    provider_id = ProviderId(brands.a.ids["provider_id"])
    new = NewPerson(name="Shared", email="shared@example.org", provider_id=provider_id, grants=grants)
    async with brands.runtime.database.transaction(SYSTEM) as tx:
        person = await create_person(tx, SYSTEM, new)
    brands.api.headers["Authorization"] = f"Bearer {await bearer_of(brands.world, person)}"
    yield brands.api
    del brands.api.headers["Authorization"]


async def test_they_see_both(both: httpx.AsyncClient, brands: Brands) -> None:
    listed = (await both.get("/api/conversations", params={"view": "all"})).json()["items"]
    assert {one["client_id"] for one in listed} == {str(one.ids["client_id"]) for one in (brands.a, brands.b)}
    found = (await both.get("/api/search", params={"q": "Parcel"})).json()["items"]
    assert len({one["conversation"]["client_id"] for one in found}) == 2


async def test_a_filter_by_one_brand_shows_nothing_of_the_other(both: httpx.AsyncClient, brands: Brands) -> None:
    mine = {"client_id": str(brands.a.ids["client_id"])}
    for operation in brands.operations:
        names = {one["name"] for one in operation.query}
        if operation.method != "GET" or operation.path_slots or "client_id" not in names:
            continue
        more = {"q": "Parcel"} if "q" in names else {}
        answer = await both.get(operation.path, params={**mine, **more})
        if answer.status_code != 403:
            assert answer.is_success, operation.name
            assert brands.b.canary not in answer.text, operation.name


async def test_nothing_of_one_brand_can_be_carried_into_the_other(
    both: httpx.AsyncClient, brands: Brands, copied_database: FreshDatabase
) -> None:
    """Each change of a thing of A that names something, with B's name in one place: refused, or at least ignored."""
    url = copied_database.superuser_url
    theirs = ids_of(url, brands.b)
    carried: list[str] = []
    for operation in brands.operations:
        places = slots(operation)
        if operation.method == "GET" or len(places) < 2 or operation.path.startswith(_INSTALLATION):
            continue
        for place in places:
            answer = await _send(both, operation, brands, place)
            if answer.is_success and _holds(answer, theirs, brands, operation, place):
                carried.append(f"{operation.name} with B's {place}: {answer.status_code} {answer.text[:200]}")
    assert not carried, "\n".join(carried)
    rows = {one.canary: rows_of(url, one) for one in (brands.a, brands.b)}
    own = {one.canary: ids_of(url, one, of_client_alone=True) for one in (brands.a, brands.b)}
    mixed = _mixed(rows["amber"], own["birch"]) + _mixed(rows["birch"], own["amber"])
    assert not mixed, "\n".join(mixed)


def _mixed(rows: dict[str, list[str]], others: set[str]) -> list[str]:
    """Rows of one client that name something of another; a person's own views and grants may name both."""
    return [
        f"{table}: {row}"
        for table, some in rows.items()
        if OWNERSHIP[table] is Ownership.CLIENT
        for row in some
        if any(one in row for one in others)
    ]


async def _send(both: httpx.AsyncClient, operation: Operation, brands: Brands, place: str) -> httpx.Response:
    def pick(slot: str) -> str:
        return str(known(_brand(brands, slot == place), slot_name(operation, slot)))

    request = build(operation, pick, frozenset({place}))
    more: dict[str, Any] = {"json": request.json} if request.multipart is None else {}
    if request.multipart is not None:
        more = {"data": request.multipart, "files": {"file": ("a.txt", b"words", "text/plain")}}
    headers = {"Origin": "https://shop.example"} if request.path.startswith("/chat/") else {}
    return await both.request(operation.method, request.path, params=request.params, headers=headers, **more)


def _brand(brands: Brands, theirs: bool) -> Brand:
    return brands.b if theirs else brands.a


def _holds(answer: httpx.Response, theirs: set[str], brands: Brands, operation: Operation, place: str) -> bool:
    """Whether the answer shows the two mixed."""
    named = str(known(brands.b, slot_name(operation, place)))
    mine = str(brands.a.ids["client_id"]) in answer.text
    return mine and (named in answer.text or any(one in answer.text for one in theirs))
