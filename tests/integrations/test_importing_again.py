"""Importing a corrected file again: what was lacking arrives, nothing is doubled, and each import goes back alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from careloom.customers.types import AttributeField, AttributeKind
from careloom.integrations.commands import running as job
from careloom.platform.database.transactions import Database
from careloom.platform.wire import to_plain
from tests.integrations.importing import Importer, Json
from tests.integrations.test_imports import get, rows

HEAD = "key,customer_key,customer_name,customer_email,message_kind,message_text,message_at"
RUTH = "r1,r1c,Ruth,ruth@customer.example"
AT = "2024-01-01T10:00:00Z"


def lines(*some: Json) -> bytes:
    return "\n".join(map(json.dumps, some)).encode()


def customer(**more: Any) -> Json:
    return {"type": "customer", "key": "c-1", **more}


def conversation(key: str = "t-1", *said: str, **whose: Any) -> Json:
    messages = [{"kind": "inbound", "text": one, "at": AT} for one in said or ("Hello",)]
    return {"type": "conversation", "key": key, "customer": {"key": "c-1", **whose}, "messages": messages}


async def only_customer(importer: Importer) -> Json:
    (one,) = (await get(importer, "customers", client_id=str(importer.client.id)))["items"]
    return await get(importer, f"customers/{one['id']}")


@pytest.fixture
async def tiers(importer: Importer) -> None:
    fields = to_plain([AttributeField("tier", "Tier", AttributeKind.CHOICE, ("gold", "silver"))])
    path = f"/api/clients/{importer.client.id}/attribute-schema"
    assert (await importer.api.put(path, json={"items": fields})).is_success


@pytest.mark.usefixtures("tiers")
async def test_a_customer_refused_in_a_file_whose_conversation_made_them_gets_the_corrected_line(
    importer: Importer, database: Database
) -> None:
    ana: Json = {
        "name": "Ana Reis",
        "identities": [{"kind": "email", "value": "ana@customer.example"}],
        "notes": [{"text": "Prefers mail.", "at": AT}],
        "consents": [{"purpose": "survey", "granted": True, "source": "shop", "at": AT}],
    }
    bad = customer(**ana, attributes={"tier": "Nope"})
    first = await importer.whole("a.jsonl", lines(bad, conversation(name="Ana")))
    assert (first["counts"]["refused"], first["counts"]["customers_made"]) == (1, 1)
    before = await only_customer(importer)
    corrected = lines(customer(**ana, attributes={"tier": "gold"}))
    second = await importer.whole("b.jsonl", corrected)
    assert (second["counts"]["customers_matched"], second["counts"]["customers_made"]) == (1, 0)
    after = await only_customer(importer)
    assert (after["id"], after["name"], after["attributes"]) == (before["id"], "Ana", {"tier": "gold"})
    assert "ana@customer.example" in {one["value"] for one in after["identities"]}
    assert [await rows(database, one, importer.client) for one in ("customer_note", "customer_consent")] == [1, 1]
    third = await importer.whole("b.jsonl", corrected)
    assert await only_customer(importer) == after
    assert [await rows(database, one, importer.client) for one in ("customer_note", "customer_consent")] == [1, 1]
    assert (await importer.work(third, "undo"))["state"] == "undone"
    assert await only_customer(importer) == after
    assert (await importer.work(second, "undo"))["state"] == "undone"
    assert await only_customer(importer) == before
    assert [await rows(database, one, importer.client) for one in ("customer_note", "customer_consent")] == [0, 0]
    assert (await importer.work(first, "undo"))["state"] == "undone"
    assert await rows(database, "customer", importer.client) == 0
    assert await rows(database, "import_key", importer.client) == 0


async def test_a_customer_taken_in_part_gets_the_corrected_address(importer: Importer) -> None:
    head = "key,name,email,phone\n"
    first = await importer.whole("a.csv", f"{head}c-1,Petra,unknown,+15550101234\n".encode())
    assert first["counts"]["changed"] == 1
    await importer.whole("b.csv", f"{head}c-1,Petra,petra@customer.example,+15550101234\n".encode())
    found = {one["value"] for one in (await only_customer(importer))["identities"]}
    assert found == {"petra@customer.example", "+15550101234"}


@pytest.mark.usefixtures("tiers")
async def test_a_customer_named_first_by_a_conversation_keeps_what_their_own_line_says(importer: Importer) -> None:
    one = await importer.whole("a.jsonl", lines(conversation(name="Ana"), customer(attributes={"tier": "gold"})))
    assert (one["counts"]["customers_made"], one["counts"]["customers_matched"]) == (1, 1)
    assert (await only_customer(importer))["attributes"] == {"tier": "gold"}


@pytest.mark.usefixtures("tiers")
async def test_what_later_parts_of_a_file_give_goes_back_with_it(
    importer: Importer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "_ENTRIES", 1)
    one = await importer.whole("a.jsonl", lines(conversation(name="Ana"), customer(attributes={"tier": "gold"})))
    assert (await only_customer(importer))["attributes"] == {"tier": "gold"}
    assert (await importer.work(one, "undo"))["state"] == "undone"
    assert [await rows(database, each, importer.client) for each in ("customer", "import_key")] == [0, 0]


async def test_an_import_whose_customers_got_something_from_a_later_one_goes_back_after_it(importer: Importer) -> None:
    first = await importer.whole("a.jsonl", lines(customer(name="Ana")))
    second = await importer.whole("b.jsonl", lines(customer(language="pt")))
    refused = await importer.work(first, "undo")
    assert (refused["state"], "Another import has added" in refused["error"]) == ("done", True)
    assert (await importer.work(second, "undo"))["state"] == "undone"
    assert (await importer.work(first, "undo"))["state"] == "undone"


async def test_two_keys_of_one_customer_give_and_take_back_together(importer: Importer) -> None:
    email = {"kind": "email", "value": "ana@customer.example"}
    new = {"client_id": str(importer.client.id), "name": "Ana", "identities": [email]}
    there = (await importer.api.post("/api/customers", json=new)).json()
    phone = {"kind": "phone", "value": "+15550101234"}
    other = {"type": "customer", "key": "c-2", "language": "pt", "identities": [email]}
    one = await importer.whole("a.jsonl", lines(customer(identities=[email, phone]), other))
    assert (await only_customer(importer))["language"] == "pt"
    assert (await importer.work(one, "undo"))["state"] == "undone"
    assert await only_customer(importer) == there


async def test_rows_that_stand_apart_refuse_their_conversation_so_that_the_sorted_file_brings_it_whole(
    importer: Importer,
) -> None:
    first, last = f"{RUTH},in,first,{AT}", f"{RUTH},in,second,2024-01-01T12:00:00Z"
    between = f"r9,r9c,Rob,rob@customer.example,in,x,{AT}"
    apart = await importer.whole("a.csv", "\n".join((HEAD, first, between, last)).encode())
    assert (apart["counts"]["conversations_made"], apart["counts"]["refused"]) == (1, 2)
    assert [(one["row"], "sort the file" in one["reason"]) for one in await importer.refusals(apart)] == [
        (2, True),
        (4, True),
    ]
    together = await importer.whole("b.csv", "\n".join((HEAD, first, last, between)).encode())
    assert (together["counts"]["conversations_made"], together["counts"]["conversations_matched"]) == (1, 1)
    assert len((await get(importer, "search", q="second"))["items"]) == 1


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_a_row_that_cannot_be_read_refuses_its_conversation(importer: Importer, place: int) -> None:
    said = [f"{RUTH},in,one,{AT}", f"{RUTH},in,two,{AT}", f"{RUTH},in,three,{AT}"]
    broken = [*said]
    broken[place] += ",too,many"
    first = await importer.whole("a.csv", "\n".join((HEAD, *broken)).encode())
    assert (first["counts"]["conversations_made"], first["counts"]["refused"]) == (0, 2)
    assert any(f"Row {place + 2} of this conversation" in one["reason"] for one in await importer.refusals(first))
    second = await importer.whole("b.csv", "\n".join((HEAD, *said)).encode())
    assert second["counts"]["conversations_made"] == 1


async def test_a_known_conversation_brings_its_customer_what_they_lack(importer: Importer) -> None:
    await importer.whole("a.jsonl", lines(conversation()))
    phone = {"kind": "phone", "value": "+15550101234"}
    await importer.whole("b.jsonl", lines(conversation(name="Ana", identities=[phone])))
    after = await only_customer(importer)
    assert (after["name"], "+15550101234" in {one["value"] for one in after["identities"]}) == ("Ana", True)


async def test_a_mailbox_proposes_the_brands_own_addresses(importer: Importer) -> None:
    new = {"program_id": str(importer.program.id), "address": "care@lumen.example", "display_name": "Lumen"}
    assert (await importer.api.post("/api/mail-addresses", json=new)).is_success
    mail = b"From a@b Thu Feb  1 09:00:00 2024\nFrom: Care <care@lumen.example>\nTo: ana@customer.example\n\nHi\n"
    one = await importer.prepare("brand.mbox", mail)
    assert one["options"]["own_addresses"] == ["care@lumen.example"]
    sheet = await importer.call("PATCH", f"/{one['id']}", json={"format": "csv"})
    assert sheet["options"]["own_addresses"] == ["care@lumen.example"]
    lines_of = await importer.prepare("a.jsonl", lines(customer(name="Ana")))
    assert lines_of["options"]["own_addresses"] == []
    mailbox = await importer.call("PATCH", f"/{lines_of['id']}", json={"format": "mbox"})
    assert mailbox["options"]["own_addresses"] == ["care@lumen.example"]


async def test_a_broken_line_is_told_as_one(importer: Importer) -> None:
    one = await importer.work(await importer.prepare("a.jsonl", b'{"type":"customer","key":"a"\n'), "check")
    (told,) = await importer.refusals(one)
    assert told["reason"].startswith("The line is no valid JSON")
