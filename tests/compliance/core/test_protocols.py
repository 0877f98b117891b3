"""What each law asks for, and by when: hours as they pass, days by the calendar where the incident happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from careloom.compliance.core.protocols import STEPS, Clock, after_days, protocol
from careloom.compliance.types.incidents import Regime

BERLIN = ZoneInfo("Europe/Berlin")
MOMENTS = st.integers(0, 4_000_000_000).map(lambda one: datetime.fromtimestamp(one, UTC))
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland"])


def due(regimes: list[Regime], clock: Clock) -> dict[str, datetime | None]:
    return {one.key: one.due_at for one in protocol(regimes, clock)}


def test_the_authority_hears_within_72_hours_also_over_a_change_of_the_clock() -> None:
    aware = datetime(2026, 3, 27, 18, 0, tzinfo=BERLIN)
    told = due([Regime.GDPR], Clock(aware, "Europe/Berlin", 10))
    assert told["gdpr_authority"] == aware.astimezone(UTC) + timedelta(hours=72)
    assert told["gdpr_authority"] is not None
    assert told["gdpr_authority"].astimezone(BERLIN).hour == 19


def test_hipaa_days_end_at_midnight_where_it_happened() -> None:
    aware = datetime(2026, 1, 10, 3, 0, tzinfo=UTC)
    told = due([Regime.HIPAA], Clock(aware, "America/New_York", 600))
    end = datetime(2026, 3, 11, 0, 0, tzinfo=ZoneInfo("America/New_York"))
    assert told["hipaa_customers"] == end.astimezone(UTC) - timedelta(microseconds=1)
    assert told["hipaa_secretary"] == told["hipaa_media"] == told["hipaa_customers"]


def test_of_exactly_500_the_secretary_is_told_and_the_media_are_not() -> None:
    told = due([Regime.HIPAA], Clock(datetime(2026, 5, 1, tzinfo=UTC), "UTC", 500))
    assert told["hipaa_secretary"] == told["hipaa_customers"]
    assert "hipaa_media" not in told


def test_below_500_the_secretary_is_told_after_the_year_and_the_media_never() -> None:
    aware = datetime(2026, 5, 1, tzinfo=UTC)
    told = due([Regime.HIPAA], Clock(aware, "UTC", 499))
    assert told["hipaa_secretary"] == datetime(2027, 3, 1, 23, 59, 59, 999999, tzinfo=UTC)
    assert "hipaa_media" not in told


def test_a_contract_without_hours_is_due_at_once() -> None:
    aware = datetime(2026, 5, 1, tzinfo=UTC)
    assert due([Regime.CONTRACT], Clock(aware, "UTC", 0))["contract_client"] == aware
    later = due([Regime.CONTRACT], Clock(aware, "UTC", 0, 24))
    assert later["contract_client"] == aware + timedelta(hours=24)


@given(MOMENTS, ZONES, st.sets(st.sampled_from(list(Regime)), min_size=1), st.integers(0, 2000))
def test_every_protocol_has_all_steps_once_and_nothing_due_before_awareness(
    aware: datetime, zone: str, regimes: set[Regime], customers: int
) -> None:
    tasks = protocol(regimes, Clock(aware, zone, customers, 12))
    keys = [one.key for one in tasks]
    assert len(keys) == len(set(keys))
    assert [one for one in keys if one in STEPS] == list(STEPS)
    assert all(one.due_at is None or one.due_at >= aware for one in tasks)


@given(MOMENTS, ZONES, st.integers(1, 400))
def test_days_end_in_the_last_microsecond_of_a_local_day(aware: datetime, zone: str, days: int) -> None:
    local = after_days(aware, days, zone).astimezone(ZoneInfo(zone))
    assert local.date() == aware.astimezone(ZoneInfo(zone)).date() + timedelta(days=days)
    assert (local.hour, local.minute, local.microsecond) == (23, 59, 999999)
