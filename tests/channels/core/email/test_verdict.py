"""Bounces, automatic replies and loops are told from people's messages."""

from __future__ import annotations

import pytest

from careloom.channels.core.email.parse import parse_mail
from careloom.channels.core.email.verdict import OwnMail, judge
from careloom.channels.types import MailVerdict

OWN = OwnMail("loop-1", frozenset({"care@lumora.example"}), "mail.lumora.example")


def _verdict(headers: str, return_path: str | None = None, body: str = "hello") -> MailVerdict:
    data = f"From: Ann <ann@mail.example>\r\n{headers}\r\n\r\n{body}".encode()
    return judge(parse_mail(data), OWN, return_path).verdict


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "auto-submitted: auto-generated (vacation)",
        "X-Autoreply: yes",
        "X-Autorespond: away",
        "Precedence: bulk",
        "Precedence: auto_reply",
        "X-Auto-Response-Suppress: All",
        "List-Id: <a.lists.example>",
        "List-Unsubscribe: <mailto:x@lists.example>",
        "Subject: Out of office\r\nX-MS-Exchange-Inbox-Rules-Loop: a@b.example",
        "Content-Type: multipart/report; report-type=x; boundary=x\r\n\r\n--x\r\n\r\nread\r\n--x--",
    ],
)
def test_machines_are_recognised(header: str) -> None:
    assert _verdict(header) is MailVerdict.AUTO_REPLY


@pytest.mark.parametrize(
    "header",
    [
        "Subject: Out of office chair is broken",
        "Subject: Automatic reply",
        "Auto-Submitted: no",
        "Precedence: first-class",
        "Subject: Undeliverable parcel",
        "X-Careloom-Loop: another installation",
        "Subject: delivery failed again",
    ],
)
def test_people_are_not_taken_for_machines(header: str) -> None:
    assert _verdict(header, "ann@mail.example") is MailVerdict.MESSAGE


def test_a_null_return_path_is_automatic_and_with_a_failure_subject_a_bounce() -> None:
    assert _verdict("Subject: Abwesenheitsnotiz", "<>") is MailVerdict.AUTO_REPLY
    assert _verdict("Subject: Anything", "") is MailVerdict.AUTO_REPLY
    assert _verdict("Subject: Delivery failure", "") is MailVerdict.BOUNCE
    assert _verdict("Return-Path: <>\r\nSubject: Undelivered Mail") is MailVerdict.BOUNCE


def test_our_own_mail_coming_back_is_a_loop() -> None:
    assert _verdict("X-Careloom-Loop: loop-1") is MailVerdict.LOOP
    assert _verdict("\r\n".join(["Received: from a"] * 51)) is MailVerdict.LOOP
    assert _verdict("\r\n".join(["Received: from a"] * 50)) is MailVerdict.MESSAGE
    ours = b"From: Care@lumora.example\r\nMessage-ID: <x@mail.lumora.example>\r\n\r\nhi"
    assert judge(parse_mail(ours), OWN).verdict is MailVerdict.LOOP


def test_a_report_of_success_is_no_bounce() -> None:
    data = (
        b"From: MAILER-DAEMON@mx.example\r\nSubject: Successful Mail Delivery Report\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
        b"--x\r\n\r\ndelivered\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; mx.example\r\n\r\n"
        b"Final-Recipient: rfc822; a@b.example\r\n"
        b"Action: delivered\r\nStatus: 2.0.0\r\n--x--\r\n"
    )
    assert judge(parse_mail(data), OWN, "").verdict is MailVerdict.AUTO_REPLY


def test_a_bounce_without_a_report_is_read_from_its_words() -> None:
    data = (
        b"From: Mail Delivery System <Mailer-Daemon@mx.example>\r\nTo: care@lumora.example\r\n"
        b"X-Failed-Recipients: gone@b.example\r\nSubject: Mail delivery failed: returning message to sender\r\n\r\n"
        b"  gone@b.example\r\n    host mx.b.example [192.0.2.1]\r\n    SMTP error: 452 4.2.2 mailbox full\r\n\r\n"
        b"Message-ID: <out.1@mail.lumora.example>\r\n"
    )
    bounce = judge(parse_mail(data), OWN).bounce
    assert bounce is not None
    assert bounce.recipients == ("gone@b.example",)
    assert (bounce.status, bounce.permanent) == ("4.2.2", False)
    assert bounce.original_message_id == "<out.1@mail.lumora.example>"
