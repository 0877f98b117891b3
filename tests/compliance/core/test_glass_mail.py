"""The mail about an emergency access: readable in every language of the interface, and nothing in it but the fact."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from careloom.compliance.core.glass_mail import Told, glass_mail
from careloom.platform.texts.languages import Language

AT = datetime(2030, 1, 31, 22, 15, tzinfo=UTC)


def read(language: Language, client: str = "Brand") -> EmailMessage:
    told = Told("Lena Lead", client, AT, AT, "https://care.example/compliance/break-glass")
    raw = glass_mail(told, language, "careloom@care.example", "greta@care.example", "<1@care.example>")
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
