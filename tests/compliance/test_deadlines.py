"""What is due: every kind once, in order, page by page, until it is done, for nobody else's eyes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from careloom.evidence.isolation.people import bearer_of
from careloom.identity.types import Role, ScopeKind
from careloom.platform.clock import now
from tests.compliance.house import House

PATH = "/api/compliance/deadlines"
OVERDUE = f"{PATH}/overdue"


async def due(house: House, **query: Any) -> list[Any]:
    return (await house.officer("GET", PATH, params=query))["items"]


@pytest.fixture
async def busy(house: House) -> House:
    """A house in which something of every kind is due."""
    hold = {"scope": "client", "reason": "a dispute", "until": (now() + timedelta(days=9)).isoformat()}
    await house.officer("POST", "/api/holds", json={"client_id": str(house.client_id), **hold})
    customer = {"customer_id": str(house.brand.ids["customer_id"]), "kind": "access", "origin": "by letter"}
    long_ago = (now() - timedelta(days=40)).isoformat()
    new = {"client_id": str(house.client_id), "received_at": long_ago, **customer}
    await house.officer("POST", "/api/privacy-requests", json=new)
    house.run("UPDATE purge_record SET left_over = 3 WHERE data_class <> 'keys'")
    return house


async def test_everything_that_is_due_is_told_in_order_with_what_leads_there(busy: House) -> None:
    found = await due(busy)
    assert {one["kind"] for one in found} == {"request", "duty", "review", "hold", "purge", "shredding"}
    moments = [datetime.fromisoformat(one["due_at"]) for one in found]
    assert moments == sorted(moments)
    assert {one["client_id"] for one in found} == {str(busy.client_id)}
    first = {one["kind"]: one for one in reversed(found)}
    assert datetime.fromisoformat(first["request"]["due_at"]) < now()
    assert first["duty"]["incident_id"] == str(busy.brand.ids["incident_id"])
    assert first["duty"]["words"]
    assert first["review"]["id"] == str(busy.brand.ids["glass_id"])
    assert first["review"]["words"] == busy.brand.people["agent"].name
    assert (first["hold"]["what"], first["hold"]["words"]) == ("client", "a dispute")
    assert first["shredding"]["id"] == str(busy.brand.ids["shredding_id"])


@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_pages_hold_each_once(busy: House, limit: int) -> None:
    whole, pages = await due(busy), list[Any]()
    after = None
    while not pages or after:
        page = await busy.officer("GET", PATH, params={"limit": limit, **({"after": after} if after else {})})
        assert len(page["items"]) <= limit
        pages += page["items"]
        after = page["next"]
    assert pages == whole


async def test_one_kind_and_one_client_can_be_asked_for(busy: House) -> None:
    assert {one["kind"] for one in await due(busy, kind="hold")} == {"hold"}
    assert len(await due(busy, client_id=str(busy.client_id))) == len(await due(busy))
    assert (await busy.answer("GET", PATH, params={"kind": "wish"})).status_code == 400


async def test_what_is_done_or_over_is_not_due_any_more(busy: House) -> None:
    for one in await due(busy, kind="request"):
        await busy.officer("POST", f"/api/privacy-requests/{one['id']}/refuse", json={"reason": "not theirs"})
    for one in await due(busy, kind="duty"):
        path = f"/api/incidents/{one['incident_id']}/duties/{one['id']}/settle"
        await busy.officer("POST", path, json={"note": "done", "waived": False})
    for one in await due(busy, kind="review"):
        review = {"verdict": "accepted", "note": "as it says"}
        await busy.brand.call("POST", f"/api/break-glass/{one['id']}/review", who="compliance_officer", json=review)
    busy.run("UPDATE legal_hold SET until = now() - interval '1 second'")
    busy.run("UPDATE shredding SET until = now() - interval '1 second'")
    assert {one["kind"] for one in await due(busy)} == {"purge"}
    busy.run("UPDATE purge_record SET left_over = 0")
    assert await due(busy) == []


async def test_a_purge_that_was_stopped_is_due_until_another_one_follows(house: House) -> None:
    house.run("UPDATE purge_record SET left_over = NULL, finished_at = NULL, started_at = now()")
    assert await due(house, kind="purge") == []
    house.run("UPDATE purge_record SET started_at = now() - interval '2 hours'")
    (stopped, *_) = await due(house, kind="purge")
    house.run(
        """INSERT INTO purge_record (client_id, id, data_class, before, rule, left_over, finished_at)
        SELECT client_id, 'ffffffff-ffff-7fff-bfff-ffffffffffff', data_class, before, rule, 0, now()
        FROM purge_record WHERE id = %s""",
        stopped["id"],
    )
    assert stopped["id"] not in {one["id"] for one in await due(house, kind="purge")}


async def test_what_is_overdue_is_counted_beyond_a_page_and_up_to_99(busy: House) -> None:
    late = [one["kind"] for one in await due(busy) if datetime.fromisoformat(one["due_at"]) < now()]
    assert "request" in late
    assert await busy.officer("GET", OVERDUE) == {"count": len(late), "more": False}
    more = """
        INSERT INTO privacy_request (client_id, id, kind, customer_id, status, origin, received_at, due_at, opened_by)
        SELECT client_id, gen_random_uuid(), kind, customer_id, status, origin, received_at, due_at, opened_by
        FROM (SELECT * FROM privacy_request WHERE closed_at IS NULL ORDER BY due_at LIMIT 1), generate_series(1, %s)"""
    busy.run(more, 99 - len(late))
    assert await busy.officer("GET", OVERDUE) == {"count": 99, "more": False}
    busy.run(more, 2)
    assert await busy.officer("GET", OVERDUE) == {"count": 99, "more": True}
    assert (await busy.answer("GET", OVERDUE, "agent")).status_code == 403


async def test_who_guards_another_client_sees_nothing_of_it_and_who_guards_none_is_refused(busy: House) -> None:
    world = busy.brand.world
    other = await world.client()
    guard = await world.person(Role.COMPLIANCE_OFFICER, ScopeKind.CLIENT, other.id)
    headers = {"Authorization": f"Bearer {await bearer_of(world, guard)}"}
    assert (await busy.brand.api.get(PATH, headers=headers)).json()["items"] == []
    asked = {"client_id": str(busy.client_id)}
    assert (await busy.brand.api.get(PATH, headers=headers, params=asked)).status_code in (403, 404)
    assert (await busy.answer("GET", PATH, "agent")).status_code == 403
