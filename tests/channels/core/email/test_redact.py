"""A mail as it came in holds nothing of what the policy takes out, in none of its parts."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.channels.core.email.parse import parse_mail
from careloom.channels.core.email.redact import redact_mail
from careloom.channels.core.email.spoken import said_in
from careloom.platform.redaction.redact import redactor
from careloom.platform.redaction.types import Policy

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


@pytest.mark.parametrize(
    "raw",
    [
        mixed(
            "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
            + base64.b64encode(f"Subject: {CARD}\n\nhello".encode()).decode()
        ),
        mixed(*["Content-Type: text/plain\n\nhello"] * 310),
    ],
    ids=["a mail within it that must not be encoded", "more parts than are read"],
)
def test_nothing_is_left_of_what_cannot_be_looked_through(raw: str) -> None:
    assert redact_mail(raw.encode(), CHOSEN) == b""


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
