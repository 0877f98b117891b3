"""Mails that call someone to the screen: readable in every language of the interface, nothing in them but the fact."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from careloom.compliance.core.alert_mail import Envelope, Near, Told, deadline_mail, glass_mail
from careloom.compliance.core.timeline import DUTIES
from careloom.platform.texts.languages import Language
from careloom.platform.texts.text import render

AT = datetime(2030, 1, 31, 22, 15, tzinfo=UTC)
ENVELOPE = Envelope("careloom@care.example", "greta@care.example", "<1@care.example>")


def read(language: Language, client: str = "Brand") -> EmailMessage:
    told = Told("Lena Lead", client, AT, AT, "https://care.example/compliance/break-glass")
    raw = glass_mail(told, language, ENVELOPE)
    return message_from_bytes(raw, policy=policy.default)  # pyright: ignore[reportReturnType]


def read_deadline(language: Language, *, overdue: bool) -> EmailMessage:
    link = "https://care.example/compliance/incidents?incident=7"
    near = Near("Brand", "gdpr_authority", AT, "Europe/Berlin", overdue, AT, link)
    raw = deadline_mail(near, language, ENVELOPE)
    return message_from_bytes(raw, policy=policy.default)  # pyright: ignore[reportReturnType]


@pytest.mark.parametrize("language", Language)
def test_it_says_who_which_client_until_when_and_where_to_look(language: Language) -> None:
    mail = read(language)
    body = mail.get_content()
    assert "Brand" in mail["Subject"]
    assert all(one in body for one in ("Lena Lead", "Brand", "2030-01-31 22:15 UTC", "/compliance/break-glass"))
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_name_cannot_add_a_header() -> None:
    mail = read(Language.EN, "Brand\r\nBcc: thief@evil.example")
    assert mail["Bcc"] is None


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("overdue", [False, True])
def test_a_deadline_says_what_where_and_by_when_on_the_clock_of_the_incident(language: Language, overdue: bool) -> None:
    mail = read_deadline(language, overdue=overdue)
    body, duty = mail.get_content(), render(DUTIES["gdpr_authority"], language)
    assert "Brand" in mail["Subject"]
    assert duty in mail["Subject"]
    assert all(one in body for one in ("Brand", duty, "2030-01-31 23:15 CET", "/compliance/incidents?incident=7"))


@pytest.mark.parametrize("language", Language)
def test_what_is_overdue_reads_otherwise_than_what_is_due_soon(language: Language) -> None:
    soon, late = (read_deadline(language, overdue=overdue) for overdue in (False, True))
    assert soon["Subject"] != late["Subject"]
    assert soon.get_content() != late.get_content()
