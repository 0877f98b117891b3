"""The mail that tells of an emergency access: who, which client, until when, where to look. It holds no reason and
nothing of customers, since it leaves the house.
"""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from msgspec import Struct

from careloom.platform.texts.languages import Language
from careloom.platform.texts.text import render, say


class Told(Struct, frozen=True):
    """What the mail says, and where the reader looks."""

    person: str
    client: str
    begun_at: datetime
    until: datetime
    link: str


def glass_mail(told: Told, language: Language, sender: str, recipient: str, message_id: str) -> bytes:
    """The mail in the reader's language."""
    until = f"{told.until:%Y-%m-%d %H:%M} UTC"
    subject = say("Emergency access to {client}.", client=told.client)
    what = say(
        "{person} has emergency access to {client} until {until}.",
        person=told.person,
        client=told.client,
        until=until,
    )
    where = say("The reason and every step are listed in Compliance, where another person reviews them.")
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Message-ID"] = sender, recipient, message_id
    mail["Date"] = format_datetime(told.begun_at)
    mail["Subject"] = " ".join(render(subject, language).split())
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(f"{render(what, language)}\n\n{render(where, language)}\n{told.link}\n")
    return mail.as_bytes()
