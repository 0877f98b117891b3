"""A mail as it came in holds nothing of what the policy takes out, in none of its parts."""

from __future__ import annotations

import base64
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from careloom.channels.core.email.parse import parse_mail
from careloom.channels.core.email.redact import redact_mail
from careloom.channels.core.email.spoken import said_in
from careloom.platform.redaction.redact import redactor
from careloom.platform.redaction.types import Policy
from careloom.platform.texts.languages import Language
from tests.channels.core.email.grown import grown

CARD = "4111 1111 1111 1111"
CHOSEN = redactor(Policy())
ENCODED = base64.b64encode(f"card {CARD}".encode()).decode()
MAILS = Path(__file__).parent / "mails"
HEAD = "From: Ada <ada@home.example>\nTo: care@brand.example\nSubject: hi\nMessage-ID: <a1@home.example>\n"
PDF = "Content-Transfer-Encoding: base64\n\nJVBERi0xLjQK"


def mixed(*parts: str, before: str = "", behind: str = "") -> str:
    body = "".join(f"--b\n{one}\n" for one in ("Content-Type: text/plain\n\nhello", *parts))
    return f"{HEAD}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n{before}\n{body}--b--\n{behind}\n"


HELD = {
    "name of the sender": HEAD.replace("Ada", f'"Ada {CARD}"') + "\nhello",
    "encoded name of the sender": HEAD.replace("Ada", f"=?utf-8?B?{ENCODED}?=") + "\nhello",
    "name of another recipient": f'{HEAD}Cc: "card {CARD}" <bo@home.example>\n\nhello',
    "end of a long name": HEAD.replace("Ada", f'"{"Ada " * 60}{CARD}"') + "\nhello",
    "long name that ends in the middle of the card": HEAD.replace("Ada", f'"{"Ada " * 48}{CARD}"') + "\nhello",
    "recipients without an address": HEAD.replace("To: ", f"To: card {CARD}, ") + "\nhello",
    "name of a group": f"{HEAD}Cc: card {CARD}: bo@home.example;\n\nhello",
    "remark on an address": f"{HEAD}Cc: Bo <bo@home.example> (card {CARD})\n\nhello",
    "words beside a remark": f"{HEAD}Cc: card {CARD} bo@home.example (Bo)\n\nhello",
    "two addresses in one": f"{HEAD}Cc: Bo <{CARD}> <bo@home.example>\n\nhello",
    "address behind an address": f"{HEAD}Cc: bo@home.example <{CARD}>\n\nhello",
    "header of the sender's own": f"{HEAD}X-Order-Note: card {CARD}\nComments: {CARD}\n\nhello",
    "encoded text": f"{HEAD}Content-Transfer-Encoding: base64\n\n{ENCODED}",
    "beyond what is read of a text": HEAD + "\n" + ("word " * 15 + "\n") * 14_000 + f"card {CARD}",
    "what no reader sees of HTML": f'{HEAD}Content-Type: text/html\n\n<!-- {CARD} --><p title="{CARD}">hello</p>',
    "text that another part stands for": mixed(f"Content-Type: text/html\n\n<p>{CARD}</p>").replace(
        "multipart/mixed", "multipart/alternative"
    ),
    "name of a file": mixed(f'Content-Type: application/pdf; name="card {CARD}.pdf"\n{PDF}'),
    "name of a file, with underscores": mixed(
        f'Content-Disposition: attachment; filename="card_{CARD.replace(" ", "_")}.pdf"\n{PDF}'
    ),
    "name of a file, in pieces": mixed(
        "Content-Disposition: attachment; filename*0*=utf-8''card%204111%201111; filename*1*=%201111%201111.pdf\n" + PDF
    ),
    "name of a file, encoded": mixed(f'Content-Type: application/pdf; name="=?utf-8?B?{ENCODED}?="\n{PDF}'),
    "mail within it": mixed(f"Content-Type: message/rfc822\n\nFrom: bo@home.example\nSubject: {CARD}\n\ncard {CARD}"),
    "before and behind the parts": mixed(before=CARD, behind=CARD),
}


def holds(raw: bytes) -> bool:
    said = said_in(raw)
    plain = b" ".join([raw, *(one.encode("utf-8", "replace") for one in (*said.texts, *said.markup))])
    forms = (CARD, CARD.replace(" ", ""), CARD.replace(" ", "_"), ENCODED)
    return any(one.encode() in plain for one in forms)


@pytest.mark.parametrize("raw", HELD.values(), ids=HELD.keys())
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_card_stays_nowhere_and_the_mail_can_be_read_again(raw: str, end: str) -> None:
    mail = raw.replace("\n", end).encode()
    told = redact_mail(mail, CHOSEN)
    assert told
    assert not holds(told)
    before, after = parse_mail(mail), parse_mail(told)
    assert (after.sender.address, after.message_id) == (before.sender.address, before.message_id)
    assert [one.content for one in after.attachments if one.media_type == "application/pdf"] == [
        one.content for one in before.attachments if one.media_type == "application/pdf"
    ]


def test_what_is_left_of_a_mail_says_so_in_the_readers_language() -> None:
    raw = HARD["more parts than are read"].encode()
    told = redact_mail(raw, CHOSEN, Language.DE)
    assert parse_mail(told).text.endswith("[Das ist, was von dieser E-Mail gelesen werden konnte.]")
    assert redact_mail(told, CHOSEN, Language.FR) == told, "once is enough"


PART = "Content-Type: text/plain\n\nhello"
HARD = {
    "a mail within it that must not be encoded": mixed(
        "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
        + base64.b64encode(f"Subject: {CARD}\n\nhello".encode()).decode()
    ),
    "more parts than are read": mixed(*[PART] * 310, f"Content-Type: text/plain\n\n{CARD}"),
    "more headers than are read": HEAD + "".join(f"X-{n}: y\n" for n in range(1_500)) + f"X-Z: {CARD}\n\nhello",
    "a header larger than is read": HEAD + "".join(f"X-{n}: y\n" for n in range(30_000)) + f"X-Z: {CARD}\n\nhello",
    "headers that only the library sees": f"{HEAD}X: "
    + "".join(f"y\rX-{n}: " for n in range(9_000))
    + f"\n\nhello {CARD}",
    "deeper parts than are read": HEAD
    + "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(400))
    + f"\nhello {CARD}",
    "deeper parts than are read, as only the library sees": HEAD
    + "".join(f"Content-Type: multipart/mixed x; boundary=b{n}\n\n--b{n}\n" for n in range(400))
    + f"\nhello {CARD}",
    "deeper mails than are read": HEAD + "Content-Type: message/rfc822\n\n" * 600 + f"Subject: a\n\nhello {CARD}",
}


@pytest.mark.parametrize("raw", HARD.values(), ids=HARD.keys())
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_of_what_cannot_be_looked_through_what_can_be_read_is_kept_without_the_card(raw: str, end: str) -> None:
    mail = raw.replace("\n", end).encode()
    told = redact_mail(mail, CHOSEN)
    assert not holds(told)
    before, after = parse_mail(mail), parse_mail(told)
    assert not after.truncated
    assert (after.sender, after.subject, after.message_id) == (before.sender, before.subject, before.message_id)
    assert "what could be read" in after.text


def test_a_mail_whose_headers_name_no_id_keeps_the_one_that_was_made_for_it() -> None:
    raw = ("From: ada@home.example\nSubject: hi\n" + "X: y\n" * 1_500 + "\nhello").encode()
    assert parse_mail(redact_mail(raw, CHOSEN)).message_id == parse_mail(raw).message_id


HOSTILE = {
    **HARD,
    "parts of many headers": mixed(*["".join(f"X-{n}: y\n" for n in range(900)) + f"\n{CARD}"] * 20),
    "parameters": f"{HEAD}Content-Type: text/plain" + ";" * 200_000 + f"\n\n{CARD}",
    "a quoted parameter": f'{HEAD}Content-Type: text/plain; name="' + ";" * 200_000 + f'"\n\n{CARD}',
    "half encoded words": f"{HEAD}X: " + "=?x?q?a" * 30_000 + f"\n\n{CARD}",
    "open quotes among addresses": f"{HEAD}Cc: " + ',"' * 100_000 + f"\n\n{CARD}",
    "a delivery report": f"{HEAD}X-Z: {CARD}\nContent-Type: message/delivery-status\n\n" + "A: b\n\n" * 10_000,
    "files that the library takes for mails": f"{HEAD}X-Z: {CARD}\n" + "Content-Type: message/x\n\n" * 600,
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_mail_costs_little(raw: str) -> None:
    began = time.process_time()
    assert not holds(redact_mail(raw.encode(), CHOSEN))
    assert time.process_time() - began < 8


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255)), max_size=8))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_many_headers_and_deep_nesting_in_any_order_keep_no_card(steps: list[tuple[int, int]]) -> None:
    mail = grown(bytes(one for step in steps for one in step), CARD.encode())
    parse_mail(mail)
    told = redact_mail(mail, CHOSEN)
    said = said_in(told)
    assert not said.truncated
    assert not any(CARD in one for one in said.texts)
    assert redact_mail(told, CHOSEN) == told


def test_addresses_ids_and_what_servers_write_are_left_alone() -> None:
    raw = (
        b"Received: from x (4111111111111111) by y\nFrom: <4111111111111111@home.example>\n"
        b"Message-ID: <4111111111111111@home.example>\nDKIM-Signature: v=1; b=4111111111111111\n\nhello"
    )
    assert redact_mail(raw, CHOSEN) == raw


def test_real_mails_stay_to_the_byte() -> None:
    mails = [one.read_bytes() for one in sorted(MAILS.rglob("*.eml"))]
    assert len(mails) > 20
    assert [redact_mail(one, CHOSEN) == one for one in mails] == [True] * len(mails)


@given(st.binary(max_size=2_000), st.sampled_from(list(HELD.values())))
def test_broken_bytes_around_it_change_nothing(noise: bytes, raw: str) -> None:
    at = len(noise) % len(raw)
    mail = raw[:at].encode() + noise + raw[at:].encode()
    told = redact_mail(mail, CHOSEN)
    assert redact_mail(told, CHOSEN) == told
