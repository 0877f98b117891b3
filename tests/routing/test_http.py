"""Routing over HTTP: queues, skills, profiles, presence, offers and hand-overs, as the contract has them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from careloom.identity.types import Person, Role, ScopeKind
from tests.routing.floor import Floor

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]


async def test_a_skill_is_renamed_to_a_name_that_is_free(floor: Floor, api: httpx.AsyncClient, sign_in: SignIn) -> None:
    await sign_in(api, await person(floor, "account_manager"))
    await floor.make_skill("claims")
    path = f"/api/skills/{(await floor.make_skill('refunds')).id}"
    assert (await api.patch(path, json={"name": "Money back"})).json()["name"] == "Money back"
    taken = await api.patch(path, json={"name": "claims"})
    assert (taken.status_code, taken.json()["errors"][0]["path"]) == (409, "/name")
    assert (await api.patch(f"/api/skills/{floor.desk.client.id}", json={"name": "x"})).status_code == 404
    assert [one["name"] for one in (await api.get("/api/skills")).json()["items"]] == ["Money back", "claims"]
    await sign_in(api, await person(floor, "agent"))
    assert (await api.patch(path, json={"name": "Mine"})).status_code == 403


async def test_a_queue_is_made_changed_and_checked(floor: Floor, api: httpx.AsyncClient, sign_in: SignIn) -> None:
    await sign_in(api, await person(floor, "account_manager"))
    desk = floor.desk
    skill = (await api.post("/api/skills", json={"provider_id": str(desk.provider.id), "name": "refunds"})).json()
    again = await api.post("/api/skills", json={"provider_id": str(desk.provider.id), "name": "refunds"})
    assert (again.status_code, [one["path"] for one in again.json()["errors"]]) == (409, ["/name"])
    body: dict[str, Any] = {
        "client_id": str(desk.client.id),
        "program_id": str(desk.program.id),
        "provider_id": str(desk.provider.id),
        "name": "Refunds",
        "channels": ["chat"],
        "skills": [{"skill_id": skill["id"], "level": 3}],
        "overflow_queue_id": str(floor.queue.id),
        "overflow_after_seconds": 60,
    }
    made = await api.post("/api/queues", json=body)
    assert made.status_code == 201, made.text
    queue = made.json()
    assert queue["skills"] == [{"skill_id": skill["id"], "level": 3}]
    changed = await api.patch(f"/api/queues/{queue['id']}", json={"name": "Money back", "target_seconds": 90})
    assert (changed.json()["name"], changed.json()["target_seconds"]) == ("Money back", 90)
    listed = (await api.get("/api/queues", params={"client_id": str(desk.client.id)})).json()["items"]
    assert [one["name"] for one in listed] == ["Care", "Money back"]
    bad = await api.patch(
        f"/api/queues/{queue['id']}",
        json={
            "channels": ["voice"],
            "skills": [{"skill_id": str(desk.client.id), "level": 1}],
            "overflow_queue_id": queue["id"],
            "provider_id": str(desk.client.id),
        },
    )
    assert bad.status_code == 400
    assert [one["path"] for one in bad.json()["errors"]] == [
        "/provider_id",
        "/channels",
        "/overflow_queue_id",
        "/skills/0",
    ]
    audited = await floor.desk.rows(
        "SELECT action FROM audit_entry WHERE subject_type IN ('queue', 'skill') ORDER BY id"
    )
    assert [row.action for row in audited if row.action != "queue.create"] == ["skill.create", "queue.change"]


async def test_an_agent_works_over_http(floor: Floor, api: httpx.AsyncClient, sign_in: SignIn) -> None:
    await sign_in(api, floor.desk.agent)
    agent_id = str(floor.desk.agent.id)
    assert (await api.get("/api/presence")).json()["state"] == "offline"
    assert (await api.put("/api/presence", json={"state": "available"})).json()["state"] == "available"
    profile = (await api.get(f"/api/people/{agent_id}/routing")).json()
    assert (profile["languages"], profile["capacity"]["chat"]) == (["en"], 3)
    first, second = await floor.arrive(), await floor.arrive()
    await floor.pool.round()
    (offer,) = (await api.get("/api/offers")).json()["items"]
    assert offer["conversation_id"] == str(first.id)
    accepted = await api.post(f"/api/offers/{offer['id']}/accept")
    assert (accepted.status_code, accepted.json()["assignee_id"]) == (200, agent_id)
    gone = await api.post(f"/api/offers/{offer['id']}/accept")
    assert (gone.status_code, gone.json()["detail"]) == (409, "You have accepted this contact already.")
    await floor.pool.round()
    (offer,) = (await api.get("/api/offers")).json()["items"]
    assert (await api.post(f"/api/offers/{offer['id']}/decline")).status_code == 204
    taken = await api.post(f"/api/conversations/{second.id}/take")
    assert taken.json()["assignee_id"] == agent_id
    moved = await api.post(
        f"/api/conversations/{second.id}/transfer", json={"queue_id": str(floor.queue.id), "note": "please"}
    )
    assert (moved.status_code, moved.json()["phase"]) == (200, "queued")
    states = (await api.get(f"/api/people/{agent_id}/states")).json()["items"]
    assert [one["state"] for one in states] == ["available"]
    mine = await api.get("/api/conversations", params={"view": "my_queues"})
    assert str(second.id) in [one["id"] for one in mine.json()["items"]]
    assert (await api.get("/api/live/queues")).status_code == 403
    assert (await api.get("/api/live/agents")).status_code == 403


async def test_a_lead_sees_sets_and_assigns(floor: Floor, api: httpx.AsyncClient, sign_in: SignIn) -> None:
    await sign_in(api, await person(floor, "team_lead"))
    ada = await floor.available("Ada")
    profile = {"skills": [], "languages": ["en", "de"], "capacity": {"chat": 1}}
    stored = await api.put(f"/api/people/{ada.person_id}/routing", json=profile)
    assert stored.json()["capacity"]["chat"] == 1
    one = await floor.arrive()
    people = (await api.get("/api/people/assignable", params={"conversation_id": str(one.id)})).json()["items"]
    assert {"id": str(ada.person_id), "name": "Ada", "state": "available"} in people
    given = await api.post(f"/api/conversations/{one.id}/assign", json={"person_id": str(ada.person_id)})
    assert given.json()["assignee_id"] == str(ada.person_id)
    agents = (await api.get("/api/live/agents")).json()["items"]
    assert [(each["name"], each["load"]) for each in agents] == [("Ada", {"chat": 1})]
    assert len((await api.get("/api/live/queues")).json()["items"]) == 1
    order = {"state": "offline", "reason": "shift over"}
    ended = await api.put(f"/api/people/{ada.person_id}/presence", json=order)
    assert (ended.json()["state"], ended.json()["reason"]) == ("offline", "shift over")
    assert (await floor.now(one.id)).phase == "queued"


async def test_what_is_not_ones_own_is_not_there(floor: Floor, api: httpx.AsyncClient, sign_in: SignIn) -> None:
    world = floor.desk.world
    other = await world.agent(await world.provider("Else"), await world.client("Else"), name="Eve")
    ada = await floor.available("Ada")
    one = await floor.arrive()
    await floor.pool.round()
    (offer,) = await floor.offered(ada)
    await sign_in(api, other)
    for method, path, body in (
        ("GET", f"/api/queues/{floor.queue.id}", None),
        ("POST", f"/api/offers/{offer.id}/accept", None),
        ("POST", f"/api/offers/{offer.id}/decline", None),
        ("POST", f"/api/conversations/{one.id}/take", None),
        ("POST", f"/api/conversations/{one.id}/transfer", {"queue_id": str(floor.queue.id), "note": ""}),
        ("GET", f"/api/people/assignable?conversation_id={one.id}", None),
        ("GET", f"/api/people/{ada.person_id}/routing", None),
        ("GET", f"/api/people/{ada.person_id}/states", None),
    ):
        response = await api.request(method, path, json=body)
        assert response.status_code == 404, (method, path, response.text)
    assert (await api.get("/api/queues")).json()["items"] == []


async def person(floor: Floor, role: str) -> Person:
    desk = floor.desk
    return await desk.world.person(
        Role(role), ScopeKind.CLIENT, desk.client.id, provider=desk.provider, name="Lea Lead"
    )
