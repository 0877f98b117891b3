"""What an incident's timeline says, in words that each reader gets in their own language."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from careloom.compliance.types.incidents import IncidentStatus, Severity
from careloom.platform.texts.text import Text, say, together

DUTIES: Final = MappingProxyType(
    {
        "contain": say("Contain it"),
        "assess": say("Assess the risk"),
        "preserve": say("Preserve evidence"),
        "root_cause": say("Find the cause"),
        "correct": say("Correct it"),
        "review": say("Review"),
        "contract_client": say("Tell the client"),
        "gdpr_authority": say("Notify the authority (GDPR)"),
        "gdpr_customers": say("Tell customers (GDPR)"),
        "hipaa_customers": say("Tell customers (HIPAA)"),
        "hipaa_secretary": say("Notify the Secretary (HIPAA)"),
        "hipaa_media": say("Tell the media (HIPAA)"),
    }
)
"""What a step of a protocol, or a notice, is called."""
CLOSED: Final = say("The incident was closed.")
_SEVERITIES: Final = {
    Severity.LOW: say("Severity: low."),
    Severity.MEDIUM: say("Severity: medium."),
    Severity.HIGH: say("Severity: high."),
    Severity.CRITICAL: say("Severity: critical."),
}


def opened(title: str) -> Text:
    """An incident was registered."""
    return say("Registered: {title}", title=title)


def changed(values: Mapping[str, Any]) -> Text:
    """Fields of an incident have these values now."""
    return together(_changes(values))


def settled(key: str, note: str, *, waived: bool) -> Text:
    """A duty was done, or judged not to be needed."""
    if waived:
        return say("{duty}: not needed. {note}", duty=DUTIES[key], note=note)
    return say("{duty}: done. {note}", duty=DUTIES[key], note=note)


def _changes(values: Mapping[str, Any]) -> Iterator[Text]:
    if "status" in values:
        contained = values["status"] is IncidentStatus.CONTAINED
        yield say("It is contained.") if contained else say("It is not contained any more.")
    if "severity" in values:
        yield _SEVERITIES[Severity(values["severity"])]
    if "customers_estimate" in values:
        yield say("Customers touched, as far as known: {customers}.", customers=values["customers_estimate"])
    if "description" in values:
        yield say("What is known: {description}", description=values["description"])
