"""People over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx

from careloom.identity.types import Person, Role, ScopeKind
from tests.world import World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]


async def test_a_taken_address_is_a_conflict_at_its_field(
    api: httpx.AsyncClient, world: World, sign_in: SignIn
) -> None:
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    provider = await world.provider()
    body = {"name": "Bo", "email": "bo@example.org", "provider_id": str(provider.id)}
    assert (await api.post("/api/people", json=body)).status_code == 201
    other = await api.post("/api/people", json=body | {"email": "cy@example.org"})
    for answer in (
        await api.post("/api/people", json=body | {"email": "BO@example.org"}),
        await api.patch(f"/api/people/{other.json()['id']}", json={"email": "bo@example.org"}),
    ):
        assert answer.status_code == 409
        assert answer.json()["errors"] == [{"path": "/email", "message": answer.json()["detail"]}]
