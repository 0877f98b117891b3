"""What an incident's timeline says, in words that each reader gets in their own language."""

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Final

from careloom.compliance.core.notices import UNKNOWN, moment
from careloom.compliance.types.incidents import Incident, IncidentStatus, Regime, Severity
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
_REGIMES: Final = {Regime.GDPR: say("the GDPR"), Regime.HIPAA: "HIPAA", Regime.CONTRACT: say("the client’s contract")}


def opened(title: str) -> Text:
    """An incident was registered."""
    return say("Registered: {title}", title=title)


def changed(before: Incident, after: Incident, came: Sequence[str] = (), gone: Sequence[str] = ()) -> Text:
    """What an incident says now that it did not say before, and the duties that this brought and took away."""
    return together((*_state(before, after), *_clock(before, after), *_duties(came, gone), *_extent(before, after)))


def settled(key: str, note: str, *, waived: bool) -> Text:
    """A duty was done, or judged not to be needed."""
    if waived:
        return say("{duty}: not needed. {note}", duty=DUTIES[key], note=note)
    return say("{duty}: done. {note}", duty=DUTIES[key], note=note)


def _state(before: Incident, after: Incident) -> Iterator[Text]:
    if after.status is not before.status:
        contained = after.status is IncidentStatus.CONTAINED
        yield say("It is contained.") if contained else say("It is not contained any more.")
    if after.severity is not before.severity:
        yield _SEVERITIES[after.severity]


def _clock(before: Incident, after: Incident) -> Iterator[Text]:
    zone = after.time_zone
    if after.aware_at != before.aware_at:
        yield say("Aware of it since {moment}.", moment=moment(after.aware_at, zone))
    if after.occurred_at != before.occurred_at:
        happened = UNKNOWN if after.occurred_at is None else moment(after.occurred_at, zone)
        yield say("When it happened: {moment}.", moment=happened)
    if zone != before.time_zone:
        yield say("Time zone: {zone}.", zone=zone)
    if after.regimes != before.regimes:
        yield say("Rules that apply: {regimes}.", regimes=tuple(_REGIMES[one] for one in after.regimes))
    if after.contract_hours not in (None, before.contract_hours):
        yield say("Term of the contract: {hours} h.", hours=after.contract_hours)


def _duties(came: Sequence[str], gone: Sequence[str]) -> Iterator[Text]:
    if came:
        yield say("To be done now as well: {duties}.", duties=tuple(DUTIES[one] for one in came))
    if gone:
        yield say("Not asked for any more: {duties}.", duties=tuple(DUTIES[one] for one in gone))


def _extent(before: Incident, after: Incident) -> Iterator[Text]:
    if after.customers_estimate != before.customers_estimate:
        yield say("Customers touched, as far as known: {customers}.", customers=after.customers_estimate)
    if after.data_kinds != before.data_kinds:
        yield say("Data touched: {kinds}.", kinds=after.data_kinds or UNKNOWN)
    if after.title != before.title:
        yield say("What happened: {title}.", title=after.title)
    if after.description != before.description:
        yield say("What is known: {description}", description=after.description)
