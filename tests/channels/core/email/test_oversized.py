"""What stands in for a mail that is too large."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from careloom.channels.core.email.oversized import refused_stand_in, stand_in
from careloom.channels.core.email.parse import parse_mail
from careloom.platform.texts.languages import Language

HEADER = (
    b"From: Ada <ada@example.org>\r\nSubject: Photos\r\nMessage-ID: <1@example.org>\r\n"
    b'Content-Type: multipart/mixed;\r\n boundary="b"\r\nMIME-Version: 1.0\r\n\r\n'
)


def test_sender_and_subject_stay_and_the_text_says_where_the_rest_is() -> None:
    mail = parse_mail(stand_in(HEADER, 31_400_000, 20_000_000, "INBOX", Language.EN))
    assert (mail.sender.address, mail.subject, mail.message_id) == ("ada@example.org", "Photos", "<1@example.org>")
    assert "31.4 MB, more than the 20 MB" in mail.text
    assert "folder INBOX" in mail.text
    assert mail.attachments == ()


def test_the_note_is_in_the_language_that_is_asked_for() -> None:
    mail = parse_mail(stand_in(HEADER, 31_400_000, 20_000_000, "INBOX", Language.DE))
    assert "31,4 MB, mehr als die 20 MB" in mail.text
    assert "Ordner INBOX, UID 7" in parse_mail(refused_stand_in(HEADER, 7, "INBOX", Language.DE)).text


@given(st.binary(max_size=2_000))
def test_any_header_makes_a_mail_that_can_be_read(header: bytes) -> None:
    assert "folder Ördner" in parse_mail(stand_in(header, 1, 1, "Ördner", Language.EN)).text
