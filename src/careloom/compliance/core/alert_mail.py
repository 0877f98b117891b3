"""Mails that call someone to the screen: what is the matter and where to look, in the reader's language. They hold
nothing of customers and nothing that people wrote, since they leave the house.
"""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from msgspec import Struct

from careloom.compliance.core.notices import moment
from careloom.compliance.core.timeline import DUTIES
from careloom.platform.texts.languages import Language
from careloom.platform.texts.text import Text, render, say


class Envelope(Struct, frozen=True):
    """From whom and to whom; a second attempt has the same `message_id`."""

    sender: str
    recipient: str
    message_id: str


class Told(Struct, frozen=True):
    """What a mail says of an emergency access, and where the reader looks."""

    person: str
    client: str
    begun_at: datetime
    until: datetime
    link: str


class Near(Struct, frozen=True):
    """What a mail says of a duty whose deadline is near, or over, and where the reader looks."""

    client: str
    duty: str
    due_at: datetime
    time_zone: str
    overdue: bool
    warned_at: datetime
    link: str


def glass_mail(told: Told, language: Language, envelope: Envelope) -> bytes:
    """Someone has emergency access: who, which client, until when."""
    subject = say("Emergency access to {client}.", client=told.client)
    what = say(
        "{person} has emergency access to {client} until {until}.",
        person=told.person,
        client=told.client,
        until=f"{told.until:%Y-%m-%d %H:%M} UTC",
    )
    where = say("The reason and every step are listed in Compliance, where another person reviews them.")
    return _mail(subject, (what, where), told.link, told.begun_at, language, envelope)


def deadline_mail(near: Near, language: Language, envelope: Envelope) -> bytes:
    """A duty of an incident is due soon, or was due: which, at which client, by when."""
    client, duty = near.client, DUTIES[near.duty]
    due = moment(near.due_at, near.time_zone)
    if near.overdue:
        subject = say("Overdue at {client}: {duty}", client=client, duty=duty)
        what = say("An incident at {client} asked for this by {moment}: {duty}", client=client, moment=due, duty=duty)
    else:
        subject = say("Due soon at {client}: {duty}", client=client, duty=duty)
        what = say("An incident at {client} asks for this by {moment}: {duty}", client=client, moment=due, duty=duty)
    where = say("What happened, what is to be done and the drafts of notices stand in Compliance, Incidents.")
    return _mail(subject, (what, where), near.link, near.warned_at, language, envelope)


def _mail(
    subject: Text, paragraphs: tuple[Text, ...], link: str, at: datetime, language: Language, envelope: Envelope
) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Message-ID"] = envelope.sender, envelope.recipient, envelope.message_id
    mail["Date"] = format_datetime(at)
    mail["Subject"] = " ".join(render(subject, language).split())
    mail["Auto-Submitted"] = "auto-generated"
    body = "\n\n".join(render(one, language) for one in paragraphs)
    mail.set_content(f"{body}\n{link}\n")
    return mail.as_bytes()
