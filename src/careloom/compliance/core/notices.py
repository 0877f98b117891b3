"""Drafts of notices: what the law wants said, filled with what is known; a person completes and sends them."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from careloom.platform.texts.languages import Language
from careloom.platform.texts.text import Text, render, say


class Known(Struct, frozen=True):
    """What is known of an incident when its notices are drafted."""

    client: str
    title: str
    description: str
    data_kinds: tuple[str, ...]
    customers: int
    aware_at: datetime
    occurred_at: datetime | None
    time_zone: str


_FACTS: Final = say(
    """What happened: {title}. {description}
When it happened: {occurred}
When we became aware: {aware}
Whose data: customers of {client}
How many people (estimate): {customers}
Which data: {data_kinds}"""
)

_NOTICES: Final = {
    "gdpr_authority": say(
        """Notification of a personal data breach under article 33 of the GDPR

{facts}

Likely consequences: [describe]
Measures taken or proposed: [describe]
Contact for more information (data protection officer): [name, address, telephone]
Reasons for a delay beyond 72 hours, if any: [none]"""
    ),
    "gdpr_customers": say(
        """About your personal data at {client}

{facts}

What this may mean for you: [describe in plain language]
What we have done, and what you can do: [describe]
Whom to ask (data protection officer): [name, address, telephone]"""
    ),
    "hipaa_customers": say(
        """Notice of a breach of your protected health information

{facts}

What you should do to protect yourself: [describe]
What we are doing to investigate, to reduce harm, and to prevent another breach: [describe]
How to reach us: [toll-free telephone, e-mail, website, postal address]"""
    ),
    "hipaa_secretary": say(
        """Notice of a breach of unsecured protected health information to the Secretary of HHS

{facts}

Safeguards in place before the breach: [describe]
Actions taken in response: [describe]
Covered entity or business associate, and contact: [name, address, telephone]"""
    ),
    "hipaa_media": say(
        """Media notice: breach of unsecured protected health information at {client}

{facts}

What those affected should do: [describe]
What is being done: [describe]
Contact: [toll-free telephone, website]"""
    ),
    "contract_client": say(
        """Notice of an incident with your data, under our contract

{facts}

State of containment: [describe]
What we do next, and when you hear from us again: [describe]
Contact, day and night: [name, telephone]"""
    ),
}
UNKNOWN: Final = say("not known yet")
_DESCRIBE: Final = say("[describe]")


def draft(key: str, known: Known, language: Language) -> str | None:
    """The draft of a notice in a language; None for a step that is none."""
    notice = _NOTICES.get(key)
    if notice is None:
        return None
    facts = Text(
        _FACTS.template,
        {
            "title": known.title,
            "description": known.description or _DESCRIBE,
            "occurred": UNKNOWN if known.occurred_at is None else moment(known.occurred_at, known.time_zone),
            "aware": moment(known.aware_at, known.time_zone),
            "client": known.client,
            "customers": known.customers or UNKNOWN,
            "data_kinds": known.data_kinds or UNKNOWN,
        },
    )
    return render(Text(notice.template, {"facts": facts, "client": known.client}), language)


def moment(at: datetime, time_zone: str) -> str:
    """A moment as a clock on the wall of that zone shows it."""
    return at.astimezone(ZoneInfo(time_zone)).strftime("%Y-%m-%d %H:%M %Z")
