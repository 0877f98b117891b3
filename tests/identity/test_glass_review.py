"""What emergency access leaves: entries under its id, told to those who guard the client, reviewed by another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from careloom.identity.types import Person, Role, ScopeKind
from tests.identity.glass import REASON, House, build_house, enter, smashed
from tests.identity.test_api_keys import another
from tests.world import PASSWORD, World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]
ACCEPTED = {"verdict": "accepted", "note": "The site was dark indeed."}


@pytest.fixture
async def house(world: World, api: httpx.AsyncClient) -> House:
    """`api` is the lead's session."""
    found = await build_house(world)
    await enter(api, found.lead)
    return found


async def listed(api: httpx.AsyncClient, **asked: Any) -> list[dict[str, Any]]:
    answer = await api.get("/api/break-glass", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_everything_done_meanwhile_stands_under_its_id_also_what_is_never_noted_else(
    api: httpx.AsyncClient, house: House
) -> None:
    await api.get("/api/conversations", params={"view": "all"})
    glass = await smashed(api, house.other)
    for _ in range(2):
        await api.get("/api/conversations", params={"view": "all", "client_id": str(house.other.id)})
    await api.get(f"/api/customers/{house.customer_id}")
    await api.post("/api/views", json={"name": "Mine", "filter": {}})
    await api.delete("/api/session/glass")
    await api.get("/api/conversations", params={"view": "all"})
    told = [(one.action, (one.after or {}).get("route")) for one in await house.entries(glass_id=glass["id"])]
    assert told == [
        ("request.read", "/api/conversations"),
        ("request.read", "/api/customers/{customer_id}"),
        ("customer.read", None),
        ("request.send", "/api/views"),
        ("break_glass.end", None),
    ]


async def test_a_record_read_before_is_noted_again_under_the_next_glass(api: httpx.AsyncClient, house: House) -> None:
    for _ in range(2):
        glass = await smashed(api, house.other)
        await api.get(f"/api/customers/{house.customer_id}")
        assert "customer.read" in [one.action for one in await house.entries(glass_id=glass["id"])]
        await api.delete("/api/session/glass")


async def test_who_guards_the_client_sees_who_when_why_and_what_was_done(
    api: httpx.AsyncClient, house: House, sign_in: SignIn
) -> None:
    glass = await smashed(api, house.other, reference="INC-7")
    await api.get(f"/api/customers/{house.customer_id}")
    async with another(api) as browser:
        await sign_in(browser, house.guard)
        (one,) = await listed(browser)
        assert (one["id"], one["person_name"], one["reason"]) == (glass["id"], "Lena Lead", REASON)
        assert (one["reference"], one["proof"], one["ended_at"]) == ("INC-7", "password", None)
        page = (await browser.get("/api/audit", params={"glass_id": glass["id"]})).json()["items"]
        assert {"customer.read", "request.read"} <= {each["action"] for each in page}
        assert {each["glass_id"] for each in page} == {glass["id"]}


async def test_those_who_guard_other_clients_see_nothing_of_it(
    api: httpx.AsyncClient, house: House, sign_in: SignIn
) -> None:
    glass = await smashed(api, house.other)
    await api.delete("/api/session/glass")
    stranger = await house.world.person(Role.COMPLIANCE_OFFICER, ScopeKind.CLIENT, house.own.id)
    async with another(api) as browser:
        await sign_in(browser, stranger)
        assert await listed(browser) == []
        assert (await browser.get("/api/break-glass", params={"client_id": str(house.other.id)})).status_code == 403
        assert (await browser.post(f"/api/break-glass/{glass['id']}/review", json=ACCEPTED)).status_code == 404
        page = (await browser.get("/api/audit", params={"glass_id": glass["id"]})).json()["items"]
        assert page == []


async def test_another_person_reviews_it_once_when_it_is_over(
    api: httpx.AsyncClient, house: House, sign_in: SignIn
) -> None:
    glass = await smashed(api, house.other)
    path = f"/api/break-glass/{glass['id']}/review"
    async with another(api) as browser:
        await sign_in(browser, house.guard)
        assert (await browser.post(path, json=ACCEPTED)).status_code == 409
        await api.delete("/api/session/glass")
        assert [one["id"] for one in await listed(browser, reviewed=False)] == [glass["id"]]
        done = await browser.post(path, json={"verdict": "questioned", "note": "  Why not the deputy?  "})
        assert done.status_code == 200, done.text
        assert (done.json()["verdict"], done.json()["note"]) == ("questioned", "Why not the deputy?")
        assert done.json()["reviewed_by"] == "Greta Guard"
        assert (await browser.post(path, json=ACCEPTED)).status_code == 409
        assert await listed(browser, reviewed=False) == []
        assert len(await listed(browser, reviewed=True)) == 1
    actions = [one.action for one in await house.entries(subject_id=glass["id"])]
    assert actions == ["break_glass.begin", "break_glass.end", "break_glass.review"]


async def test_nobody_reviews_their_own(api: httpx.AsyncClient, house: House) -> None:
    glass = await smashed(api, house.other)
    await api.delete("/api/session/glass")
    await house.rows(
        "INSERT INTO role_grant (id, person_id, role, scope, scope_id) "
        "VALUES (gen_random_uuid(), :person, 'admin', 'client', :client) RETURNING id",
        person=house.lead.id,
        client=house.other.id,
    )
    answer = await api.post(f"/api/break-glass/{glass['id']}/review", json=ACCEPTED)
    assert answer.status_code == 409
    assert "Another person" in answer.json()["detail"]


async def test_who_may_only_read_the_registers_reviews_nothing(
    api: httpx.AsyncClient, house: House, sign_in: SignIn
) -> None:
    glass = await smashed(api, house.other)
    await api.delete("/api/session/glass")
    admin = await house.world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, provider=house.provider)
    async with another(api) as browser:
        await sign_in(browser, admin)
        role = {"provider_id": str(house.provider.id), "name": "Reader", "permissions": ["compliance.read"]}
        made = (await browser.post("/api/roles", json=role)).json()
        grants = [{"role": made["id"], "scope": "client", "scope_id": str(house.other.id)}]
        reader = await house.world.person(
            Role.AGENT, ScopeKind.CLIENT, house.own.id, provider=house.provider, password=PASSWORD
        )
        done = await browser.put(f"/api/people/{reader.id}/grants", json=grants)
        assert done.status_code == 200, done.text
        await enter(browser, reader)
        assert len(await listed(browser)) == 1
        assert (await browser.post(f"/api/break-glass/{glass['id']}/review", json=ACCEPTED)).status_code == 403


async def test_they_are_listed_page_by_page_newest_first(api: httpx.AsyncClient, house: House, sign_in: SignIn) -> None:
    made: list[str] = []
    for _ in range(3):
        made.append((await smashed(api, house.other))["id"])
        await api.delete("/api/session/glass")
    async with another(api) as browser:
        await sign_in(browser, house.guard)
        first = (await browser.get("/api/break-glass", params={"limit": 2})).json()
        second = (await browser.get("/api/break-glass", params={"limit": 2, "after": first["next"]})).json()
    assert [one["id"] for one in (*first["items"], *second["items"])] == list(reversed(made))
    assert second["next"] is None


async def test_the_event_is_for_those_who_guard_the_client(api: httpx.AsyncClient, house: House) -> None:
    glass = await smashed(api, house.other)
    (row,) = await house.rows("SELECT client_id, data FROM event_log WHERE type = 'break_glass_begun'")
    assert row.client_id == house.other.id
    assert (row.data["glass_id"], row.data["needs"]) == (glass["id"], "compliance.read")
    assert REASON not in str(row.data)


async def test_neither_reason_nor_reference_keeps_a_card(api: httpx.AsyncClient, house: House) -> None:
    words = {"reason": "Customer reads out 4111 1111 1111 1111", "reference": "card 4111111111111111"}
    await smashed(api, house.other, **words)
    (kept,) = await house.rows("SELECT reason, reference FROM break_glass")
    assert tuple(kept) == ("Customer reads out [card ×××× 1111]", "card [card ×××× 1111]")
