"""Access requests: an export of all that is held, for a week, with every fetch on record; terms and refusals."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import zipfile
from datetime import datetime, timedelta
from typing import Any

import pytest

from careloom.compliance.core.sections import SECTIONS
from careloom.compliance.core.terms import due_at
from careloom.compliance.jobs import expire_exports
from careloom.evidence.isolation.people import bearer_of
from careloom.identity.commands.people import create_person
from careloom.identity.types import NewPerson, RoleGrant, ScopeKind
from careloom.organizations.types import ProviderId
from careloom.platform.clock import now
from tests.compliance.house import House
from tests.compliance.subject import ADDRESS, MARK, Subject
from tests.compliance.test_erasure import ask, carry_out
from tests.world import SYSTEM


async def register(house: House, **more: Any) -> Any:
    body = {
        "client_id": str(house.client_id),
        "customer_id": str(house.brand.ids["customer_id"]),
        "kind": "access",
        "origin": "by mail",
        **more,
    }
    return await house.answer("POST", "/api/privacy-requests", json=body)


async def test_an_export_holds_all_rows_mail_and_files_of_the_customer_alone(house: House, subject: Subject) -> None:
    done = await carry_out(house, await ask(house, subject.customer_id, "access"))
    answer = await house.answer("POST", f"/api/privacy-requests/{done['id']}/export")
    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() == done["export_sha256"]
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    data = json.loads(packed.read("data.json"))["data"]
    assert set(data) == set(SECTIONS), "each table has a heading on the page"
    filled = {name for name, rows in data.items() if rows}
    assert filled >= {
        "audit_entry", "care_case", "conversation", "conversation_interval", "customer", "customer_consent",
        "customer_identity", "customer_merge", "customer_note", "draft", "file", "incoming_mail", "mail_reference",
        "message", "outgoing_mail", "pending_reply", "privacy_request", "timeline_entry", "visitor",
    }  # fmt: skip
    assert ADDRESS in {one["value"] for one in data["customer_identity"]}
    assert len(data["conversation"]) == len(subject.contacts)
    mails = [packed.read(name) for name in packed.namelist() if name.startswith("mail/")]
    assert mails
    assert all(MARK.encode() in one for one in mails)
    assert any(packed.read(name) == f"file of {MARK}".encode() for name in packed.namelist())
    assert MARK in packed.read("index.html").decode()
    beside = {one["conversation_id"] for one in data["message"]} - {str(one) for one in subject.contacts}
    assert beside == {str(subject.elsewhere)}, "what they wrote into a contact of somebody else's"
    assert all(MARK in one["text"] for one in data["message"] if one["conversation_id"] in beside)
    assert any(one["conversation_id"] is None for one in data["incoming_mail"]), "mail that became no contact"
    others = {str(house.brand.ids["other_customer_id"]), str(house.brand.ids["chat_id"])}
    assert not others & set(packed.read("data.json").decode().split('"'))
    entries = house.rows("SELECT count(*) FROM audit_entry WHERE action = 'privacy_request.fetch_export'")
    assert entries == [(1,)]


@pytest.mark.parametrize(
    ("own", "spoken", "read"),
    [
        ("ar", ["de"], '<html lang="ar" dir="rtl">'),
        ("pt-PT", ["de"], '<html lang="pt-BR" dir="ltr">'),
        ("zh", ["fr", "de"], '<html lang="fr" dir="ltr">'),
        (None, ["es"], '<html lang="es" dir="ltr">'),
        (None, [], '<html lang="en" dir="ltr">'),
    ],
)
async def test_the_page_of_an_export_is_in_the_language_of_its_customer_else_of_the_client(
    house: House, own: str | None, spoken: list[str], read: str
) -> None:
    customer_id = house.brand.ids["customer_id"]
    house.run("UPDATE customer SET language = %s WHERE id = %s", own, customer_id)
    house.run("UPDATE program SET languages = %s WHERE client_id = %s", spoken, house.client_id)
    done = await carry_out(house, await ask(house, customer_id, "access"))
    answer = await house.answer("POST", f"/api/privacy-requests/{done['id']}/export")
    assert read in zipfile.ZipFile(io.BytesIO(answer.content)).read("index.html").decode()


async def test_an_export_ends_after_a_week_and_can_be_built_again(house: House) -> None:
    path = f"/api/privacy-requests/{house.brand.ids['request_id']}"
    assert (await house.answer("POST", f"{path}/export")).status_code == 200
    house.run("UPDATE privacy_request SET export_until = now() - interval '1 second'")
    assert (await house.answer("POST", f"{path}/export")).status_code == 410
    await expire_exports(house.runtime)
    folder = house.runtime.settings.home / "files" / str(house.client_id)
    assert [one for one in folder.glob("export-*") if one.suffix == ""] == [], "archives of the client have parts"
    await house.officer("POST", f"{path}/carry-out")
    await house.settle()
    assert (await house.answer("POST", f"{path}/export")).status_code == 200


async def test_a_request_names_its_customer_to_those_alone_who_may_see_customers(house: House) -> None:
    made = (await register(house)).json()
    customer = await house.officer("GET", f"/api/customers/{made['customer_id']}")
    path = f"/api/privacy-requests/{made['id']}"
    assert customer["name"]
    assert (await house.officer("GET", path))["customer_name"] == customer["name"]
    world = house.brand.world
    provider = ProviderId(house.brand.ids["provider_id"])
    sheet = {"provider_id": str(provider), "name": "Clerk", "permissions": ["compliance.read"]}
    role = await house.brand.call("POST", "/api/roles", who="owner", json=sheet)
    async with world.database.transaction(SYSTEM) as tx:
        grant = RoleGrant(role["id"], ScopeKind.CLIENT, house.client_id)
        clerk = await create_person(tx, SYSTEM, NewPerson("Kim", "kim@example.org", provider, grants=(grant,)))
    headers = {"Authorization": f"Bearer {await bearer_of(world, clerk)}"}
    for url in (path, "/api/privacy-requests"):
        answer = await house.brand.api.get(url, headers=headers)
        assert answer.status_code == 200
        assert made["id"] in answer.text
        assert customer["name"] not in answer.text


async def test_a_request_says_that_its_customer_was_erased(house: House) -> None:
    made = (await register(house)).json()
    path = f"/api/privacy-requests/{made['id']}"
    assert (await house.officer("GET", path))["customer_erased"] is False
    house.run("UPDATE customer SET name = '', erased_at = now() WHERE id = %s", made["customer_id"])
    found = await house.officer("GET", path)
    assert (found["customer_name"], found["customer_erased"]) == ("", True)


async def test_when_an_open_request_arrived_is_corrected_and_its_term_follows(house: House) -> None:
    made = (await register(house)).json()
    path = f"/api/privacy-requests/{made['id']}"
    arrived = now() - timedelta(days=20)
    after = await house.officer("PATCH", path, json={"received_at": arrived.isoformat()})
    assert datetime.fromisoformat(after["received_at"]) == arrived
    assert datetime.fromisoformat(after["due_at"]) == due_at(arrived)
    (due,) = [
        one
        for one in (await house.officer("GET", "/api/compliance/deadlines"))["items"]
        if one["kind"] == "request" and one["id"] == made["id"]
    ]
    assert due["due_at"] == after["due_at"]
    ((before, noted),) = house.rows("SELECT before, after FROM audit_entry WHERE action = 'privacy_request.correct'")
    assert datetime.fromisoformat(before["received_at"]) == datetime.fromisoformat(made["received_at"])
    assert datetime.fromisoformat(before["due_at"]) == datetime.fromisoformat(made["due_at"])
    assert datetime.fromisoformat(noted["received_at"]) == arrived
    assert datetime.fromisoformat(noted["due_at"]) == due_at(arrived)


async def test_a_prolonged_request_stays_prolonged_when_its_arrival_is_corrected(house: House) -> None:
    path = f"/api/privacy-requests/{(await register(house)).json()['id']}"
    await house.officer("POST", f"{path}/extend", json={"reason": "many systems"})
    arrived = now() - timedelta(days=5)
    after = await house.officer("PATCH", path, json={"received_at": arrived.isoformat()})
    assert datetime.fromisoformat(after["due_at"]) == due_at(arrived, 3)


async def test_an_arrival_is_corrected_within_the_last_year_and_until_the_request_is_closed(house: House) -> None:
    path = f"/api/privacy-requests/{(await register(house)).json()['id']}"
    for days in (-1, 400):
        wrong = {"received_at": (now() - timedelta(days=days)).isoformat()}
        answer = await house.answer("PATCH", path, json=wrong)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["path"] == "/received_at"
    await house.officer("POST", f"{path}/refuse", json={"reason": "nobody of that name"})
    closed = await house.answer("PATCH", path, json={"received_at": (now() - timedelta(days=2)).isoformat()})
    assert closed.status_code == 409


async def test_a_request_is_due_after_a_month_and_can_be_prolonged_once(house: House) -> None:
    received = now() - timedelta(days=3)
    made = (await register(house, received_at=received.isoformat())).json()
    path = f"/api/privacy-requests/{made['id']}/extend"
    later = await house.officer("POST", path, json={"reason": "many systems"})
    assert made["due_at"] < later["due_at"]
    assert (await house.answer("POST", path, json={"reason": "again"})).status_code == 409
    due = await house.officer("GET", "/api/compliance/deadlines")
    assert made["id"] in {one["id"] for one in due["items"]}


async def test_what_cannot_be_a_request_is_refused(house: House) -> None:
    assert (await register(house, received_at=(now() + timedelta(days=1)).isoformat())).status_code == 400
    assert (await register(house, customer_id=str(house.client_id))).status_code == 404
    made = (await register(house)).json()
    path = f"/api/privacy-requests/{made['id']}"
    assert (await house.answer("POST", f"{path}/export")).status_code == 410
    assert (await house.officer("POST", f"{path}/refuse", json={"reason": "not their data"}))["status"] == "refused"
    assert (await house.answer("POST", f"{path}/verify", json={"how": "x"})).status_code == 409
    assert (await house.answer("GET", path, "agent")).status_code == 404


async def test_a_second_erasure_is_refused_and_names_the_one_that_is_open(house: House) -> None:
    first = (await register(house, kind="erasure")).json()
    second = await register(house, kind="erasure")
    assert (second.status_code, second.json()["code"], second.json()["about"]) == (409, "erasure_open", first["id"])
    assert first["id"] in second.json()["detail"]
    assert second.json()["errors"][0]["path"] == "/customer_id"
    assert (await register(house)).is_success, "access is another matter"
    await house.officer("POST", f"/api/privacy-requests/{first['id']}/refuse", json={"reason": "withdrawn"})
    assert (await register(house, kind="erasure")).is_success


async def test_an_erasure_of_whom_someone_was_merged_into_stands_in_the_way_as_well(
    house: House, subject: Subject
) -> None:
    mergers = "SELECT merged_into, id FROM customer WHERE merged_into IS NOT NULL LIMIT 1"
    stayed, merged = house.rows(mergers)[0]
    first = (await register(house, kind="erasure", customer_id=str(merged))).json()
    second = await register(house, kind="erasure", customer_id=str(stayed))
    assert (second.status_code, second.json()["about"]) == (409, first["id"])


async def test_of_two_erasures_that_are_registered_at_once_one_is_taken(house: House) -> None:
    answers = await asyncio.gather(*(register(house, kind="erasure") for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
