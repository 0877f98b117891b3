"""Erasure: nothing of the customer is left anywhere, but for what must be kept, which is listed with why."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from careloom.compliance.commands import erasure
from careloom.compliance.jobs import resume_requests
from tests.compliance.house import House
from tests.compliance.subject import MARK, Subject, places

SEEDED = {
    "care_case",
    "conversation",
    "customer",
    "customer_claim",
    "customer_consent",
    "customer_identity",
    "customer_merge",
    "customer_note",
    "customer_secret",
    "data_import",
    "draft",
    "file",
    "idempotency_key",
    "import_refusal",
    "incoming_mail",
    "mail_reference",
    "message",
    "outgoing_mail",
    "parked_event",
    "pending_reply",
    "privacy_request",
    "suppressed_address",
    "the file store",
    "timeline_entry",
    "visitor",
}
"""Where a customer's words come to lie; a place that is new appears in the test's failure."""


async def ask(house: House, customer_id: UUID, kind: str = "erasure") -> str:
    """A request whose identity was checked."""
    body = {"client_id": str(house.client_id), "customer_id": str(customer_id), "kind": kind, "origin": f"by {MARK}"}
    made = await house.officer("POST", "/api/privacy-requests", json=body)
    await house.officer("POST", f"/api/privacy-requests/{made['id']}/verify", json={"how": f"called {MARK}"})
    return made["id"]


async def carry_out(house: House, request_id: str) -> Any:
    """Starts a request and waits for its job; answers the request."""
    await house.officer("POST", f"/api/privacy-requests/{request_id}/carry-out")
    await house.settle()
    return await house.officer("GET", f"/api/privacy-requests/{request_id}")


async def test_no_table_and_no_file_holds_a_word_of_an_erased_customer(house: House, subject: Subject) -> None:
    await carry_out(house, await ask(house, subject.customer_id, "access"))
    request = await ask(house, subject.customer_id)
    assert await places(house) == SEEDED
    done = await carry_out(house, request)
    assert (done["status"], done["carried_out_by"]) == ("done", done["opened_by"])
    told = "SELECT DISTINCT actor_name FROM audit_entry WHERE action = ANY(%s)"
    by_jobs = ["privacy_request.erase", "privacy_request.build_export"]
    assert house.rows(told, by_jobs) == [(f"privacy: {done['opened_by']}",)]
    assert await places(house) == set()
    outcome = done["outcome"]
    assert outcome["left_over"] == {}
    assert outcome["counts"]["conversation"] == len(subject.contacts)
    assert len(outcome["digest"]) == 64
    kept = {(one["what"], one["why"], one["lasts"]) for one in outcome["kept"]}
    assert kept == {
        ("conversation", "billing_facts", True),
        ("conversation_interval", "billing_facts", True),
        ("customer_consent", "proof_of_consent", True),
    }


async def test_an_old_file_does_not_bring_an_erased_customer_back(house: House, subject: Subject) -> None:
    await carry_out(house, await ask(house, subject.customer_id))
    await subject.import_file("check", "run")
    assert await places(house) == {"import_refusal", "idempotency_key"}, "what the new file says, and answers about it"
    reasons = {row[0] for row in house.rows("SELECT reason->>'template' FROM import_refusal")}
    assert "This customer was erased at their own request." in reasons


async def test_facts_that_bills_need_outlive_the_customers_words(house: House, subject: Subject) -> None:
    query = "SELECT conversation_id, seq, phase, agent_id, began_at, ended_at FROM conversation_interval ORDER BY 1, 2"
    before = house.rows(query)
    await carry_out(house, await ask(house, subject.customer_id))
    assert house.rows(query) == before
    assert house.rows("SELECT granted FROM customer_consent WHERE customer_id = %s", subject.customer_id) == [(True,)]


async def test_others_keep_every_word_of_theirs(house: House, subject: Subject) -> None:
    query = "SELECT id, author_name, subject, text, html FROM message t WHERE conversation_id <> ALL(%s)"
    before = house.rows(f"{query} AND t::text NOT LIKE %s", subject.contacts, f"%{MARK}%")
    people = house.rows("SELECT name FROM customer WHERE name LIKE %s ORDER BY 1", "%amber%")
    await carry_out(house, await ask(house, subject.customer_id))
    after = house.rows(query, subject.contacts)
    assert set(before) <= set(after)
    assert house.rows("SELECT name FROM customer WHERE name LIKE %s ORDER BY 1", "%amber%") == people


async def test_a_hold_keeps_what_it_names_and_the_request_goes_on_when_it_is_lifted(
    house: House, subject: Subject
) -> None:
    held = subject.contacts[0]
    body = {
        "client_id": str(house.client_id),
        "scope": "conversation",
        "subject_id": str(held),
        "reason": "a claim before the court",
    }
    hold = await house.officer("POST", "/api/holds", json=body)
    waiting = await carry_out(house, await ask(house, subject.customer_id))
    assert waiting["status"] == "waiting"
    kept = {(one["what"], one["why"], one["count"]) for one in waiting["outcome"]["kept"] if not one["lasts"]}
    assert {("conversation", "legal_hold", 1)} < kept
    assert {why for what, why, _ in kept if what == "customer"} == {"legal_hold"}, "no case is open"
    words = "SELECT count(*) FROM message WHERE conversation_id = %s AND text LIKE %s"
    assert house.rows(words, held, f"%{MARK}%")[0][0] > 0
    assert house.rows(words, subject.contacts[1], f"%{MARK}%") == [(0,)]
    await house.officer("POST", f"/api/holds/{hold['id']}/lift", json={"reason": "settled"})
    await resume_requests(house.runtime)
    await house.settle()
    assert await places(house) == set()
    assert (await house.officer("GET", f"/api/privacy-requests/{waiting['id']}"))["status"] == "done"


async def test_a_hold_that_is_placed_while_an_erasure_runs_keeps_what_is_left(
    house: House, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "BATCH", 1)
    erase_contacts = erasure.erase_contacts
    body = {"client_id": str(house.client_id), "scope": "client", "reason": "a claim"}
    erased: list[UUID] = []

    async def hold_after_the_first(tx: Any, files: Any, client_id: Any, ids: list[UUID]) -> Any:
        erased.extend(ids)
        done = await erase_contacts(tx, files, client_id, ids)
        if len(erased) == 1:
            await house.officer("POST", "/api/holds", json=body)
        return done

    monkeypatch.setattr(erasure, "erase_contacts", hold_after_the_first)
    waiting = await carry_out(house, await ask(house, subject.customer_id))
    assert waiting["status"] == "waiting"
    assert len(erased) == 1
    kept = {one["what"]: one["count"] for one in waiting["outcome"]["kept"] if one["why"] == "legal_hold"}
    assert kept["conversation"] >= len(subject.contacts) - 1
    assert house.rows("SELECT erased_at FROM customer WHERE id = %s", subject.customer_id) == [(None,)]


@pytest.mark.parametrize("scope", ["conversation", "case", "customer"])
async def test_what_they_wrote_into_a_contact_of_others_stays_while_a_hold_keeps_that(
    house: House, subject: Subject, scope: str
) -> None:
    query = "SELECT case_id, customer_id FROM conversation WHERE id = %s"
    case_id, customer_id = house.rows(query, subject.elsewhere)[0]
    held = {"conversation": subject.elsewhere, "case": case_id, "customer": customer_id}[scope]
    body = {"client_id": str(house.client_id), "scope": scope, "subject_id": str(held), "reason": "a claim"}
    hold = await house.officer("POST", "/api/holds", json=body)
    words = "SELECT count(*) FROM message WHERE conversation_id = %s AND text LIKE %s"
    written = house.rows(words, subject.elsewhere, f"%{MARK}%")
    assert written[0][0] > 0
    waiting = await carry_out(house, await ask(house, subject.customer_id))
    assert waiting["status"] == "waiting"
    assert {"what": "conversation", "why": "legal_hold", "count": 1, "lasts": False} in waiting["outcome"]["kept"]
    assert house.rows(words, subject.elsewhere, f"%{MARK}%") == written
    await house.officer("POST", f"/api/holds/{hold['id']}/lift", json={"reason": "settled"})
    await resume_requests(house.runtime)
    await house.settle()
    assert await places(house) == set()


async def test_an_open_contact_keeps_the_customer_until_it_is_over(house: House, subject: Subject) -> None:
    await house.brand.call("POST", f"/api/conversations/{subject.contacts[0]}/reopen")
    waiting = await carry_out(house, await ask(house, subject.customer_id))
    assert waiting["status"] == "waiting"
    assert ("conversation", "open_case") in {(one["what"], one["why"]) for one in waiting["outcome"]["kept"]}
    assert house.rows("SELECT name FROM customer WHERE id = %s", subject.customer_id)[0][0].endswith(MARK)


async def test_whoever_writes_again_is_a_new_customer_in_a_new_contact(house: House, subject: Subject) -> None:
    await carry_out(house, await ask(house, subject.customer_id))
    count = house.rows("SELECT count(*) FROM conversation")[0][0]
    await subject.write()
    assert house.rows("SELECT count(*) FROM conversation")[0][0] > count
    rows = house.rows("SELECT DISTINCT customer_id FROM customer_identity WHERE value LIKE %s", f"ada.{MARK}%")
    assert [one for (one,) in rows] != [subject.customer_id]


async def test_nothing_is_built_or_erased_before_the_identity_was_checked(house: House, subject: Subject) -> None:
    body = {
        "client_id": str(house.client_id),
        "customer_id": str(subject.customer_id),
        "kind": "erasure",
        "origin": "by mail",
    }
    made = await house.officer("POST", "/api/privacy-requests", json=body)
    refused = await house.answer("POST", f"/api/privacy-requests/{made['id']}/carry-out")
    assert refused.status_code == 409
    await house.settle()
    assert house.rows("SELECT erased_at FROM customer WHERE id = %s", subject.customer_id) == [(None,)]


async def test_a_repeat_of_an_answered_request_tells_that_the_answer_is_gone(house: House, subject: Subject) -> None:
    key = {"Idempotency-Key": "the same"}
    path, note = f"/api/customers/{house.brand.ids['customer_id']}/notes", {"text": "once"}
    await house.brand.call("POST", path, headers=key, json=note)
    await carry_out(house, await ask(house, subject.customer_id))
    headers = {"Authorization": f"Bearer {house.brand.secrets['owner']}", **key}
    again = await house.brand.api.post(path, headers=headers, json=note)
    assert again.status_code == 409
    assert house.rows("SELECT count(*) FROM customer_note WHERE text = 'once'") == [(1,)]
