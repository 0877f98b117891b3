"""A file that holds more of conversations that were imported earlier: what lacks is added once, and goes back alone."""

from __future__ import annotations

import base64
import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from careloom.conversations.queries.files import file_key
from careloom.conversations.types import FileId
from careloom.integrations.commands import running as job
from careloom.platform.database.transactions import Database, Tx
from careloom.platform.errors import NotFoundError
from tests.integrations.importing import Importer, Json
from tests.integrations.test_imports import get, rows
from tests.world import SYSTEM, World

HOURS = [f"2024-01-01T{hour:02}:00:00Z" for hour in range(24)]


def said(text: str, hour: int, kind: str = "inbound", **more: Any) -> Json:
    return {"kind": kind, "text": text, "at": HOURS[hour], **more}


def conversation(*messages: Json, key: str = "t-1", **more: Any) -> Json:
    customer = {"key": "c-1", "name": "Ana", "identities": [{"kind": "email", "value": "ana@customer.example"}]}
    return {"type": "conversation", "key": key, "customer": customer, "messages": messages, **more}


def lines(*some: Json) -> bytes:
    return "\n".join(map(json.dumps, some)).encode()


async def texts(importer: Importer) -> list[str]:
    return [one["text"] for one in (await messages(importer))]


async def messages(importer: Importer) -> list[Json]:
    one = await only(importer)
    return (await get(importer, f"conversations/{one['id']}/messages"))["items"]


async def only(importer: Importer) -> Json:
    (one,) = (await get(importer, "conversations", view="all"))["items"]
    return one


def added(one: Json) -> tuple[int, int, int]:
    counts = one["counts"]
    return counts["conversations_made"], counts["conversations_matched"], counts["messages_added"]


async def test_a_dry_run_says_how_many_messages_a_run_adds_in_order_of_time(importer: Importer) -> None:
    await importer.whole("a.jsonl", lines(conversation(said("one", 1), said("three", 3, "outbound"))))
    more = conversation(said("four", 4), said("one", 1), said("two", 2, "note"), said("three", 3, "outbound"))
    checked = await importer.work(await importer.prepare("b.jsonl", lines(more)), "check")
    assert added(checked) == (0, 1, 2)
    (line,) = checked["preview"]
    assert (line["outcome"], line["reason"]) == ("matched", "2 messages are added to what is there.")
    assert await texts(importer) == ["one", "three"]
    done = await importer.work(checked, "run")
    assert (added(done), done["counts"]["changed"], await importer.refusals(done)) == ((0, 1, 2), 0, [])
    assert await texts(importer) == ["one", "three", "two", "four"]
    assert [one["seq"] for one in await messages(importer)] == [1, 2, 3, 4]
    assert [one["author_name"] for one in await messages(importer)] == ["Ana", "lines", "lines", "Ana"]


async def test_the_same_file_again_adds_nothing(importer: Importer) -> None:
    await importer.whole("a.jsonl", lines(conversation(said("one", 1))))
    more = lines(conversation(said("one", 1), said("two", 2), said("as well", 2)))
    assert added(await importer.whole("b.jsonl", more)) == (0, 1, 2)
    again = await importer.work(await importer.prepare("b.jsonl", more), "check")
    assert added(again) == (0, 1, 0)
    assert added(await importer.work(again, "run")) == (0, 1, 0)
    assert await texts(importer) == ["one", "two", "as well"]


@pytest.mark.parametrize("size", [1, 1000])
async def test_two_entries_of_one_key_make_one_conversation_with_all_that_they_say(
    importer: Importer, monkeypatch: pytest.MonkeyPatch, database: Database, size: int
) -> None:
    monkeypatch.setattr(job, "_ENTRIES", size)
    content = lines(conversation(said("one", 1)), conversation(said("two", 2)), conversation(said("three", 3)))
    checked = await importer.work(await importer.prepare("a.jsonl", content), "check")
    assert added(checked) == (1, 2, 2)
    done = await importer.work(checked, "run")
    assert added(done) == (1, 2, 2)
    assert await texts(importer) == ["one", "two", "three"]
    assert (await importer.work(done, "undo"))["state"] == "undone"
    for table in ("conversation", "message", "customer", "import_key"):
        assert await rows(database, table, importer.client) == 0, table


async def test_a_run_that_died_in_between_adds_nothing_twice(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "_ENTRIES", 1)
    some = [conversation(said("one", 1), key=f"t-{number}") for number in range(3)]
    await importer.whole("a.jsonl", lines(*some))
    more = lines(*(conversation(said("one", 1), said("two", 2), key=f"t-{number}") for number in range(3)))
    checked = await importer.work(await importer.prepare("b.jsonl", more), "check")
    noted, died = job.note_progress, False

    async def die_once(tx: Tx, *rest: Any) -> Any:
        nonlocal died
        after = await noted(tx, *rest)
        if after.done == 2 and not died:
            died = True
            raise KeyboardInterrupt
        return after

    monkeypatch.setattr(job, "note_progress", die_once)
    await importer.call("POST", f"/{checked['id']}/run")
    with pytest.raises(KeyboardInterrupt):
        await importer.run_job(checked)
    await importer.run_job(checked)
    assert added(await importer.call("GET", f"/{checked['id']}")) == (0, 3, 3)
    found = (await get(importer, "conversations", view="all"))["items"]
    assert [one["last_seq"] for one in found] == [2, 2, 2]


async def test_what_was_added_goes_back_alone_and_before_what_it_was_added_to(
    importer: Importer, database: Database
) -> None:
    first = await importer.whole("a.jsonl", lines(conversation(said("one", 1), status="open")))
    before = await only(importer)
    file = {"name": "note.txt", "content": base64.b64encode(b"words").decode()}
    more = conversation(said("one", 1), said("IBAN DE89 3704 0044 0532 0130 00", 2, "outbound", files=[file]))
    second = await importer.whole("b.jsonl", lines(more))
    after = await only(importer)
    assert (after["last_seq"], after["waiting_since"], after["unread"]) == (2, None, False)
    assert after["preview"].startswith("IBAN")
    assert [one["attachments"][0]["name"] for one in (await messages(importer))[1:]] == ["note.txt"]
    refused = await importer.work(first, "undo")
    assert (refused["state"], "Another import has added" in refused["error"]) == ("done", True)
    async with database.transaction(SYSTEM) as tx:
        file_id = FileId(UUID(str((await tx.execute(text("SELECT id FROM file"))).scalar_one())))
    assert (await importer.work(second, "undo"))["state"] == "undone"
    assert await only(importer) == before
    assert [await rows(database, one, importer.client) for one in ("message", "file", "masked_value")] == [1, 0, 0]
    with pytest.raises(NotFoundError):
        await importer.runtime.files.get(file_key(importer.client.id, file_id))
    assert (await importer.work(first, "undo"))["state"] == "undone"
    assert await rows(database, "import_key", importer.client) == 0


async def test_where_someone_has_worked_on_since_what_was_added_stays(
    importer: Importer, world: World, database: Database
) -> None:
    await importer.whole("a.jsonl", lines(conversation(said("one", 1))))
    second = await importer.whole("b.jsonl", lines(conversation(said("one", 1), said("two", 2))))
    one = await only(importer)
    note = await importer.api.post(f"/api/conversations/{one['id']}/notes", json={"text": "Seen."})
    assert note.is_success
    assert "worked on" in (await importer.work(second, "undo"))["error"]
    third = conversation(said("one", 1), said("two", 2), said("three", 3))
    assert added(await importer.whole("c.jsonl", lines(third))) == (0, 1, 1)
    assert await texts(importer) == ["one", "two", "Seen.", "three"]
    assert (await only(importer))["status"] == "resolved"


async def test_another_programs_conversation_gets_nothing_and_the_report_says_so(
    importer: Importer, world: World
) -> None:
    await importer.whole("a.jsonl", lines(conversation(said("one", 1))))
    other = Importer(
        importer.api, importer.runtime, importer.client, await world.program(importer.client, await world.provider())
    )
    more = lines(conversation(said("one", 1), said("two", 2)))
    checked = await other.work(await other.prepare("b.jsonl", more), "check")
    for stage in (checked, await other.work(checked, "run")):
        assert added(stage) == (0, 1, 0)
        (told,) = await other.refusals(stage)
        assert "another program's" in told["reason"]
    assert await texts(importer) == ["one"]


async def test_files_of_messages_that_are_known_are_not_stored_again(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = {"name": "note.txt", "content": base64.b64encode(b"words").decode()}
    content = lines(conversation(said("one", 1, files=[file])))
    await importer.whole("a.jsonl", content)
    put: list[str] = []
    kept = job.keep_files

    async def watched(files: Any, one: Any, wanted: dict[FileId, bytes]) -> None:
        put.extend(map(str, wanted))
        await kept(files, one, wanted)

    monkeypatch.setattr(job, "keep_files", watched)
    await importer.whole("b.jsonl", content)
    assert put == []
