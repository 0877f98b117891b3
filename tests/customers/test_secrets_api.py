"""The endpoints of sensitive attributes: what they answer, what stays behind of a request, how often one may ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from careloom.customers import http as customers_http
from careloom.identity.types import Person, Role, ScopeKind
from careloom.platform.access import system_actor
from careloom.platform.database.transactions import Database
from careloom.platform.ids import new_id
from careloom.platform.web.throttle import Throttle
from tests.world import PASSWORD, World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]
SYSTEM = system_actor("test")
SCHEMA = [
    {"key": "policy", "label": "Policy", "kind": "text", "sensitive": True, "exact": True},
    {"key": "pregnant", "label": "Pregnant", "kind": "boolean", "sensitive": True},
]


@pytest.fixture
async def client_id(api: httpx.AsyncClient, world: World, sign_in: SignIn) -> str:
    """A client with a schema; `api` is signed in as an administrator."""
    client = await world.client()
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, password=PASSWORD))
    assert (await api.put(f"/api/clients/{client.id}/attribute-schema", json={"items": SCHEMA})).is_success
    return str(client.id)


async def made(api: httpx.AsyncClient, client_id: str, **attributes: Any) -> str:
    answer = await api.post("/api/customers", json={"client_id": client_id, "name": "Ada", "attributes": attributes})
    assert answer.is_success, answer.text
    assert answer.json()["masked"] == sorted(attributes)
    return answer.json()["id"]


async def test_a_value_is_written_hidden_shown_and_found(api: httpx.AsyncClient, client_id: str) -> None:
    one = await made(api, client_id, policy="P-77", pregnant=True)
    assert "P-77" not in (await api.get(f"/api/customers/{one}")).text
    shown = await api.post(f"/api/customers/{one}/attributes/reveal", json={"attribute": "pregnant"})
    assert shown.json() == {"attribute": "pregnant", "value": True}
    wanted = {"client_id": client_id, "attribute": "policy", "value": "p-77"}
    assert [each["id"] for each in (await api.post("/api/customers/find", json=wanted)).json()["items"]] == [one]
    refused = await api.post("/api/customers/find", json={**wanted, "attribute": "pregnant", "value": True})
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (400, "/attribute")


async def test_attributes_that_somebody_changed_meanwhile_are_not_replaced(
    api: httpx.AsyncClient, client_id: str
) -> None:
    path = f"/api/clients/{client_id}/attribute-schema"
    read = (await api.get(path)).json()
    more = [*read["items"], {"key": "tier", "label": "Tier", "kind": "text"}]
    changed = await api.put(path, json={"items": more, "version": read["version"]})
    assert changed.json()["version"] == (await api.get(path)).json()["version"] != read["version"]
    late = await api.put(path, json={"items": read["items"], "version": read["version"]})
    assert (late.status_code, late.json()["code"]) == (409, "schema_changed")
    assert [each["key"] for each in (await api.get(path)).json()["items"]] == ["policy", "pregnant", "tier"]
    assert (await api.put(path, json={"items": read["items"]})).is_success  # who names none replaces any


async def test_of_a_request_that_is_repeated_nothing_tells_its_value(
    api: httpx.AsyncClient, client_id: str, database: Database
) -> None:
    one = await made(api, client_id)
    headers = {"Idempotency-Key": new_id().hex}
    for _ in range(2):
        body = {"attributes": {"policy": "P-77"}}
        assert (await api.patch(f"/api/customers/{one}", json=body, headers=headers)).is_success
    other = await api.patch(f"/api/customers/{one}", json={"attributes": {"policy": "P-78"}}, headers=headers)
    assert other.status_code == 409
    async with database.transaction(SYSTEM) as tx:
        (kept,) = (await tx.exec_driver_sql("SELECT t::text FROM idempotency_key t")).scalars()
    assert "P-77" not in kept


async def test_who_asks_for_value_after_value_is_slowed_down(
    api: httpx.AsyncClient, client_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customers_http, "_guesses", Throttle(per_minute=0.001, burst=3))
    wanted = {"client_id": client_id, "attribute": "policy", "value": "P-77"}
    codes = [(await api.post("/api/customers/find", json=wanted)).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
