"""When a request of a data subject is due, and how old data may grow."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta

from careloom.compliance.types.retention import DataClass

EXPORT_DAYS = 7
"""How long a built export can be fetched."""
FURTHER_MONTHS = 2
"""By how much a complicated request may be prolonged (GDPR, article 12)."""

SHORTEST = {DataClass.EVENTS: 2, DataClass.FACTS: 30, DataClass.REGISTERS: 30}
"""Least days for which a class must be kept: consumers and open desks read events, invoices are drawn from facts, and
what was done about an incident or a request is asked about when it is over.
"""


def due_at(received_at: datetime, months: int = 1) -> datetime:
    """The end of the term of `months`: the same day of a later month, or that month's last day (Regulation 1182/71)."""
    total = received_at.month - 1 + months
    year, month = received_at.year + total // 12, total % 12 + 1
    return received_at.replace(year=year, month=month, day=min(received_at.day, monthrange(year, month)[1]))


def export_until(built_at: datetime) -> datetime:
    """Until when an export that is built now can be fetched."""
    return built_at + timedelta(days=EXPORT_DAYS)


def cutoff(days: int, at: datetime) -> datetime:
    """Before when data is too old."""
    return (at - timedelta(days=days)).astimezone(UTC)
