"""Imports over the API: dry run, run, resume, undo, refusals; customers, conversations, messages, files, search."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from careloom.conversations.tables.privacy import masked_value
from careloom.customers.types import AttributeField, AttributeKind
from careloom.integrations.commands import running as job
from careloom.integrations.core.reading import count_items
from careloom.organizations.types import Client
from careloom.platform import file_parts
from careloom.platform.database.transactions import Database
from careloom.platform.keys.places import place_in
from careloom.platform.keys.ring import keys_of
from careloom.platform.wire import to_plain
from tests.integrations.importing import Importer, Json
from tests.world import SYSTEM

SAMPLES = Path(__file__).parent / "samples"


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


async def attributes(importer: Importer) -> None:
    fields = [
        AttributeField("tier", "Tier", AttributeKind.CHOICE, ("gold", "silver")),
        AttributeField("since", "Since", AttributeKind.DATE),
    ]
    path = f"/api/clients/{importer.client.id}/attribute-schema"
    answer = await importer.api.put(path, json={"items": to_plain(fields)})
    assert answer.is_success, answer.text


async def get(importer: Importer, path: str, **params: Any) -> Any:
    answer = await importer.api.get(f"/api/{path}", params=params)
    assert answer.is_success, answer.text
    return answer.json()


async def rows(database: Database, table: str, client: Client) -> int:
    async with database.transaction(SYSTEM) as tx:
        statement = text(f"SELECT count(*) FROM {table} WHERE client_id = :client")
        return int((await tx.execute(statement, {"client": client.id})).scalar_one())


async def test_a_csv_file_is_understood_by_itself(importer: Importer) -> None:
    await attributes(importer)
    one = await importer.prepare("customers.csv", sample("customers.csv"))
    assert (one["state"], one["format"]) == ("ready", "csv")
    assert one["options"]["delimiter"] == ";"
    assert one["options"]["fields"] == ["key", "name", "email", "phone", "language", "created_at", "attribute:tier"]
    assert one["columns"][1]["samples"][0] == "Ana Reis"


async def test_a_dry_run_says_what_would_happen_and_writes_nothing(importer: Importer, database: Database) -> None:
    await attributes(importer)
    one = await importer.work(await importer.prepare("customers.csv", sample("customers.csv")), "check")
    assert one["state"] == "checked"
    assert one["total"] == 6
    assert (one["counts"]["customers_made"], one["counts"]["refused"], one["counts"]["changed"]) == (4, 2, 1)
    assert [(each["row"], each["outcome"]) for each in one["preview"]] == [
        (2, "made"),
        (3, "made"),
        (4, "made"),
        (5, "changed"),
        (6, "refused"),
        (7, "refused"),
    ]
    reasons = {each["row"]: each["reason"] for each in await importer.refusals(one)}
    assert "31.02.2023" in reasons[6]
    assert "Choose one of: gold, silver" in reasons[7]
    assert await rows(database, "customer", importer.client) == 0


async def test_each_reader_learns_in_their_own_language_why_a_row_was_refused(importer: Importer) -> None:
    await attributes(importer)
    one = await importer.work(await importer.prepare("customers.csv", sample("customers.csv")), "check")
    german = {"Accept-Language": "de"}
    reasons = {each["row"]: each["reason"] for each in await importer.refusals(one)}
    told = await importer.call("GET", f"/{one['id']}/refusals", headers=german)
    assert {each["row"] for each in told["items"]} == reasons.keys()
    spoken = {each["row"]: each["reason"] for each in told["items"]}
    assert "“31.02.2023” is no time" in reasons[6]
    assert "„31.02.2023“ ist kein Zeitpunkt" in spoken[6]
    assert "Wählen Sie eines davon: gold, silver" in spoken[7]
    shown = (await importer.call("GET", f"/{one['id']}", headers=german))["preview"]
    assert {each["row"]: each["reason"] for each in shown if each["outcome"] == "refused"} == {
        row: reason for row, reason in spoken.items() if row in (6, 7)
    }
    for report in (
        await importer.api.get(f"/api/imports/{one['id']}/report", headers=german),
        await importer.api.get(f"/api/imports/{one['id']}/report?language=de"),
    ):
        assert "Wählen Sie eines davon" in report.text


async def test_why_a_file_cannot_be_read_is_told_in_the_readers_language(importer: Importer) -> None:
    one = await importer.prepare("tickets.zip", b"PK\x03\x04 no archive")
    one = await importer.call("PATCH", f"/{one['id']}", json={"format": "zendesk"})
    assert (await importer.work(one, "check"))["state"] == "failed"
    english = await importer.call("GET", f"/{one['id']}")
    german = await importer.call("GET", f"/{one['id']}", headers={"Accept-Language": "de"})
    assert english["error"].startswith("The ZIP file is damaged or not whole; ")
    assert german["error"].startswith("Die ZIP-Datei ist beschädigt oder unvollständig; ")


async def test_customers_come_over_with_addresses_attributes_and_their_age(importer: Importer) -> None:
    await attributes(importer)
    one = await importer.whole("customers.csv", sample("customers.csv"))
    assert one["state"] == "done"
    assert one["counts"]["customers_made"] == 4
    (ana,) = (await get(importer, "customers", search="ana"))["items"]
    found = await get(importer, f"customers/{ana['id']}")
    assert found["attributes"] == {"tier": "gold"}
    assert found["language"] == "pt-PT"
    assert found["created_at"].startswith("2021-03-04")
    assert {each["value"] for each in found["identities"]} == {"ana@customer.example", "+351215550101"}


async def test_conversations_come_over_whole(importer: Importer) -> None:
    await attributes(importer)
    one = await importer.whole("lines.jsonl", sample("lines.jsonl"))
    assert one["counts"] == {
        "customers_made": 2,
        "customers_matched": 0,
        "conversations_made": 2,
        "conversations_matched": 1,
        "messages_added": 1,
        "refused": 4,
        "changed": 1,
    }
    (kettle,) = (await get(importer, "conversations", view="all", status="resolved", sort="newest"))["items"]
    assert (kettle["subject"], kettle["channel"], kettle["tags"]) == ("Kettle leaks", "email", ["kettle"])
    assert kettle["created_at"].startswith("2024-02-01T09:00")
    assert kettle["resolved_at"].startswith("2024-02-02T09:00")
    assert kettle["phase"] == "ended"
    messages = (await get(importer, f"conversations/{kettle['id']}/messages"))["items"]
    assert [(each["kind"], each["author_name"], each["seq"]) for each in messages] == [
        ("inbound", "Ana Reis", 1),
        ("outbound", "Nia", 2),
        ("inbound", "Ana Reis", 3),
    ]
    (photo,) = messages[0]["attachments"]
    file = await importer.api.get(f"/api/files/{photo['file_id']}")
    assert file.content == b"a photo"
    timeline = (await get(importer, f"customers/{kettle['customer_id']}/timeline"))["items"]
    assert [each["kind"] for each in timeline] == ["conversation_ended", "conversation_started"]
    notes = await get(importer, f"customers/{kettle['customer_id']}/notes")
    assert "Prefers mail." in json.dumps(notes)


async def test_search_finds_what_was_imported(importer: Importer) -> None:
    await attributes(importer)
    await importer.whole("lines.jsonl", sample("lines.jsonl"))
    found = (await get(importer, "search", q="parcel"))["items"]
    assert [each["conversation"]["channel"] for each in found] == ["chat"]


async def test_an_open_conversation_waits_in_no_queue_and_no_mail_leaves(
    importer: Importer, database: Database
) -> None:
    await attributes(importer)
    await importer.whole("lines.jsonl", sample("lines.jsonl"))
    (one,) = (await get(importer, "conversations", view="unassigned"))["items"]
    assert (one["status"], one["phase"], one["queue_id"]) == ("open", "queued", None)
    assert one["waiting_since"].startswith("2024-02-05")
    assert await rows(database, "outgoing_mail", importer.client) == 0
    async with database.transaction(SYSTEM) as tx:
        types = set((await tx.execute(text("SELECT DISTINCT type FROM event_log"))).scalars())
    assert not types & {"conversation_opened", "message_added", "customer_changed"}


async def test_open_conversations_enter_their_queue_when_that_is_asked_for(importer: Importer) -> None:
    await attributes(importer)
    queue = {
        "client_id": str(importer.client.id),
        "program_id": str(importer.program.id),
        "provider_id": str(importer.program.provider_ids[0]),
        "name": "All",
        "channels": ["chat", "email"],
    }
    made = await importer.api.post("/api/queues", json=queue)
    assert made.is_success, made.text
    imported = await importer.whole("lines.jsonl", sample("lines.jsonl"), route_open=True)
    (one,) = (await get(importer, "conversations", view="unassigned"))["items"]
    assert one["queue_id"] == made.json()["id"]
    assert (await importer.work(imported, "undo"))["state"] == "undone"


async def test_the_same_file_again_makes_nothing_new(importer: Importer, database: Database) -> None:
    await attributes(importer)
    await importer.whole("lines.jsonl", sample("lines.jsonl"))
    again = await importer.whole("lines.jsonl", sample("lines.jsonl"))
    assert again["counts"]["customers_made"] == again["counts"]["conversations_made"] == 0
    assert again["counts"]["conversations_matched"] == 3
    assert await rows(database, "conversation", importer.client) == 2


async def test_a_customer_who_is_there_gets_what_they_lack_and_undo_takes_it_back(importer: Importer) -> None:
    await attributes(importer)
    new = {
        "client_id": str(importer.client.id),
        "name": "A. Reis",
        "identities": [{"kind": "email", "value": "ana@customer.example"}],
    }
    there = (await importer.api.post("/api/customers", json=new)).json()
    one = await importer.whole("customers.csv", sample("customers.csv"))
    assert one["counts"]["customers_matched"] == 1
    after = await get(importer, f"customers/{there['id']}")
    assert (after["name"], after["language"], after["attributes"]) == ("A. Reis", "pt-PT", {"tier": "gold"})
    assert len(after["identities"]) == 2
    undone = await importer.work(one, "undo")
    assert undone["state"] == "undone", undone
    back = await get(importer, f"customers/{there['id']}")
    assert back == there


async def test_undo_removes_everything_that_an_import_made(importer: Importer, database: Database) -> None:
    await attributes(importer)
    tables = ("customer", "customer_identity", "customer_note", "customer_consent", "timeline_entry", "care_case")
    tables += ("conversation", "conversation_interval", "message", "file", "import_key")
    one = await importer.whole("lines.jsonl", sample("lines.jsonl"))
    assert all([await rows(database, each, importer.client) for each in tables])
    undone = await importer.work(one, "undo")
    assert undone["state"] == "undone"
    assert [await rows(database, each, importer.client) for each in tables] == [0] * len(tables)
    again = await importer.whole("lines.jsonl", sample("lines.jsonl"))
    assert again["counts"]["conversations_made"] == 2


async def test_undo_is_refused_once_somebody_has_worked_on_it(importer: Importer, database: Database) -> None:
    await attributes(importer)
    one = await importer.whole("lines.jsonl", sample("lines.jsonl"))
    (waiting,) = (await get(importer, "conversations", view="unassigned"))["items"]
    assert (await importer.api.patch(f"/api/conversations/{waiting['id']}", json={"tags": ["seen"]})).is_success
    after = await importer.work(one, "undo")
    assert after["state"] == "done"
    assert "Others have worked" in after["error"]
    assert await rows(database, "conversation", importer.client) == 2


def many(count: int) -> bytes:
    message = {"kind": "inbound", "author": "A", "text": "Hello", "at": "2024-02-05T09:00:00Z"}
    made = [
        {
            "type": "conversation",
            "key": f"t-{number}",
            "customer": {"name": "A", "identities": [{"kind": "email", "value": f"a{number % 7}@customer.example"}]},
            "messages": [message],
        }
        for number in range(count)
    ]
    return "\n".join(json.dumps(each) for each in made).encode()


async def test_an_interrupted_run_goes_on_where_it_was_and_doubles_nothing(
    importer: Importer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "_ENTRIES", 10)
    one = await importer.work(await importer.prepare("many.jsonl", many(95)), "check")
    await importer.call("POST", f"/{one['id']}/run")
    stored = job.note_progress
    calls = 0

    async def dies(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise KeyboardInterrupt
        return await stored(*arguments)

    monkeypatch.setattr(job, "note_progress", dies)
    with pytest.raises(KeyboardInterrupt):
        await importer.run_job(one)
    assert (await importer.call("GET", f"/{one['id']}"))["done"] == 30
    assert await rows(database, "conversation", importer.client) == 30
    await importer.run_job(one)
    after = await importer.call("GET", f"/{one['id']}")
    assert (after["state"], after["done"], after["counts"]["conversations_made"]) == ("done", 95, 95)
    assert await rows(database, "conversation", importer.client) == 95
    assert await rows(database, "customer", importer.client) == 7


async def test_a_cancelled_run_stops_and_can_go_on(
    importer: Importer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "_ENTRIES", 10)
    one = await importer.work(await importer.prepare("many.jsonl", many(40)), "check")
    await importer.call("POST", f"/{one['id']}/run")
    keep = job.keep_files
    parts = 0

    async def asked(*arguments: Any) -> None:
        nonlocal parts
        parts += 1
        if parts == 3:
            await importer.call("POST", f"/{one['id']}/cancel")
        await keep(*arguments)

    monkeypatch.setattr(job, "keep_files", asked)
    await importer.run_job(one)
    stopped = await importer.call("GET", f"/{one['id']}")
    assert (stopped["state"], stopped["done"]) == ("cancelled", 20)
    after = await importer.work(stopped, "run")
    assert (after["state"], after["counts"]["conversations_made"]) == ("done", 40)
    assert await rows(database, "conversation", importer.client) == 40


@pytest.mark.parametrize("name", ["zendesk.json", "chatwoot.json", "brand.mbox", "tickets.csv", "many.jsonl"])
async def test_a_dry_run_that_is_cancelled_reads_its_file_no_further(
    importer: Importer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    content = many(40) if name == "many.jsonl" else sample(name)
    one = await importer.prepare(name, content)
    await importer.call("POST", f"/{one['id']}/check")
    reached, halted = threading.Event(), threading.Event()

    def slow(file: Any, kind: Any, options: Any, schema: Any, shorten: Any, asked: Callable[[], bool]) -> int:
        def until_asked_to_stop() -> bool:
            reached.set()
            while not asked():
                time.sleep(0.01)
            halted.set()
            return True

        return count_items(file, kind, options, schema, shorten, until_asked_to_stop)

    monkeypatch.setattr(job, "count_items", slow)
    monkeypatch.setattr(job, "_LOOK", 0.05)
    running = asyncio.create_task(importer.run_job(one))
    assert await asyncio.to_thread(reached.wait, 30)
    await importer.call("POST", f"/{one['id']}/cancel")
    await asyncio.wait_for(running, 30)
    after = await importer.call("GET", f"/{one['id']}")
    assert (after["state"], after["total"], after["done"], halted.is_set()) == ("ready", 0, 0, True)


@pytest.mark.parametrize(
    ("name", "made", "refused"),
    [
        ("zendesk.json", 2, 1),
        ("chatwoot.json", 1, 1),
        ("brand.mbox", 2, 1),
        ("tickets.csv", 1, 4),
    ],
)
async def test_each_format_is_known_and_read(importer: Importer, name: str, made: int, refused: int) -> None:
    more: Json = {"own_addresses": ["care@lumen.example"]} if name.endswith("mbox") else {}
    one = await importer.whole(name, sample(name), **more)
    assert one["state"] == "done"
    assert (one["counts"]["conversations_made"], one["counts"]["refused"]) == (made, refused), await importer.refusals(
        one
    )


async def test_a_mail_thread_is_one_conversation_with_answers_on_our_side(importer: Importer) -> None:
    await importer.whole("brand.mbox", sample("brand.mbox"), own_addresses=["care@lumen.example"])
    found = (await get(importer, "conversations", view="all", sort="newest"))["items"]
    kettle = next(each for each in found if each["subject"] == "The kettle")
    messages = (await get(importer, f"conversations/{kettle['id']}/messages"))["items"]
    assert [each["kind"] for each in messages] == ["inbound", "outbound"]
    assert "From the very first day." in messages[0]["text"]


async def test_zendesk_notes_html_and_links_come_over_safely(importer: Importer) -> None:
    await importer.whole("zendesk.json", sample("zendesk.json"))
    (kettle,) = (await get(importer, "conversations", view="all", status="resolved", sort="newest"))["items"]
    assert kettle["priority"] == "high"
    messages = (await get(importer, f"conversations/{kettle['id']}/messages"))["items"]
    assert [each["kind"] for each in messages] == ["inbound", "note", "outbound", "note"]
    assert "script" not in messages[0]["html"]
    assert messages[1]["text"] == "assignee: Nia Okafor"
    assert "https://files.example/label.pdf" in messages[2]["text"]


async def test_words_are_stored_as_the_clients_policy_lets_them_be(importer: Importer, database: Database) -> None:
    said = "My card is 4111 1111 1111 1111, my IBAN DE89 3704 0044 0532 0130 00."
    note = {"text": "Card 4111 1111 1111 1111", "at": "2024-01-01T00:00:00Z"}
    lines: list[Json] = [
        {"type": "customer", "key": "c", "name": "Ana", "notes": [note], "attributes": {"tier": note["text"]}},
        {
            "type": "conversation",
            "key": "t",
            "customer": {"key": "c"},
            "subject": said,
            "tags": ["card 4111 1111 1111 1111"],
            "messages": [
                {
                    "kind": "inbound",
                    "text": said,
                    "html": f"<p>{said}</p>",
                    "at": "2024-01-01T00:00:00Z",
                    "files": [{"name": "card 4111 1111 1111 1111.txt", "content": "d29yZHM="}],
                },
                {"kind": "outbound", "text": said, "at": "2024-01-01T01:00:00Z"},
            ],
        },
        {"type": "conversation", "key": said, "customer": {"key": "c"}, "messages": []},
    ]
    fields = to_plain([AttributeField("tier", "Tier", AttributeKind.TEXT)])
    await importer.api.put(f"/api/clients/{importer.client.id}/attribute-schema", json={"items": fields})
    one = await importer.whole("x.jsonl", "\n".join(map(json.dumps, lines)).encode())
    assert (one["counts"]["conversations_made"], one["counts"]["refused"]) == (1, 1)
    async with database.transaction(SYSTEM) as tx:
        places = ("message", "conversation", "care_case", "timeline_entry", "customer_note", "customer", "file")
        for table in (*places, "import_refusal", "data_import"):
            found = (await tx.execute(text(f"SELECT one::text FROM {table} one"))).scalars()
            assert [row for row in found if "4111 1111" in row] == [], table
        texts = {row.kind: row.text for row in await tx.execute(text("SELECT kind, text FROM message"))}
        originals = (
            await tx.execute(text("SELECT client_id, id, field, value FROM masked_value ORDER BY field"))
        ).all()
        keys = await keys_of(tx, originals[0].client_id)
        kept = [(row.field, keys.open(place_in(masked_value.c.value, row.id), row.value)) for row in originals]
    assert "•••• 3000" in texts["inbound"]
    assert "DE89 3704" in texts["outbound"]
    assert kept == [(field, "DE89 3704 0044 0532 0130 00") for field in ("html", "text")]
    assert (await importer.work(one, "undo"))["state"] == "undone"


async def test_what_a_dry_run_shows_of_a_file_is_redacted(importer: Importer) -> None:
    content = b"name,email,remark\n4111 1111 1111 1111,a@customer.example,card 4111 1111 1111 1111\n"
    one = await importer.work(await importer.prepare("a.csv", content), "check")
    assert one["counts"]["customers_made"] == 1
    assert "4111 1111" not in json.dumps(one)


async def test_a_card_in_what_is_shown_in_part_is_redacted_whole(importer: Importer, database: Database) -> None:
    def across(place: int) -> str:
        return "-" * (place - 7) + " 4111 1111 1111 1111"

    content = f"name,email,created_at,{across(80)}\nAna,{across(80)},,{across(80)}\nBo,b@x.example,{across(40)},x\n"
    one = await importer.work(await importer.prepare("a.csv", content.encode()), "check")
    assert (one["counts"]["customers_made"], one["counts"]["refused"]) == (0, 2)
    async with database.transaction(SYSTEM) as tx:
        for table in ("data_import", "import_refusal"):
            found = (await tx.execute(text(f"SELECT one::text FROM {table} one"))).scalars()
            assert [row for row in found if "4111" in row] == [], table


async def test_sensitive_attributes_are_filled_in_and_show_nowhere(importer: Importer, database: Database) -> None:
    fields = [
        {"key": "policy", "label": "Policy", "kind": "text", "sensitive": True, "exact": True},
        {"key": "income", "label": "Income", "kind": "number", "sensitive": True},
    ]
    path = f"/api/clients/{importer.client.id}/attribute-schema"
    assert (await importer.api.put(path, json={"items": fields})).is_success
    content = b"name,email,policy,income\nAna,a@customer.example,P-77,31000\nBea,b@customer.example,P-78,much"
    one = await importer.work(await importer.prepare("a.csv", content), "check")
    assert [column["samples"] for column in one["columns"][2:]] == [["•••", "•••"], ["•••", "•••"]]
    assert (one["counts"]["customers_made"], one["counts"]["refused"]) == (1, 1)
    (refused,) = await importer.refusals(one)
    assert "much" not in refused["reason"]
    await importer.work(one, "run")
    wanted = {"client_id": str(importer.client.id), "attribute": "policy", "value": "p-77"}
    found = await importer.api.post("/api/customers/find", json=wanted)
    assert [each["name"] for each in found.json()["items"]] == ["Ana"]
    async with database.transaction(SYSTEM) as tx:
        for table in ("customer", "customer_secret", "data_import", "import_key", "import_refusal", "idempotency_key"):
            kept = str(list((await tx.execute(text(f"SELECT one::text FROM {table} one"))).scalars()))
            assert ("P-77" in kept, "31000" in kept) == (False, False), table
    assert (await importer.work(one, "undo"))["state"] == "undone"


async def test_looking_at_imported_records_does_not_keep_them_from_being_taken_back(importer: Importer) -> None:
    one = await importer.whole("many.jsonl", many(3))
    for found in (await get(importer, "conversations", view="all"))["items"]:
        await get(importer, f"conversations/{found['id']}/messages")
        await get(importer, f"customers/{found['customer_id']}")
    assert (await importer.work(one, "undo"))["state"] == "undone"


async def test_what_a_legal_hold_keeps_is_not_taken_back(importer: Importer, database: Database) -> None:
    one = await importer.whole("many.jsonl", many(3))
    held = (await get(importer, "conversations", view="all"))["items"][0]
    hold = {"client_id": str(importer.client.id), "scope": "conversation", "subject_id": held["id"], "reason": "court"}
    assert (await importer.api.post("/api/holds", json=hold)).is_success
    after = await importer.work(one, "undo")
    assert (after["state"], "legal hold" in after["error"]) == ("done", True)
    assert await rows(database, "conversation", importer.client) == 3


async def test_the_file_goes_once_it_was_taken_over(importer: Importer, home: Path) -> None:
    one = await importer.work(await importer.prepare("many.jsonl", many(3)), "check")
    assert list((home / "files").rglob(f"*{one['id']}*"))
    await importer.work(one, "run")
    assert list((home / "files").rglob(f"*{one['id']}*")) == []


async def test_another_file_takes_the_place_of_the_first_as_a_whole(
    importer: Importer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_parts, "PART_BYTES", 100)
    one = await importer.prepare("many.jsonl", many(3))
    assert len(list((home / "files").rglob(f"*{one['id']}*"))) > 1
    await importer.call("PUT", f"/{one['id']}/file", content=b'{"type":"customer","key":"a"}')
    assert len(list((home / "files").rglob(f"*{one['id']}*"))) == 1
    assert (await importer.work(one, "check"))["counts"]["customers_made"] == 1


async def test_columns_are_guessed_anew_when_the_file_is_read_otherwise(importer: Importer) -> None:
    one = await importer.prepare("a.csv", b"name;email\nAna;a@customer.example\n")
    wrong = await importer.call("PATCH", f"/{one['id']}", json={"options": {**one["options"], "delimiter": ","}})
    assert wrong["options"]["fields"] == [""]
    right = await importer.call("PATCH", f"/{one['id']}", json={"options": {**wrong["options"], "delimiter": ";"}})
    assert right["options"]["fields"] == ["name", "email"]
    kept = await importer.call("PATCH", f"/{one['id']}", json={"options": {**right["options"], "fields": ["name", ""]}})
    assert kept["options"]["fields"] == ["name", ""]


async def test_the_audit_trail_holds_nothing_of_a_file(importer: Importer, database: Database) -> None:
    one = await importer.prepare("a.csv", b"name,email\nAna,ana@customer.example\n")
    checked = await importer.work(one, "check")
    await importer.call("PATCH", f"/{one['id']}", json={"options": {**checked["options"], "source": "shop"}})
    async with database.transaction(SYSTEM) as tx:
        entries = list((await tx.execute(text("SELECT one::text FROM audit_entry one"))).scalars())
    assert [entry for entry in entries if "ana@customer" in entry or "Ana" in entry] == []


@pytest.mark.parametrize("encoding", ["zlib", "hex", "undefined", "no such thing", "rot13"])
async def test_an_encoding_that_is_none_is_refused(importer: Importer, encoding: str) -> None:
    one = await importer.prepare("a.csv", b"name,email\nAna,a@customer.example\n")
    body = {"options": {**one["options"], "encoding": encoding}}
    answer = await importer.api.patch(f"/api/imports/{one['id']}", json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["path"] == "/options/encoding"


@pytest.mark.parametrize("delimiter", ['"', "\n", "\0", " "])
async def test_a_sign_that_cannot_separate_columns_is_refused(importer: Importer, delimiter: str) -> None:
    one = await importer.prepare("a.csv", b"name,email\nAna,a@customer.example\n")
    body = {"options": {**one["options"], "delimiter": delimiter}}
    assert (await importer.api.patch(f"/api/imports/{one['id']}", json=body)).status_code == 400


async def test_an_import_that_rested_for_a_month_is_forgotten(importer: Importer, database: Database) -> None:
    one = await importer.work(await importer.prepare("a.jsonl", b'{"type":"customer"}'), "check")
    await job.forget_stale(importer.runtime)
    assert len(await importer.refusals(one)) == 1
    async with database.transaction(SYSTEM) as tx:
        await tx.execute(text("UPDATE data_import SET changed_at = now() - interval '31 days'"))
    await job.forget_stale(importer.runtime)
    after = await importer.call("GET", f"/{one['id']}")
    assert (after["state"], after["size"], after["preview"]) == ("draft", 0, [])
    assert await importer.refusals(one) == []


async def test_the_report_is_a_csv_file_without_formulas(importer: Importer) -> None:
    content = b'{"type":"customer","key":"=HYPERLINK(1)","attributes":{"x":1}}\n'
    one = await importer.work(await importer.prepare("a.jsonl", content), "check")
    answer = await importer.api.get(f"/api/imports/{one['id']}/report")
    assert answer.headers["content-type"].startswith("text/csv")
    lines = answer.text.splitlines()
    assert lines[0] == "row,key,outcome,reason"
    assert lines[1].startswith("1,'=HYPERLINK(1),refused,")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("zip.zip", b"PK\x03\x04not a zip"),
        ("binary.csv", bytes(range(256)) * 50),
        ("quote.csv", b'name,email\n"open, and never closed\n' * 3),
        ("deep.json", b"[" * 100_000),
        ("utf16.csv", "name,email\nÅsa,asa@customer.example\n".encode("utf-16")),
        ("nul.jsonl", b'{"type":"customer","key":"a\\u0000b","name":"x\\u0000"}'),
        ("surrogate.jsonl", b'{"type":"customer","key":"a","name":"\\ud800"}'),
    ],
)
async def test_a_malformed_file_ends_in_words_and_never_in_a_crash(
    importer: Importer, name: str, content: bytes
) -> None:
    checked = await importer.work(await importer.prepare(name, content), "check")
    assert checked["state"] in ("checked", "failed"), checked
    if checked["state"] == "failed":
        assert checked["error"]
    else:
        assert (await importer.work(checked, "run"))["state"] == "done"


async def test_steps_out_of_order_are_refused_with_what_to_do(importer: Importer) -> None:
    one = await importer.call("POST", "", json={"program_id": str(importer.program.id), "name": "a.csv"})
    for step in ("check", "run", "undo", "cancel"):
        answer = await importer.api.post(f"/api/imports/{one['id']}/{step}")
        assert answer.status_code == 409, step
    assert (await importer.api.delete(f"/api/imports/{one['id']}")).status_code == 204


async def test_files_of_a_line_hold_base64(importer: Importer) -> None:
    line = {
        "type": "conversation",
        "key": "x",
        "customer": {"key": "c"},
        "messages": [
            {
                "kind": "inbound",
                "text": "See",
                "at": "2024-01-01T00:00:00Z",
                "files": [{"name": "a.txt", "content": base64.b64encode(b"hello").decode()}],
            }
        ],
    }
    one = await importer.whole("x.jsonl", json.dumps(line).encode())
    assert one["counts"]["conversations_made"] == 1
