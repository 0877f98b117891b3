"""Retention: what is due goes in batches with proof, what a hold names stays, and nothing goes without a rule."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from careloom.compliance.commands.purge import run_purge
from careloom.compliance.commands.rules import set_default
from careloom.compliance.jobs import defer_purges
from careloom.compliance.types.retention import DataClass, NewDefault
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database
from careloom.platform.disposal import digest
from careloom.platform.errors import InvalidInputError
from careloom.platform.keys import masters
from careloom.platform.residency import OPTION, Residency
from tests.compliance.house import House
from tests.compliance.subject import MARK, Subject, places
from tests.world import SYSTEM

WORDS = "SELECT count(*) FROM message WHERE conversation_id = %s AND text <> '' AND kind <> 'event'"


async def test_words_of_ended_contacts_go_after_their_time_and_the_record_proves_it(
    house: House, subject: Subject
) -> None:
    await house.rule(DataClass.MESSAGES, 30)
    house.age(31)
    record = await house.purge(DataClass.MESSAGES)
    assert {house.rows(WORDS, one)[0][0] for one in subject.contacts} == {0}
    assert record["items"] >= len(subject.contacts)
    assert record["left_over"] == 0
    assert record["rule"] == "client 1: 30 days"
    assert record["counts"]["message"] > 0
    ids = house.rows("SELECT id FROM conversation WHERE erased_at IS NOT NULL ORDER BY resolved_at, id")
    assert record["digest"] == digest("", [one for (one,) in ids])
    left = await places(house)
    assert "customer" in left, "profiles have a time of their own"
    blank = "SELECT DISTINCT subject, preview, customer_name, tags FROM conversation WHERE id = ANY(%s)"
    assert house.rows(blank, subject.contacts) == [("", "", "", [])]
    audited = house.rows("SELECT after FROM audit_entry WHERE action = 'purge.finish'")
    assert audited[-1][0]["digest"] == record["digest"]


async def test_what_is_young_or_open_stays(house: House, subject: Subject) -> None:
    await house.brand.call("POST", f"/api/conversations/{subject.contacts[0]}/reopen")
    await house.rule(DataClass.MESSAGES, 30)
    house.age(31)
    await house.resolve(subject.contacts[0])
    record = await house.purge(DataClass.MESSAGES)
    assert house.rows(WORDS, subject.contacts[0])[0][0] > 0
    assert house.rows(WORDS, subject.contacts[1])[0][0] == 0
    assert record["left_over"] == 0


@pytest.mark.parametrize("scope", ["conversation", "case", "customer", "client"])
async def test_a_hold_spares_what_it_names(house: House, subject: Subject, scope: str) -> None:
    held = subject.contacts[0]
    case_id, customer_id = house.rows("SELECT case_id, customer_id FROM conversation WHERE id = %s", held)[0]
    subjects = {"conversation": held, "case": case_id, "customer": customer_id, "client": None}
    body = {"client_id": str(house.client_id), "scope": scope, "reason": "a claim"}
    if subjects[scope] is not None:
        body["subject_id"] = str(subjects[scope])
    await house.officer("POST", "/api/holds", json=body)
    await house.rule(DataClass.MESSAGES, 30)
    house.age(31)
    looked = await house.officer("GET", f"/api/clients/{house.client_id}/retention/outlook")
    expected = next(one for one in looked["items"] if one["data_class"] == "messages")
    record = await house.purge(DataClass.MESSAGES)
    assert house.rows(WORDS, held)[0][0] > 0
    assert record["items"] == expected["items"]
    assert record["spared"] == expected["spared"] >= 1
    assert record["left_over"] == 0


async def test_a_hold_that_is_over_spares_nothing(house: House, subject: Subject) -> None:
    body = {"client_id": str(house.client_id), "scope": "client", "reason": "a claim"}
    until = (now() + timedelta(hours=1)).isoformat()
    hold = await house.officer("POST", "/api/holds", json={**body, "until": until})
    house.run("UPDATE legal_hold SET until = now() - interval '1 minute' WHERE id = %s", UUID(hold["id"]))
    await house.rule(DataClass.MESSAGES, 30)
    house.age(31)
    await house.purge(DataClass.MESSAGES)
    assert house.rows(WORDS, subject.contacts[0])[0][0] == 0


async def test_files_mail_visitors_and_profiles_have_times_of_their_own(house: House, subject: Subject) -> None:
    for one in (DataClass.FILES, DataClass.RAW_MAIL, DataClass.VISITORS):
        await house.rule(one, 10)
    house.age(11)
    counts = {one: (await house.purge(one))["counts"] for one in (DataClass.FILES, DataClass.RAW_MAIL)}
    visitors = await house.purge(DataClass.VISITORS)
    assert counts[DataClass.FILES]["file"] > 0
    assert counts[DataClass.RAW_MAIL]["incoming_mail"] > 0
    assert visitors["counts"]["visitor"] > 0
    assert (await places(house)).isdisjoint({"incoming_mail", "visitor"})
    assert house.rows("SELECT id FROM file WHERE conversation_id = ANY(%s)", subject.contacts) == []
    assert house.rows(WORDS, subject.contacts[0])[0][0] > 0
    listing = "SELECT seq FROM message WHERE conversation_id = ANY(%s) AND attachments::text LIKE %s"
    assert house.rows(listing, subject.contacts, f"%{MARK}%") == []


async def test_profiles_go_once_nobody_needs_them(house: House, subject: Subject) -> None:
    await house.rule(DataClass.PROFILES, 20)
    house.age(21)
    await house.purge(DataClass.PROFILES)
    assert house.rows("SELECT erased_at FROM customer WHERE id = %s", subject.customer_id) == [(None,)]
    await house.rule(DataClass.MESSAGES, 20)
    await house.purge(DataClass.MESSAGES)
    record = await house.purge(DataClass.PROFILES)
    assert house.rows("SELECT name, attributes FROM customer WHERE id = %s", subject.customer_id) == [("", {})]
    assert record["left_over"] == 0


async def test_facts_go_last_and_leave_no_torn_chain(house: House, subject: Subject) -> None:
    for one in (DataClass.FACTS, DataClass.MESSAGES):
        await house.rule(one, 30)
    house.age(31)
    await house.purge(DataClass.FACTS)
    kept = house.rows("SELECT count(*) FROM conversation WHERE id = ANY(%s)", subject.contacts)
    assert kept == [(len(subject.contacts),)]
    await house.purge(DataClass.MESSAGES)
    record = await house.purge(DataClass.FACTS)
    assert house.rows("SELECT count(*) FROM conversation WHERE id = ANY(%s)", subject.contacts) == [(0,)]
    assert record["counts"]["conversation_interval"] >= 3
    assert record["left_over"] == 0


async def test_a_purge_goes_on_where_it_was_stopped(
    house: House, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.rule(DataClass.MESSAGES, 30)
    house.age(31)
    deleted: list[str] = []
    delete = house.runtime.store.delete

    async def fail_once(key: str) -> None:
        deleted.append(key)
        await delete(key)
        if len(deleted) == 1:
            raise OSError("the power is gone")

    monkeypatch.setattr(house.runtime.store, "delete", fail_once)
    with pytest.raises(OSError, match="power"):
        await run_purge(house.runtime, house.client_id, DataClass.MESSAGES, by_hand=False)
    record = await run_purge(house.runtime, house.client_id, DataClass.MESSAGES, by_hand=False)
    assert record is not None
    assert record.left_over == 0
    assert {house.rows(WORDS, one)[0][0] for one in subject.contacts} == {0}


async def test_a_region_that_nobody_knows_gets_no_rule_and_one_that_is_served_does_before_its_first_client(
    house: House,
) -> None:
    async def put(url: str, days: int | None, served: tuple[str, ...] = ()) -> int | None:
        database = Database(
            url, 1, {OPTION: Residency(served), masters.OPTION: masters.LocalMasters([b"a master key"])}
        )
        try:
            async with database.transaction(SYSTEM) as tx:
                return (await set_default(tx, SYSTEM, "mars", DataClass.VISITORS, NewDefault(days))).days
        finally:
            await database.close()

    url = house.runtime.database.url
    with pytest.raises(InvalidInputError) as refused:
        await put(url, 30)
    assert [one.path for one in refused.value.errors] == ["/region"]
    with pytest.raises(InvalidInputError):
        await put(url, 30, served=("eu",))
    assert await put(url, 30, served=("eu", "mars")) == 30
    assert await put(url, 60) == 60, "what stands is changed wherever it is"
    assert await put(url, None) is None, "and removed"


async def test_without_a_rule_nothing_goes_and_a_region_may_have_one(house: House, subject: Subject) -> None:
    house.age(4000)
    path = f"/api/clients/{house.client_id}/retention"
    assert (await house.answer("POST", f"{path}/messages/purge")).status_code == 400
    assert (await house.answer("PUT", "/api/retention-defaults/eu/messages", json={"days": 30})).status_code == 403
    house.run("INSERT INTO retention_default (region, data_class, days) VALUES ('eu', 'messages', 30)")
    rules = {one["data_class"]: one for one in (await house.officer("GET", path))["items"]}
    assert (rules["messages"]["days"], rules["messages"]["source"]) == (30, "region")
    await house.rule(DataClass.MESSAGES, None)
    rules = {one["data_class"]: one for one in (await house.officer("GET", path))["items"]}
    assert (rules["messages"]["days"], rules["messages"]["source"]) == (None, "client")


async def test_events_are_kept_for_two_days_at_least(house: House) -> None:
    path = f"/api/clients/{house.client_id}/retention/events"
    assert (await house.answer("PUT", path, json={"days": 1, "reason": "x"})).status_code == 400


async def test_an_agent_neither_reads_nor_sets_rules(house: House) -> None:
    path = f"/api/clients/{house.client_id}/retention"
    assert (await house.answer("GET", path, "agent")).status_code == 404
    body = {"days": 5, "reason": "x"}
    assert (await house.answer("PUT", f"{path}/files", "agent", json=body)).status_code == 404


async def test_originals_of_what_was_masked_go_at_night_with_proof_and_stay_while_a_hold_keeps_them(
    house: House,
) -> None:
    house.run("UPDATE masked_value SET kept_until = now() - interval '1 minute'")
    originals = "SELECT id, conversation_id FROM masked_value ORDER BY kept_until, id"
    due = house.rows(originals)
    held = due[0][1]
    body = {"client_id": str(house.client_id), "scope": "conversation", "subject_id": str(held), "reason": "a claim"}
    hold = await house.officer("POST", "/api/holds", json=body)
    await _night(house)
    assert house.rows(originals) == [one for one in due if one[1] == held]
    await house.officer("POST", f"/api/holds/{hold['id']}/lift", json={"reason": "settled"})
    await _night(house)
    assert house.rows(originals) == []
    record = (await house.officer("GET", "/api/purges"))["items"][0]
    kept = [one for one, conversation_id in due if conversation_id == held]
    assert (record["data_class"], record["items"], record["left_over"]) == ("originals", len(kept), 0)
    assert record["counts"] == {"masked_value": len(kept)}
    assert record["digest"] == digest("", kept)


async def _night(house: House) -> None:
    await defer_purges(house.runtime)
    await house.settle()


async def test_a_rule_and_a_hold_say_why(house: House) -> None:
    hold = {"client_id": str(house.client_id), "scope": "client", "reason": " \t"}
    for method, path, body in (
        ("PUT", f"/api/clients/{house.client_id}/retention/files", {"days": 100, "reason": "  "}),
        ("POST", "/api/holds", hold),
    ):
        refused = await house.answer(method, path, json=body)
        assert refused.status_code == 400
        assert refused.json()["errors"] == [{"path": "/reason", "message": "This must not be empty."}]


async def test_suppressed_addresses_go_when_their_time_is_over_unless_a_hold_stands(house: House) -> None:
    for address in ("old@customer.example", "new@customer.example"):
        body = {"client_id": str(house.client_id), "address": address, "note": "asked by telephone"}
        await house.brand.call("POST", "/api/suppressed-addresses", json=body)
    aged = "UPDATE suppressed_address SET added_at = added_at - interval '31 days' WHERE address LIKE 'old@%%'"
    house.run(aged)
    await house.rule(DataClass.SUPPRESSIONS, 30)
    body = {"client_id": str(house.client_id), "scope": "customer", "subject_id": str(house.brand.ids["customer_id"])}
    hold = await house.officer("POST", "/api/holds", json={**body, "reason": "Court"})
    assert (await house.purge(DataClass.SUPPRESSIONS))["items"] == 0
    for one in (await house.officer("GET", "/api/holds", params={"active": True}))["items"]:
        await house.officer("POST", f"/api/holds/{one['id']}/lift", json={"reason": "Over"})
    assert hold["id"]
    record = await house.purge(DataClass.SUPPRESSIONS)
    assert (record["counts"], record["left_over"]) == ({"suppressed_address": 1}, 0)
    left = {one for (one,) in house.rows("SELECT address FROM suppressed_address")}
    assert "new@customer.example" in left
    assert "old@customer.example" not in left


async def test_closed_incidents_and_requests_go_when_their_time_is_over_and_open_ones_stay(house: House) -> None:
    for one in (await house.officer("GET", "/api/holds", params={"active": True}))["items"]:
        await house.officer("POST", f"/api/holds/{one['id']}/lift", json={"reason": "Over"})
    open_ones = house.rows("SELECT count(*) FROM incident WHERE closed_at IS NULL")[0][0]
    assert open_ones > 0
    told = {"client_ids": [str(house.client_id)], "title": "Lost laptop", "regimes": ["gdpr"]}
    (made,) = (await house.officer("POST", "/api/incidents", json=told))["items"]
    found = await house.officer("GET", f"/api/incidents/{made['id']}")
    for one in found["duties"]:
        body = {"note": "done", "waived": not one["required"]}
        await house.officer("POST", f"/api/incidents/{made['id']}/duties/{one['id']}/settle", json=body)
    await house.officer("POST", f"/api/incidents/{made['id']}/close")
    house.run("UPDATE privacy_request SET closed_at = now() WHERE closed_at IS NULL AND export_until IS NULL")
    for table in ("incident", "privacy_request"):
        house.run(f"UPDATE {table} SET closed_at = closed_at - interval '31 days'")
    fetchable = house.rows("SELECT count(*) FROM privacy_request WHERE export_until IS NOT NULL")[0][0]
    requests = house.rows("SELECT count(*) FROM privacy_request WHERE closed_at IS NOT NULL")[0][0] - fetchable
    refused = await house.answer(
        "PUT", f"/api/clients/{house.client_id}/retention/registers", json={"days": 29, "reason": "x"}
    )
    assert refused.status_code == 400
    await house.rule(DataClass.REGISTERS, 30)
    record = await house.purge(DataClass.REGISTERS)
    assert record["counts"]["incident"] == 1
    assert record["counts"].get("privacy_request", 0) == requests
    assert record["counts"]["incident_duty"] == len(found["duties"])
    assert record["left_over"] == 0
    assert house.rows("SELECT count(*) FROM incident") == [(open_ones,)]
    assert house.rows("SELECT count(*) FROM privacy_request WHERE export_until IS NOT NULL") == [(fetchable,)]
