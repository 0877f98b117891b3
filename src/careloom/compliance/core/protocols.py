"""The protocol of an incident: which steps and notices each regime asks for, and by when, from becoming aware.

GDPR, articles 33 and 34: the authority within 72 hours, customers without undue delay. HIPAA, 45 CFR 164.404 to 408:
customers, from 500 of them the Secretary, and of more than 500 the media, within 60 days; below 500 the Secretary
within 60 days after the end of the calendar year. A contract: the client within the hours that it names.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from careloom.compliance.types.incidents import Regime

_HIPAA_DAYS, _GDPR_HOURS, _MANY = 60, 72, 500


class Task(Struct, frozen=True):
    """Something that the protocol asks for. A notice has a `recipient`."""

    key: str
    required: bool = True
    recipient: str | None = None
    due_at: datetime | None = None


class Clock(Struct, frozen=True):
    """What deadlines follow from."""

    aware_at: datetime
    time_zone: str
    customers: int
    contract_hours: int | None = None


STEPS = ("contain", "assess", "preserve", "root_cause", "correct", "review")
"""What is done about every incident, in this order; before closing all of it."""


def protocol(regimes: Iterable[Regime], clock: Clock) -> tuple[Task, ...]:
    """Steps and notices in the order in which they are worked on."""
    wanted = frozenset(regimes)
    notices: list[Task] = []
    if Regime.CONTRACT in wanted:
        due_at = after_hours(clock.aware_at, clock.contract_hours or 0)
        notices.append(Task("contract_client", recipient="client", due_at=due_at))
    if Regime.GDPR in wanted:
        notices.append(Task("gdpr_authority", recipient="authority", due_at=after_hours(clock.aware_at, _GDPR_HOURS)))
        notices.append(Task("gdpr_customers", required=False, recipient="customers"))
    if Regime.HIPAA in wanted:
        notices += _hipaa(clock)
    notices.sort(key=lambda one: (one.due_at is None, one.due_at or clock.aware_at))
    first, rest = STEPS[:3], STEPS[3:]
    return (*map(Task, first), *notices, *map(Task, rest))


def after_hours(at: datetime, hours: int) -> datetime:
    """Hours are counted as they pass, over weekends and changes of the clock alike."""
    return at.astimezone(UTC) + timedelta(hours=hours)


def after_days(at: datetime, days: int, time_zone: str) -> datetime:
    """The last moment of the day that is `days` later where the incident happened: days end at local midnight."""
    zone = ZoneInfo(time_zone)
    last = at.astimezone(zone).date() + timedelta(days=days)
    return _end_of(last, zone)


def _hipaa(clock: Clock) -> list[Task]:
    customers = after_days(clock.aware_at, _HIPAA_DAYS, clock.time_zone)
    found = [Task("hipaa_customers", recipient="customers", due_at=customers)]
    if clock.customers > _MANY:
        found.append(Task("hipaa_media", recipient="media", due_at=customers))
    if clock.customers >= _MANY:
        found.append(Task("hipaa_secretary", recipient="secretary", due_at=customers))
        return found
    zone = ZoneInfo(clock.time_zone)
    year_end = date(clock.aware_at.astimezone(zone).year, 12, 31)
    found.append(
        Task("hipaa_secretary", recipient="secretary", due_at=_end_of(year_end + timedelta(_HIPAA_DAYS), zone))
    )
    return found


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    midnight = datetime.combine(day + timedelta(days=1), time(), zone)
    return (midnight - timedelta(microseconds=1)).astimezone(UTC)
