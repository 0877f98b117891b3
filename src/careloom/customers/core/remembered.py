"""What is remembered of customers in our own words: kept as codes, told in the reader's language."""

from typing import Final

from careloom.customers.types import ConsentPurpose, TimelineKind
from careloom.platform.texts.languages import Language
from careloom.platform.texts.text import Text, render, say

SAME_ADDRESS: Final = "same_verified_address"
"""Why two customers were merged by themselves."""

_CONSENTS: Final[dict[str, Text]] = {
    "service granted": say("Service messages: yes."),
    "service refused": say("Service messages: no."),
    "survey granted": say("Surveys: yes."),
    "survey refused": say("Surveys: no."),
    "marketing granted": say("Marketing: yes."),
    "marketing refused": say("Marketing: no."),
    "recording granted": say("Recording: yes."),
    "recording refused": say("Recording: no."),
}


def consent_code(purpose: ConsentPurpose, *, granted: bool) -> str:
    """How a customer's word is kept in the timeline."""
    return f"{purpose} {'granted' if granted else 'refused'}"


def told_summary(kind: TimelineKind, summary: str, language: Language) -> str:
    """The summary of a timeline entry as a reader sees it; people's own words stay as they are."""
    found = _CONSENTS.get(summary) if kind is TimelineKind.CONSENT_CHANGED else None
    return summary if found is None else render(found, language)


def told_reason(reason: str, language: Language, *, automatic: bool) -> str:
    """Why two customers were merged, as a reader sees it."""
    if automatic and reason == SAME_ADDRESS:
        return render(say("Both have the same verified address."), language)
    return reason
