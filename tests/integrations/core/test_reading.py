"""Reading of files: any bytes give items and never an error that is not ours; what was written is read back."""

from __future__ import annotations

import csv
import io
import json
import mailbox
import zipfile
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import partial
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from careloom.conversations.types import MessageKind
from careloom.integrations.core.accept import accepted
from careloom.integrations.core.detect import guess_delimiter, guess_encoding, guess_format
from careloom.integrations.core.entries import ConversationEntry, CustomerEntry, Item
from careloom.integrations.core.look import guessed_options, look_at
from careloom.integrations.core.reading import read_items
from careloom.integrations.core.values import moment
from careloom.integrations.errors import UnreadableFileError
from careloom.integrations.types import Format, ImportOptions, Target
from careloom.platform.redaction.redact import shortened
from careloom.platform.redaction.types import Policy

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SHORTEN = partial(shortened, Policy())
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=30)
NAMES = (
    *("id", "tickets", "users", "comments", "requester_id", "payload", "messages", "meta", "sender", "message_type"),
    *("created_at", "status", "body", "ticket_id", "email", "via", "tags", "attachments"),
    *("collaborator_ids", "satisfaction_rating", "group", "groups", "organizations", "role", "assignee", "team"),
)
CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)


def read(content: bytes, kind: Format, options: ImportOptions | None = None) -> list[Item]:
    return list(read_items(io.BytesIO(content), kind, options or ImportOptions(), {}, SHORTEN))


@settings(max_examples=150)
@given(st.binary(max_size=2000), st.sampled_from(Format))
def test_any_bytes_give_items(content: bytes, kind: Format) -> None:
    try:
        items = read(content, kind, ImportOptions(fields=("key", "name", "email")))
    except UnreadableFileError:
        return
    for item in items:
        found = accepted(item, {}, NOW, SHORTEN)
        assert found.entry is not None or found.reason


@settings(max_examples=150)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(NAMES),
                inner,
                max_size=6,
            )
        ),
        max_leaves=30,
    ),
    st.sampled_from([Format.ZENDESK, Format.CHATWOOT, Format.LINES]),
)
def test_any_json_gives_items(value: object, kind: Format) -> None:
    for item in read(json.dumps(value).encode(), kind):
        found = accepted(item, {}, NOW, SHORTEN)
        assert found.entry is not None or found.reason


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=20), st.sampled_from(",;\t|"))
def test_rows_of_a_sheet_come_back_with_their_lines(rows: list[tuple[str, str]], delimiter: str) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(["Id", "Name"])
    writer.writerows(rows)
    options = ImportOptions(target=Target.CUSTOMERS, delimiter=delimiter, fields=("key", "name"))
    items = read(text.getvalue().encode(), Format.CSV, options)
    found = [(item.row, item.entry.key, item.entry.name) for item in items if isinstance(item.entry, CustomerEntry)]
    assert found == [(line, key, name) for line, (key, name) in enumerate(rows, 2)]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_a_conversation_is_read_whole_where_its_rows_stand_together_and_else_not_at_all(keys: list[int]) -> None:
    lines = [f"{key},a@x.example,inbound,Hello,2024-01-01T00:00:00Z" for key in keys]
    fields = ("key", "customer_email", "message_kind", "message_text", "message_at")
    options = ImportOptions(target=Target.CONVERSATIONS, fields=fields)
    items = read("\n".join(["k,e,d,t,a", *lines]).encode(), Format.CSV, options)
    taken = [item for item in items if isinstance(item.entry, ConversationEntry)]
    places = [key for key, _ in groupby(keys)]
    together = {str(key) for key in places if places.count(key) == 1}
    assert {item.key: len(item.entry.messages) for item in taken if isinstance(item.entry, ConversationEntry)} == {
        key: keys.count(int(key)) for key in together
    }
    refused = [item for item in items if item.entry is None]
    assert [item.key for item in refused] == [str(key) for key in places if str(key) not in together]
    assert all("stand apart" in str(item.reason) for item in refused)


@given(st.integers(631_152_000, 1_735_689_600).map(lambda one: datetime.fromtimestamp(one, UTC)))
def test_a_moment_is_the_same_however_it_is_written(at: datetime) -> None:
    seconds = at.timestamp()
    written = [at.isoformat(), at.strftime("%Y-%m-%d %H:%M:%S UTC"), at.strftime("%Y/%m/%d %H:%M:%S")]
    if seconds >= 1e8:
        written += [str(int(seconds)), str(int(seconds * 1000))]
        assert moment(seconds) == moment(int(seconds * 1000)) == at
    assert [moment(one) for one in written] == [at] * len(written)


@pytest.mark.parametrize("text", ["03/04/2024", "yesterday", "", "99999999999999999999", "2024-13-01"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no time"):
        moment(text)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=12))
def test_every_mail_of_a_mailbox_is_in_one_conversation(
    tmp_path_factory: pytest.TempPathFactory, mails: list[tuple[int, bool]]
) -> None:
    path = tmp_path_factory.mktemp("mbox") / "box"
    box = mailbox.mbox(path)
    for number, (thread, ours) in enumerate(mails):
        mail = EmailMessage()
        mail["From"] = "care@brand.example" if ours else f"c{thread}@customer.example"
        mail["To"] = f"c{thread}@customer.example" if ours else "care@brand.example"
        mail["Subject"] = f"Thread {thread}"
        mail["Message-ID"] = f"<{number}@x.example>"
        mail["References"] = f"<root-{thread}@x.example>"
        mail["Date"] = f"Mon, 1 Jan 2024 10:{number:02}:00 +0000"
        mail.set_content(f"From the start, mail {number}")
        box.add(mail)
    box.close()
    options = ImportOptions(own_addresses=("care@brand.example",))
    entries = [item.entry for item in read(Path(path).read_bytes(), Format.MBOX, options)]
    found = [entry for entry in entries if isinstance(entry, ConversationEntry)]
    assert len(found) == len({thread for thread, _ in mails})
    texts = sorted(one.text for entry in found for one in entry.messages)
    assert texts == sorted(f"From the start, mail {number}" for number in range(len(mails)))
    for entry in found:
        ours = [mails[int(one.text.rsplit(" ", 1)[1])][1] for one in entry.messages]
        assert [one.kind is MessageKind.OUTBOUND for one in entry.messages] == ours


@given(WORDS)
def test_an_entry_that_was_accepted_is_accepted_unchanged_again(name: str) -> None:
    line = {"type": "customer", "key": name, "name": name, "identities": [{"kind": "email", "value": "A@x.example"}]}
    once = [accepted(item, {}, NOW, SHORTEN) for item in read(json.dumps(line).encode(), Format.LINES)]
    assert [accepted(item, {}, NOW, SHORTEN) for item in once] == once


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_of_a_sheet_is_found(encoding: str) -> None:
    content = "Name;E-Mail\nJürgen Groß;j@x.example\nÉlodie;e@x.example\n".encode(encoding)
    look = look_at("people.csv", content)
    options = guessed_options(look, (), ())
    assert options.fields == ("name", "email")
    names = [item.entry.name for item in read(content, Format.CSV, options) if isinstance(item.entry, CustomerEntry)]
    assert names == ["Jürgen Groß", "Élodie"]


def test_several_files_in_a_zip_are_one_export() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("users.json", json.dumps({"users": [{"id": 1, "name": "Ana", "role": "end-user"}]}))
        ticket = {"id": 5, "requester_id": 1, "status": "closed", "created_at": "2024-01-01T00:00:00Z"}
        archive.writestr("tickets.jsonl", json.dumps({**ticket, "description": "Hello"}))
    items = read(packed.getvalue(), Format.ZENDESK)
    assert [type(item.entry) for item in items] == [CustomerEntry, ConversationEntry]
    assert guess_format("export.zip", packed.getvalue()) is Format.ZENDESK


def _packed(method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("users.json", json.dumps({"users": [{"id": 1, "name": "Ana"}]}))
    return packed.getvalue()


def _marked(content: bytes, at_name: int, at_directory: int, value: int) -> bytes:
    """A ZIP of one file with a field of its two headers set; the offsets are those in each header."""
    changed = bytearray(content)
    for at in (at_name, changed.index(b"PK\x01\x02") + at_directory):
        changed[at : at + 2] = value.to_bytes(2, "little")
    return bytes(changed)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04 and no more", "The ZIP file is damaged or not whole; pack it anew, or choose it once more."),
        (_packed()[:-30], "The ZIP file is damaged or not whole; pack it anew, or choose it once more."),
        (
            _packed().replace(b"users", b"u\xff\xffrs", 1),
            "The ZIP file is damaged or not whole; pack it anew, or choose it once more.",
        ),
        (_marked(_packed(), 6, 8, 1), "The ZIP file is locked with a password; pack it anew without one."),
        (
            _marked(_packed(), 8, 10, 99),
            "The ZIP file is packed in a way that is not read here; pack it anew with the usual method, deflate.",
        ),
    ],
)
def test_a_zip_that_cannot_be_read_is_told_in_words_of_ours(content: bytes, told: str) -> None:
    with pytest.raises(UnreadableFileError) as refused:
        read(content, Format.ZENDESK)
    assert str(refused.value.text) == told


def test_a_line_that_is_nested_too_deeply_is_told_in_words_of_ours() -> None:
    (item,) = read(b"[" * 50_000, Format.ZENDESK)
    assert str(item.reason) == "This is nested too deeply."


def test_guesses_of_nothing_are_harmless() -> None:
    assert guess_delimiter("") == ","
    assert guess_encoding(b"") == "utf-8"
    assert guess_format("", b"") is Format.CSV


def test_pages_of_messages_complete_a_chatwoot_conversation_that_holds_its_last_one() -> None:
    def said(number: int) -> dict[str, object]:
        return {"id": number, "conversation_id": 7, "message_type": 0, "content": f"no. {number}", "created_at": number}

    meta = {"sender": {"id": 3, "email": "ana@customer.example"}}
    listed: object = {"data": {"payload": [{"id": 7, "meta": meta, "messages": [said(1_700_000_003)]}]}}
    page: object = {"payload": [said(1_700_000_001), said(1_700_000_002), said(1_700_000_003)], "meta": {}}
    for content in ([listed, page], [page, listed]):
        (item,) = read("\n".join(map(json.dumps, content)).encode(), Format.CHATWOOT)
        assert isinstance(item.entry, ConversationEntry)
        assert [one.text[-1] for one in item.entry.messages] == ["1", "2", "3"]


CARD = "4111 1111 1111 1111"


def across(place: int) -> str:
    """Words with a card that begins before `place` and ends behind it."""
    return ("Ana " * (place // 4 + 1))[: place - 7] + f" {CARD} and more"


MAIL = f"""From ana@customer.example Thu Feb  1 09:00:00 2024
From: "{across(200)}" <ana@customer.example>
Subject: {across(1000)}
Date: Thu, 1 Feb 2024 09:00:00 +0000

{across(100_000)}
"""
USER = {"id": 7, "name": across(200), "email": "ana@customer.example", "role": "end-user"}
TICKET = {
    "id": 1,
    "requester_id": 7,
    "subject": across(1000),
    "status": "closed",
    "tags": [across(50)],
    "created_at": "2024-01-01T00:00:00Z",
    "description": across(100_000),
}
TALK = {
    "id": 1,
    "meta": {"sender": {"id": 7, "name": across(200), "email": "ana@customer.example"}},
    "additional_attributes": {"mail_subject": across(1000)},
    "labels": [across(50)],
    "messages": [
        {
            "message_type": 0,
            "content": across(100_000),
            "created_at": 1_704_067_200,
            "sender": {"name": across(200)},
        }
    ],
}
ROW = f"t,{across(1000)},{across(50)},ana@customer.example,{across(200)},words,2024-01-01T00:00:00Z"
LINE = {
    "type": "conversation",
    "key": "t",
    "customer": {"key": "c"},
    "messages": [{"kind": "inbound", "html": f"<p>{across(100_000)}</p>", "at": "2024-01-01T00:00:00Z"}],
}
FIELDS = ("key", "subject", "tags", "customer_email", "message_author", "message_text", "message_at")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (MAIL.encode(), Format.MBOX),
        (json.dumps({"users": [USER], "tickets": [TICKET]}).encode(), Format.ZENDESK),
        (json.dumps(TALK).encode(), Format.CHATWOOT),
        (f"a,b,c,d,e,f,g\n{ROW}\n".encode(), Format.CSV),
        (json.dumps(LINE).encode(), Format.LINES),
    ],
)
def test_of_a_card_number_that_a_cut_would_divide_nothing_is_left(content: bytes, kind: Format) -> None:
    options = ImportOptions(target=Target.CONVERSATIONS, fields=FIELDS)
    items = [accepted(item, {}, NOW, SHORTEN) for item in read(content, kind, options)]
    assert [item.reason for item in items if item.entry is None] == []
    assert "4111" not in str(items).replace(CARD, "")  # what stands there whole is redacted as it is stored


def test_a_value_that_is_refused_is_told_whole_so_that_it_can_be_redacted() -> None:
    row = f"t,,,ana@customer.example,,words,{across(40)}"
    (item,) = read(
        f"a,b,c,d,e,f,g\n{row}\n".encode(), Format.CSV, ImportOptions(target=Target.CONVERSATIONS, fields=FIELDS)
    )
    assert CARD in str(item.reason)
