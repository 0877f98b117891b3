"""Opening hours: time zones, changes of the clock, holidays."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from careloom.organizations.types import BrandVoice, ClientId, OpenHours, Program, ProgramId
from careloom.routing.core.hours import add_open_seconds, is_open, next_opening, open_seconds
from tests.effort import EFFORT

WEEKDAYS = tuple(OpenHours(weekday, 540, 1020) for weekday in range(5))
MINUTE = timedelta(minutes=1)


def program(zone: str, hours: tuple[OpenHours, ...] = WEEKDAYS, holidays: tuple[date, ...] = ()) -> Program:
    return Program(
        id=ProgramId(UUID(int=1)),
        client_id=ClientId(UUID(int=2)),
        name="Care",
        time_zone=zone,
        languages=("en",),
        channels=(),
        hours=hours,
        holidays=holidays,
        voice=BrandVoice(),
        provider_ids=(),
        reopen_days=7,
        undo_send_seconds=0,
    )


def local(zone: str, text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


BERLIN, NEW_YORK, CAIRO = "Europe/Berlin", "America/New_York", "Africa/Cairo"


def test_a_program_is_open_from_its_opening_up_to_its_closing() -> None:
    berlin = program(BERLIN)
    assert not is_open(berlin, local(BERLIN, "2025-03-03T08:59:59"))
    assert is_open(berlin, local(BERLIN, "2025-03-03T09:00"))
    assert is_open(berlin, local(BERLIN, "2025-03-03T16:59:59"))
    assert not is_open(berlin, local(BERLIN, "2025-03-03T17:00"))


def test_hours_are_read_in_the_programs_zone_wherever_the_asker_is() -> None:
    new_york = program(NEW_YORK)
    assert is_open(new_york, datetime(2025, 3, 3, 14, tzinfo=UTC))
    assert not is_open(new_york, datetime(2025, 3, 3, 13, 59, tzinfo=UTC))
    assert is_open(new_york, datetime(2025, 3, 10, 13, tzinfo=UTC))


def test_after_friday_comes_monday_unless_it_is_a_holiday() -> None:
    friday = local(BERLIN, "2025-04-18T18:00")
    assert next_opening(program(BERLIN), friday) == local(BERLIN, "2025-04-21T09:00")
    easter = program(BERLIN, holidays=(date(2025, 4, 21),))
    assert next_opening(easter, friday) == local(BERLIN, "2025-04-22T09:00")
    assert not is_open(easter, local(BERLIN, "2025-04-21T12:00"))


def test_an_open_program_opens_now() -> None:
    noon = local(BERLIN, "2025-03-03T12:00")
    assert next_opening(program(BERLIN), noon) == noon


def test_no_hours_are_around_the_clock_but_for_holidays() -> None:
    always = program(BERLIN, hours=(), holidays=(date(2025, 12, 25),))
    assert is_open(always, local(BERLIN, "2025-12-24T23:59:59"))
    assert not is_open(always, local(BERLIN, "2025-12-25T00:00"))
    assert next_opening(always, local(BERLIN, "2025-12-25T10:00")) == local(BERLIN, "2025-12-26T00:00")


def test_a_night_shift_over_midnight_has_no_gap() -> None:
    night = program(BERLIN, hours=(OpenHours(0, 1320, 1440), OpenHours(1, 0, 360)))
    assert is_open(night, local(BERLIN, "2025-03-03T23:59:59.999999"))
    assert is_open(night, local(BERLIN, "2025-03-04T00:00"))
    assert not is_open(night, local(BERLIN, "2025-03-04T06:00"))


def test_when_summer_time_begins_a_skipped_opening_is_the_instant_of_the_skip() -> None:
    early = program(BERLIN, hours=(OpenHours(6, 150, 600),))
    skip = datetime(2025, 3, 30, 1, tzinfo=UTC)
    assert not is_open(early, skip - MINUTE)
    assert is_open(early, skip)
    assert next_opening(early, skip - timedelta(hours=5)) == skip


def test_when_summer_time_ends_hours_span_both_rounds_of_the_clock() -> None:
    early = program(BERLIN, hours=(OpenHours(6, 120, 150),))
    assert is_open(early, local(BERLIN, "2025-10-26T02:00", fold=0))
    assert is_open(early, local(BERLIN, "2025-10-26T02:15", fold=1))
    assert not is_open(early, local(BERLIN, "2025-10-26T02:30", fold=1))
    assert next_opening(early, local(BERLIN, "2025-10-25T12:00")) == datetime(2025, 10, 26, 0, tzinfo=UTC)


def test_the_opening_keeps_its_wall_clock_time_across_a_change_of_the_clock() -> None:
    sunday = program(BERLIN, hours=(OpenHours(6, 540, 1020),))
    opening = next_opening(sunday, local(BERLIN, "2025-03-29T12:00"))
    assert opening == datetime(2025, 3, 30, 7, tzinfo=UTC)


def test_a_day_without_a_midnight_and_a_day_with_an_hour_twice_have_no_gap() -> None:
    cairo = program(CAIRO, hours=())
    spring, autumn = datetime(2025, 4, 24, 22, tzinfo=UTC), datetime(2025, 10, 30, 21, tzinfo=UTC)
    for change in (spring, autumn):
        assert (change - MINUTE).astimezone(ZoneInfo(CAIRO)).utcoffset() != change.astimezone(
            ZoneInfo(CAIRO)
        ).utcoffset()
        for minutes in range(-120, 121, 10):
            assert is_open(cairo, change + minutes * MINUTE)


def test_a_day_does_not_reach_into_the_holiday_after_it_when_midnight_comes_twice() -> None:
    havana = program("America/Havana", hours=(), holidays=(date(2025, 11, 2),))
    assert is_open(havana, local("America/Havana", "2025-11-01T23:59:59"))
    assert not is_open(havana, local("America/Havana", "2025-11-02T00:30", fold=0))


def test_an_evening_that_comes_again_after_midnight_belongs_to_the_day_that_has_begun() -> None:
    zone = "America/St_Johns"
    change = datetime(2010, 11, 7, 2, 31, tzinfo=UTC)
    assert change.astimezone(ZoneInfo(zone)).isoformat() == "2010-11-06T23:01:00-03:30"
    assert is_open(program(zone, hours=()), change + 30 * MINUTE)
    assert not is_open(program(zone, hours=(), holidays=(date(2010, 11, 7),)), change + 30 * MINUTE)


def test_a_program_that_never_opens_says_so() -> None:
    never = program(BERLIN, hours=(OpenHours(0, 600, 600),))
    at = datetime(2025, 3, 3, tzinfo=UTC)
    assert next_opening(never, at) is None
    assert add_open_seconds(never, at, 1) is None
    assert open_seconds(never, at, at + timedelta(days=30)) == 0


def test_a_program_that_is_hardly_open_does_not_promise_beyond_three_years() -> None:
    rare = program(BERLIN, hours=(OpenHours(0, 600, 601),))
    at = datetime(2025, 3, 3, tzinfo=UTC)
    assert add_open_seconds(rare, at, 100 * 60) == local(BERLIN, "2027-01-25T10:01")
    assert add_open_seconds(rare, at, 30 * 86_400) is None


def test_an_hour_of_friday_evening_ends_on_monday_or_after_the_holiday() -> None:
    friday = local(BERLIN, "2025-04-18T16:30")
    assert add_open_seconds(program(BERLIN), friday, 3600) == local(BERLIN, "2025-04-21T09:30")
    easter = program(BERLIN, holidays=(date(2025, 4, 21),))
    assert add_open_seconds(easter, friday, 3600) == local(BERLIN, "2025-04-22T09:30")
    assert add_open_seconds(easter, friday, 1800) == local(BERLIN, "2025-04-18T17:00")
    assert open_seconds(easter, friday, local(BERLIN, "2025-04-22T10:00")) == 1800 + 3600


def test_around_the_clock_seconds_are_seconds() -> None:
    always, at = program(BERLIN, hours=()), local(BERLIN, "2025-03-29T12:00")
    assert add_open_seconds(always, at, 86_400) == at.astimezone(UTC) + timedelta(days=1)
    assert open_seconds(always, at, at - MINUTE) == 0


def test_the_night_of_a_change_of_the_clock_counts_the_hours_that_pass() -> None:
    nights = program(BERLIN, hours=tuple(OpenHours(weekday, 0, 360) for weekday in range(7)))
    spring, autumn = local(BERLIN, "2025-03-30T00:00"), local(BERLIN, "2025-10-26T00:00")
    assert open_seconds(nights, spring, local(BERLIN, "2025-03-30T12:00")) == 5 * 3600
    assert open_seconds(nights, autumn, local(BERLIN, "2025-10-26T12:00")) == 7 * 3600
    assert add_open_seconds(nights, autumn, 7 * 3600) == local(BERLIN, "2025-10-26T06:00")


zones = st.sampled_from([BERLIN, NEW_YORK, CAIRO, "Asia/Kolkata", "Pacific/Auckland", "Australia/Lord_Howe"])
weeks = st.lists(
    st.builds(OpenHours, st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440)),
    min_size=1,
    max_size=6,
).map(tuple)
instants = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(zones, weeks, st.sets(st.dates(date(2025, 1, 1), date(2026, 12, 31)), max_size=4), instants)
def test_the_next_opening_is_open_and_nothing_opens_before_it(
    zone: str, hours: tuple[OpenHours, ...], holidays: set[date], at: datetime
) -> None:
    some = program(zone, hours, tuple(holidays))
    opening = next_opening(some, at)
    if opening is None:
        assert all(span.opens >= span.closes for span in hours)
        return
    assert opening >= at
    assert is_open(some, opening)
    if opening > at:
        assert not is_open(some, at)
        assert not is_open(some, opening - timedelta(microseconds=1))
        assert not is_open(some, at + (opening - at) / 2)


holidays = st.sets(st.dates(date(2025, 1, 1), date(2026, 12, 31)), max_size=4).map(tuple)


@given(zones, weeks, holidays, instants, st.integers(1, 10 * 86_400))
def test_what_is_added_in_opening_time_is_what_passes_in_it(
    zone: str, hours: tuple[OpenHours, ...], closed: tuple[date, ...], since: datetime, seconds: int
) -> None:
    some = program(zone, hours, closed)
    due = add_open_seconds(some, since, seconds)
    if due is None:
        assert open_seconds(some, since, since + timedelta(days=1000)) < seconds
        return
    assert due - since >= timedelta(seconds=seconds)
    assert open_seconds(some, since, due) == pytest.approx(seconds)
    assert open_seconds(some, since, due - timedelta(milliseconds=10)) == pytest.approx(seconds - 0.01)


@given(zones, weeks, holidays, instants, st.integers(0, 10_000), st.integers(0, 10_000))
def test_opening_time_adds_up_and_is_never_more_than_the_clocks(
    zone: str, hours: tuple[OpenHours, ...], closed: tuple[date, ...], since: datetime, one: int, other: int
) -> None:
    some = program(zone, hours, closed)
    middle, until = since + one * MINUTE, since + (one + other) * MINUTE
    first, second = open_seconds(some, since, middle), open_seconds(some, middle, until)
    assert open_seconds(some, since, until) == pytest.approx(first + second)
    assert 0 <= first <= one * 60


@settings(max_examples=25 * EFFORT)
@given(zones, weeks, holidays, instants)
def test_opening_time_is_the_minutes_at_which_it_is_open(
    zone: str, hours: tuple[OpenHours, ...], closed: tuple[date, ...], at: datetime
) -> None:
    some, began = program(zone, hours, closed), at.replace(second=0, microsecond=0)
    minutes = sum(is_open(some, began + minute * MINUTE) for minute in range(1500))
    assert open_seconds(some, began, began + 1500 * MINUTE) == minutes * 60


@given(zones, weeks, instants)
def test_away_from_a_change_of_the_clock_the_wall_clock_says_it_all(
    zone: str, hours: tuple[OpenHours, ...], at: datetime
) -> None:
    here = ZoneInfo(zone)
    wall = at.astimezone(here)
    around = {(at + timedelta(hours=step)).astimezone(here).utcoffset() for step in range(-26, 27)}
    if len(around) > 1:
        return
    minute = wall.hour * 60 + wall.minute
    expected = any(span.weekday == wall.weekday() and span.opens <= minute < span.closes for span in hours)
    assert is_open(program(zone, hours), at) is expected


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK])
def test_a_holiday_is_a_day_of_the_programs_zone(zone: str) -> None:
    closed = replace(program(zone, hours=()), holidays=(date(2025, 7, 4),))
    assert is_open(closed, local(zone, "2025-07-03T23:59"))
    assert not is_open(closed, local(zone, "2025-07-04T23:59"))
    assert is_open(closed, local(zone, "2025-07-05T00:00"))
