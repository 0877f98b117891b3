"""What leaves a client's house in bulk, by every way there is, without what its policy takes out."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import msgspec
import psycopg
from psycopg import sql
from sqlalchemy import Column, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from careloom.integrations.queries.archive import archived_tables, kept_back_columns, written_columns
from careloom.platform.database.schema import Form, Words
from careloom.platform.trail.sealing import Sealer
from careloom.platform.wire import from_json_text, json_text
from tests.application import application
from tests.compliance.house import House
from tests.compliance.test_erasure import ask, carry_out

CARD, IBAN = "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00"
PLANTED = f"card {CARD} and IBAN {IBAN}"
POLICY = {
    "card": {"action": "remove", "agents": True},
    "bank_account": {"action": "mask", "agents": True},
}
NOT_IN_BULK = {"GET /api/files/{file_id}": "what somebody attached is handed out one at a time, as it was stored"}
CODES = {
    *("action", "after_taking", "algorithm", "auth", "authorize_url", "basis", "channel", "channels", "color"),
    *("connect_problem", "countries"),
    *(
        "data_class",
        "delivery",
        "domain",
        "domains",
        "ended_how",
        "folder",
        "groups_claim",
        "host",
        "hours",
        "holidays",
    ),
    *("industry", "issuer", "kind", "language", "languages", "locale", "media_type", "move_to", "networks"),
    *("oauth_client_id", "origins", "outcome", "phase", "priority", "privacy", "problem", "proof", "purpose", "region"),
    *("regimes", "rules", "scope", "second_factor_roles", "selector", "severity", "shortcut", "skills", "status"),
    *("subject_type", "time_zone", "tls", "token_url", "verdict", "accept_mode", "attribute_schema", "application_id"),
    *("revoke_url",),
    *("case_ids", "conversation_ids", "counts", "digest", "export_sha256", "external_id", "hash", "content_hash"),
    *("previous_hash", "key", "message_id", "request_id", "sha256", "public_key", "given", "moved"),
}
"""Columns by whose names it is clear that they hold what programs say to each other."""
KNOWN_BY = {"address", "email", "ip", "recipient", "return_path", "sender", "username", "value"}
"""Columns of addresses: they are how one is known."""
NAMES = {"actor_name", "added_by", "assignee_name", "author_name", "by", "changed_by", "done_by", "lifted_by"} | {
    *("carried_out_by", "name", "opened_by", "person_name"),
    *("reviewed_by", "paused_by_name", "placed_by", "recorded_by", "verified_by"),
}
"""Columns of names of the staff, and of what they set up."""
OTHERS = {
    "audit_entry.before": "looked through as it is written: an entry is sealed",
    "audit_entry.after": "the same",
    "offer.reason": "one of the router's codes with its figures",
    "program.voice": "how the brand speaks to everyone",
    "recording_pause.reason": "one of five",
    "purge_record.rule": "which rule it was",
    "suppressed_address.reason": "one of four",
    "identity_provider.rules": "which groups give what",
}


def wordy() -> dict[str, tuple[Column[Any], Words]]:
    return {
        f"{table.name}.{name}": (table.c[name], table.c[name].info["words"])
        for table in archived_tables()
        for name in written_columns(table)
        if "words" in table.c[name].info
    }


def test_every_column_that_could_hold_words_says_whether_it_does() -> None:
    could = {
        f"{table.name}.{name}": name
        for table in archived_tables()
        for name in written_columns(table)
        if isinstance(table.c[name].type, Text | JSONB | ARRAY | LargeBinary) and name not in kept_back_columns(table)
    }
    known = wordy().keys() | OTHERS.keys()
    silent = {place for place, name in could.items() if place not in known and name not in CODES | KNOWN_BY | NAMES}
    assert silent == set(), "say words(...) in its table, or here what else it holds"
    assert OTHERS.keys() <= could.keys() - wordy().keys()


def _letter() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ada <ada@home.example>", "care@amber.example", f"Pay {CARD}"
    mail.set_content(PLANTED, cte="base64")
    mail.add_alternative(f"<p>{PLANTED}</p>", subtype="html")
    return mail.as_bytes()


def _more(column: Column[Any], words: Words) -> sql.Composable:
    """What a column holds, and the planted words behind it."""
    held = sql.Identifier(column.name)
    if words.form is Form.MAIL:
        return sql.Literal(_letter())
    if isinstance(column.type, ARRAY):
        return sql.SQL("{} || {}").format(held, sql.Literal([PLANTED]))
    if isinstance(column.type, JSONB):
        return sql.SQL(
            "CASE jsonb_typeof({0}) WHEN 'array' THEN {0} || jsonb_build_array(jsonb_build_object('name', {1}::text)) "
            "ELSE coalesce(nullif({0}, 'null'), '{{}}') || jsonb_build_object('planted', {1}::text) END"
        ).format(held, sql.Literal(PLANTED))
    text = f"<p>{PLANTED}</p>" if words.form is Form.MARKUP else PLANTED
    return sql.SQL("concat({}::text, {}::text)").format(held, sql.Literal(f" {text}"))


def plant(house: House) -> None:
    """Puts the words into each column, as rows have them that are older than the policy, or out of its reach."""
    with psycopg.connect(house.url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for column, words in wordy().values():
            table = sql.Identifier(column.table.name)
            name, value = sql.Identifier(column.name), _more(column, words)
            owner = sql.SQL("client_id = {}").format(sql.Literal(house.client_id))
            statement = sql.SQL("UPDATE {} SET {} = {} WHERE {}").format(table, name, value, owner)
            assert connection.execute(statement).rowcount or column.table.name == "mailbox", column


def _unhexed(line: bytes) -> bytes:
    """A row, and the mail in it."""
    row = msgspec.json.decode(line)
    raw = row.get("raw")
    return line + (_unfolded(bytes.fromhex(raw[2:])) if isinstance(raw, str) and raw.startswith("\\x") else b"")


def _unfolded(mail: bytes) -> bytes:
    read = BytesParser().parsebytes(mail)
    bodies = [one.get_payload(decode=True) for one in read.walk() if not one.is_multipart()]
    return b"\n".join([str(read["Subject"]).encode(), *(one for one in bodies if isinstance(one, bytes))])


def in_archive(content: bytes) -> bytes:
    found: list[bytes] = []
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        for one in tar:
            read = (file := tar.extractfile(one)) and file.read()
            lines = gzip.decompress(read or b"").splitlines() if one.name.endswith(".gz") else []
            found += [_unhexed(line) for line in lines] or [read or b""]
    return b"\n".join(found)


def in_zip(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        read = {name: packed.read(name) for name in packed.namelist()}
    return b"\n".join(_unfolded(one) if name.endswith(".eml") else one for name, one in read.items())


def as_it_is(content: bytes) -> bytes:
    return content


async def _archive(house: House) -> str:
    made = await house.brand.call(
        "POST", "/api/exports", json={"client_id": str(house.client_id)}, headers={"Idempotency-Key": "leaving"}
    )
    await house.settle()
    return f"/api/exports/{made['id']}/archive"


async def _subject_export(house: House) -> str:
    done = await carry_out(house, await ask(house, house.brand.ids["customer_id"], "access"))
    return f"/api/privacy-requests/{done['id']}/export"


async def _suppressed(house: House) -> str:
    return f"/api/suppressed-addresses/export?client_id={house.client_id}"


async def _report(house: House) -> str:
    program = str(house.brand.ids["program_id"])
    made = await house.brand.call("POST", "/api/imports", json={"program_id": program, "name": "cards.csv"})
    content = f"key,name,email\n{CARD},Ada,nowhere {IBAN}\n".encode()
    await house.brand.call("PUT", f"/api/imports/{made['id']}/file", content=content)
    await house.brand.call("POST", f"/api/imports/{made['id']}/check")
    await house.settle()
    return f"/api/imports/{made['id']}/report"


async def _trail(house: House) -> str:
    """After things for which a reason was typed."""
    path = f"/api/clients/{house.client_id}/retention/messages"
    await house.officer("PUT", path, json={"days": 900, "reason": PLANTED})
    client = str(house.client_id)
    hold = {"client_id": client, "scope": "client", "reason": PLANTED}
    placed = await house.officer("POST", "/api/holds", json=hold)
    await house.officer("POST", f"/api/holds/{placed['id']}/lift", json={"reason": PLANTED})
    resting = {"client_id": client, "address": "rest@home.example", "note": PLANTED}
    made = await house.brand.call("POST", "/api/suppressed-addresses", json=resting)
    await house.brand.call("DELETE", f"/api/suppressed-addresses/{made['id']}?why={PLANTED}")
    sealer = Sealer(house.runtime.database)
    while await sealer.seal_batch():
        continue
    return f"/api/audit/export?client_id={client}"


WAYS: dict[str, tuple[Callable[[House], Any], Callable[[bytes], bytes]]] = {
    "GET /api/exports/{export_id}/archive": (_archive, in_archive),
    "POST /api/privacy-requests/{request_id}/export": (_subject_export, in_zip),
    "GET /api/suppressed-addresses/export": (_suppressed, as_it_is),
    "GET /api/imports/{import_id}/report": (_report, as_it_is),
    "GET /api/audit/export": (_trail, as_it_is),
}


async def test_a_card_and_an_account_leave_by_no_way_in_plain(house: House) -> None:
    policy = await house.brand.call("GET", f"/api/clients/{house.client_id}/privacy")
    await house.brand.call("PUT", f"/api/clients/{house.client_id}/privacy", json={**policy, **POLICY})
    plant(house)
    for way, (prepare, opened) in WAYS.items():
        method, path = way.split()[0], await prepare(house)
        answer = await house.answer(method, path, "owner")
        assert answer.status_code == 200, (way, answer.text[:300])
        content = opened(answer.content).decode(errors="replace")
        for digits in (CARD, IBAN):
            for form in (digits, digits.replace(" ", "")):
                assert form not in content, (way, content[content.find(form) - 200 :][:300])
        assert "1111" in content, f"{way}: nothing was planted in it"


async def test_every_way_out_that_is_no_answer_in_json_is_walked(house: House) -> None:
    with application(house.runtime) as app:
        description = from_json_text(json_text(app.openapi_schema.to_schema()))
    ways = {
        f"{method.upper()} {path}"
        for path, operations in description["paths"].items()
        for method, operation in operations.items()
        for status, answer in operation["responses"].items()
        if status.startswith("2") and set(answer.get("content", ())) - {"application/json"}
    }
    assert ways == WAYS.keys() | NOT_IN_BULK.keys()
