"""Macros: kept per client or program, found by the beginning of a name or shortcut."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from sqlalchemy import text

from careloom.identity.types import Person, Role, ScopeKind
from tests.world import SYSTEM, World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]


async def test_a_lead_keeps_macros_and_finds_them(api: httpx.AsyncClient, world: World, sign_in: SignIn) -> None:
    provider, client = await world.provider(), await world.client()
    care = await world.program(client, provider)
    sales = await world.program(client, provider, name="Sales")
    await sign_in(api, await world.person(Role.TEAM_LEAD, ScopeKind.CLIENT, client.id, provider=provider))

    async def make(**fields: Any) -> dict[str, Any]:
        answer = await api.post("/api/macros", json={"client_id": str(client.id), "body": "Hi", **fields})
        assert answer.status_code == 201, answer.text
        return answer.json()

    hello = await make(name="Hello", shortcut="hi", body="Hello {{customer.name}}")
    refund = await make(name="refund", program_id=str(care.id))
    await make(name="Upsell", program_id=str(sales.id))

    async def names(**query: str) -> list[str]:
        found = (await api.get("/api/macros", params={"client_id": str(client.id), **query})).json()
        return [one["name"] for one in found["items"]]

    assert await names() == ["Hello", "refund", "Upsell"]
    assert await names(program_id=str(care.id)) == ["Hello", "refund"]
    assert await names(search="REF") == ["refund"]
    assert await names(search="hi") == ["Hello"]
    changed = await api.patch(f"/api/macros/{hello['id']}", json={"name": "Welcome", "program_id": str(care.id)})
    assert (changed.json()["name"], changed.json()["body"]) == ("Welcome", "Hello {{customer.name}}")
    assert (await api.delete(f"/api/macros/{refund['id']}")).status_code == 204
    assert (await api.get(f"/api/macros/{refund['id']}")).status_code == 404
    statement = text("SELECT action FROM audit_entry WHERE subject_type = 'macro' ORDER BY at")
    async with world.database.transaction(SYSTEM) as tx:
        audit = list((await tx.execute(statement)).scalars())
    assert audit == ["macro.create"] * 3 + ["macro.change", "macro.delete"]


async def test_an_agent_reads_macros_and_changes_none(api: httpx.AsyncClient, world: World, sign_in: SignIn) -> None:
    provider, client = await world.provider(), await world.client()
    await sign_in(api, await world.agent(provider, client))
    new = {"client_id": str(client.id), "name": "x", "body": "x"}
    assert (await api.post("/api/macros", json=new)).status_code == 403
    assert (await api.get("/api/macros")).json() == {"items": [], "next": None}


async def test_a_program_of_another_client_is_not_taken(api: httpx.AsyncClient, world: World, sign_in: SignIn) -> None:
    provider, client, other = await world.provider(), await world.client(), await world.client("Other")
    theirs = await world.program(other, provider)
    await sign_in(api, await world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
    new = {"client_id": str(client.id), "program_id": str(theirs.id), "name": "x", "body": "x"}
    assert (await api.post("/api/macros", json=new)).status_code == 404
