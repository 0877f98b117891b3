"""Idempotency keys: one effect for each, whatever is repeated, and however many arrive at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from careloom.identity.types import Person, Role, ScopeKind
from careloom.platform.access import system_actor
from careloom.platform.clock import now
from careloom.platform.runtime import Runtime
from careloom.platform.tables import idempotency_key
from careloom.platform.web.idempotency import KEPT, periodic
from tests.application import http_client
from tests.world import World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]


@pytest.fixture
async def admin(api: httpx.AsyncClient, world: World, sign_in: SignIn) -> httpx.AsyncClient:
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    return api


async def _post(client: httpx.AsyncClient, name: str, key: str) -> httpx.Response:
    return await client.post("/api/providers", json={"name": name}, headers={"Idempotency-Key": key})


async def _names(client: httpx.AsyncClient) -> list[str]:
    items: list[dict[str, Any]] = (await client.get("/api/providers")).json()["items"]
    return [one["name"] for one in items]


async def test_a_repeat_answers_what_the_first_answered(admin: httpx.AsyncClient) -> None:
    first, second = await _post(admin, "Harbor", "k1"), await _post(admin, "Harbor", "k1")
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert await _names(admin) == ["Harbor"]


async def test_the_same_key_for_something_else_is_a_conflict(admin: httpx.AsyncClient) -> None:
    await _post(admin, "Harbor", "k1")
    assert (await _post(admin, "Quay", "k1")).status_code == 409
    assert await _names(admin) == ["Harbor"]


async def test_requests_at_the_same_time_have_one_effect(admin: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(_post(admin, "Harbor", "k1") for _ in range(8)))
    assert {one.status_code for one in answers} == {201}
    assert len({one.text for one in answers}) == 1
    assert await _names(admin) == ["Harbor"]


async def test_a_request_that_failed_may_be_sent_again(admin: httpx.AsyncClient, world: World) -> None:
    client = await world.client()
    body = {"client_id": str(client.id), "name": "x", "time_zone": "Nowhere/Atlantis"}
    headers = {"Idempotency-Key": "k1"}
    assert (await admin.post("/api/programs", json=body, headers=headers)).status_code == 400
    body["time_zone"] = "Europe/Lisbon"
    assert (await admin.post("/api/programs", json=body, headers=headers)).status_code == 201


async def test_keys_of_two_people_do_not_meet(
    admin: httpx.AsyncClient, runtime: Runtime, world: World, sign_in: SignIn
) -> None:
    await _post(admin, "Harbor", "k1")
    async with http_client(runtime) as other:
        await sign_in(other, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
        assert (await _post(other, "Quay", "k1")).status_code == 201
    assert sorted(await _names(admin)) == ["Harbor", "Quay"]


async def test_a_key_that_is_too_long_is_refused(admin: httpx.AsyncClient) -> None:
    assert (await _post(admin, "Harbor", "k" * 201)).status_code == 400


async def test_old_keys_are_forgotten_and_young_ones_are_not(admin: httpx.AsyncClient, runtime: Runtime) -> None:
    await _post(admin, "Harbor", "old")
    await _post(admin, "Quay", "young")
    async with runtime.database.transaction(system_actor("test")) as tx:
        of_old = idempotency_key.c.key == "old"
        await tx.execute(update(idempotency_key).where(of_old).values(made_at=now() - KEPT - timedelta(minutes=1)))
    (forget,) = periodic(runtime)
    await forget.task.run()
    await _post(admin, "Harbor", "old")
    await _post(admin, "Quay", "young")
    assert sorted(await _names(admin)) == ["Harbor", "Harbor", "Quay"]
