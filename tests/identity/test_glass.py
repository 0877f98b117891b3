"""Breaking the glass: what it opens, for whom, for which session, until when; and what it never does."""

from __future__ import annotations

from dataclasses import replace as remake
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from careloom.identity.commands.glass_ends import end_overdue
from careloom.identity.core.glass import EMERGENCY
from careloom.identity.types import Role, ScopeKind
from careloom.platform.runtime import Runtime
from tests.application import http_client
from tests.identity.glass import House, build_house, enter, sees, smash, smashed
from tests.identity.test_api_keys import another
from tests.world import PASSWORD, SYSTEM, World


@pytest.fixture
async def house(world: World, api: httpx.AsyncClient) -> House:
    """`api` is the lead's session."""
    found = await build_house(world)
    await enter(api, found.lead)
    return found


async def test_on_call_shows_the_names_of_clients_and_nothing_else(api: httpx.AsyncClient, house: House) -> None:
    listed = (await api.get("/api/session/glass/clients")).json()["items"]
    assert [one["name"] for one in listed] == ["Other"]
    assert set(listed[0]) == {"id", "name", "color"}
    assert [one["name"] for one in (await api.get("/api/clients")).json()["items"]] == ["Own"]
    assert await sees(api, house) == 404


async def test_with_a_reason_and_a_proof_a_client_opens_for_this_session_alone(
    api: httpx.AsyncClient, house: House
) -> None:
    glass = await smashed(api, house.other)
    assert glass["client"]["name"] == "Other"
    assert set(glass["permissions"]) == {*EMERGENCY, "glass.break"}
    assert await sees(api, house) == 200
    assert (await api.get("/api/session")).json()["glass"]["id"] == glass["id"]
    async with another(api) as browser:
        await enter(browser, house.lead)
        assert (await browser.get("/api/session")).json()["glass"] is None
        assert await sees(browser, house) == 404


async def test_it_lets_one_read_note_and_hand_over_but_change_nothing_else(
    api: httpx.AsyncClient, house: House
) -> None:
    await smashed(api, house.other)
    customer = f"/api/customers/{house.customer_id}"
    client = f"/api/clients/{house.other.id}"
    assert (await api.patch(customer, json={"name": "Changed"})).status_code == 403
    assert (await api.patch(client, json={"name": "Changed"})).status_code == 403
    assert (await api.put(f"{client}/networks", json={"networks": []})).status_code == 403
    assert (await api.post("/api/exports", json={"client_id": str(house.other.id)})).status_code in (403, 404)
    asked = {"client_id": str(house.other.id), "customer_id": str(house.customer_id), "kind": "erasure"}
    assert (await api.post("/api/privacy-requests", json={**asked, "origin": "mail"})).status_code in (403, 404)
    assert (await api.get("/api/break-glass")).status_code == 403
    key = await api.post("/api/api-keys", json={"name": "k", "permissions": ["glass.break"]})
    assert key.status_code == 403


async def test_clients_of_others_cannot_be_opened_and_look_as_if_they_were_not_there(
    api: httpx.AsyncClient, house: House
) -> None:
    foreign = await smash(api, house.foreign)
    nobodys = await smash(api, house.foreign, client_id="00000000-0000-0000-0000-00000000abcd")
    assert foreign.status_code == nobodys.status_code == 404
    assert foreign.json()["detail"] == nobodys.json()["detail"]


async def test_without_the_permission_nobody_gets_so_far(api: httpx.AsyncClient, house: House) -> None:
    agent = await house.world.person(
        Role.TEAM_LEAD, ScopeKind.CLIENT, house.own.id, provider=house.provider, password=PASSWORD
    )
    await enter(api, agent)
    assert (await api.get("/api/session/glass")).status_code == 403
    assert (await api.get("/api/session/glass/clients")).status_code == 403
    assert (await smash(api, house.other)).status_code == 403


async def test_what_ones_grants_give_needs_no_glass(api: httpx.AsyncClient, house: House) -> None:
    owner = await house.world.person(Role.ADMIN, ScopeKind.PROVIDER, house.provider.id, password=PASSWORD)
    await enter(api, owner)
    assert (await smash(api, house.other)).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"reason": "          ."}, "/reason"),
        ({"reason": "short"}, "/reason"),
        ({"reason": "x" * 501}, "/reason"),
        ({"minutes": 61}, "/minutes"),
        ({"minutes": 241}, "/minutes"),
        ({"reference": "x" * 101}, "/reference"),
    ],
)
async def test_what_is_asked_for_has_bounds(
    api: httpx.AsyncClient, house: House, wrong: dict[str, Any], path: str
) -> None:
    answer = await smash(api, house.other, **wrong)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["path"] == path
    assert await sees(api, house) == 404


async def test_only_one_at_a_time_and_never_two_for_a_session(api: httpx.AsyncClient, house: House) -> None:
    await smashed(api, house.other)
    assert (await smash(api, house.other)).status_code == 409


async def test_when_its_time_is_up_it_opens_nothing_and_the_next_can_begin(
    api: httpx.AsyncClient, house: House
) -> None:
    first = await smashed(api, house.other)
    await house.let_time_pass()
    assert await sees(api, house) == 404
    assert (await api.get("/api/session")).json()["glass"] is None
    second = await smashed(api, house.other)
    assert second["id"] != first["id"]
    ended = await house.rows("SELECT until, ended_at, ended_how FROM break_glass WHERE id = :id", id=first["id"])
    assert (ended[0].ended_at, ended[0].ended_how) == (ended[0].until, "time")


async def test_what_is_over_by_the_clock_is_noted_by_the_job(api: httpx.AsyncClient, house: House) -> None:
    glass = await smashed(api, house.other)
    await house.let_time_pass()
    async with house.database.transaction(SYSTEM) as tx:
        assert await end_overdue(tx) == 1
        assert await end_overdue(tx) == 0
    (end,) = [one for one in await house.entries(client_id=house.other.id) if one.action == "break_glass.end"]
    assert (str(end.subject_id), end.actor_name) == (glass["id"], "break-glass")


async def _by_hand(api: httpx.AsyncClient, house: House) -> None:
    assert (await api.delete("/api/session/glass")).json()["glass"] is None


async def _sign_out(api: httpx.AsyncClient, house: House) -> None:
    await api.delete("/api/session")


async def _revoked(api: httpx.AsyncClient, house: House) -> None:
    (mine,) = (await api.get("/api/sessions")).json()["items"]
    await api.delete(f"/api/sessions/{mine['id']}")


async def _deactivated(api: httpx.AsyncClient, house: House) -> None:
    async with another(api) as browser:
        await enter(browser, await house.world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, password=PASSWORD))
        assert (await browser.patch(f"/api/people/{house.lead.id}", json={"active": False})).status_code == 200


async def _new_password(api: httpx.AsyncClient, house: House) -> None:
    words = {"current": PASSWORD, "new": "another long password"}
    assert (await api.post("/api/session/password", json=words)).status_code == 204


@pytest.mark.parametrize(
    ("end", "how"),
    [
        (_by_hand, "hand"),
        (_sign_out, "session"),
        (_revoked, "session"),
        (_deactivated, "session"),
        (_new_password, "session"),
    ],
)
async def test_it_ends_with_a_note_of_how(api: httpx.AsyncClient, house: House, end: Any, how: str) -> None:
    await smashed(api, house.other)
    await end(api, house)
    assert await sees(api, house) in (401, 404)
    (row,) = await house.rows("SELECT ended_at, ended_how FROM break_glass")
    assert (row.ended_at is not None, row.ended_how) == (True, how)
    assert "break_glass.end" in [one.action for one in await house.entries(client_id=house.other.id)]


async def test_it_cannot_be_ended_where_nothing_is_open(api: httpx.AsyncClient, house: House) -> None:
    assert (await api.delete("/api/session/glass")).status_code == 404


async def test_who_is_on_call_no_more_sees_nothing_more_at_once(api: httpx.AsyncClient, house: House) -> None:
    await smashed(api, house.other)
    await house.rows("DELETE FROM role_grant WHERE role = 'on_call' RETURNING id")
    assert await sees(api, house) == 404
    assert (await api.get("/api/session")).json()["glass"] is not None


async def test_what_was_answered_under_it_is_not_answered_again_after_it(api: httpx.AsyncClient, house: House) -> None:
    await smashed(api, house.other)
    body = {"name": "A view", "filter": {"client_id": str(house.other.id)}}
    key = {"Idempotency-Key": "once"}
    first = await api.post("/api/views", json=body, headers=key)
    again = await api.post("/api/views", json=body, headers=key)
    assert first.json()["id"] == again.json()["id"]
    await api.delete("/api/session/glass")
    later = await api.post("/api/views", json=body, headers=key)
    assert later.status_code >= 400 or later.json()["id"] != first.json()["id"]


async def test_the_clients_networks_count_in_an_emergency_too(
    runtime: Runtime, api: httpx.AsyncClient, house: House
) -> None:
    behind = remake(runtime, settings=replace(runtime.settings, trusted_proxies=("127.0.0.1",)))
    await house.rows(
        "INSERT INTO client_network (client_id, networks) VALUES (:id, ARRAY['203.0.113.0/24']) RETURNING 1",
        id=house.other.id,
    )
    async with http_client(behind) as browser:
        browser.headers["X-Forwarded-For"] = "198.51.100.9"
        await enter(browser, house.lead)
        assert (await smash(browser, house.other)).status_code == 404
        browser.headers["X-Forwarded-For"] = "203.0.113.7"
        await smashed(browser, house.other)
        assert await sees(browser, house) == 200
        browser.headers["X-Forwarded-For"] = "198.51.100.9"
        assert await sees(browser, house) == 404


async def test_the_clients_countries_count_even_for_who_is_on_call_for_everything(
    api: httpx.AsyncClient, house: House
) -> None:
    wide = await house.world.person(
        Role.ON_CALL, ScopeKind.EVERYTHING, None, provider=house.provider, password=PASSWORD
    )
    await enter(api, wide)
    await smashed(api, house.foreign)
    await api.delete("/api/session/glass")
    await house.rows("UPDATE client SET countries = ARRAY['PT'] WHERE id = :id RETURNING 1", id=house.foreign.id)
    refused = await smash(api, house.foreign)
    assert refused.status_code == 403
    assert "where you are" in refused.json()["detail"]
