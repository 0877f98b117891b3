"""Hours: whether a program is open at an instant, and when it opens next."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from careloom.organizations.types import OpenHours, Program

_DAY_MINUTES: Final = 1440
_DAY: Final = timedelta(days=1)
_AROUND_THE_CLOCK: Final = tuple(OpenHours(weekday, 0, _DAY_MINUTES) for weekday in range(7))


def is_open(program: Program, at: datetime) -> bool:
    """Whether the program is open at the aware instant `at`; the moment of closing is closed."""
    today = _local_date(program, at)
    # A clock put back over midnight shows the evening again when the next day has already begun.
    near = (today, today + _DAY)
    return any(opens <= at < closes for day in near for opens, closes in _openings(program, day))


def next_opening(program: Program, at: datetime) -> datetime | None:
    """The first instant from `at` on, in UTC, at which the program is open: `at` itself when it is open.

    None for a program that never opens again.
    """
    if is_open(program, at):
        return at.astimezone(UTC)
    day = _local_date(program, at)
    last = max([day, *program.holidays]) + timedelta(days=8)
    while day <= last:
        starts = [opens for opens, _ in _openings(program, day) if opens >= at]
        if starts:
            return min(starts)
        day += _DAY
    return None


def _local_date(program: Program, at: datetime) -> date:
    return at.astimezone(ZoneInfo(program.time_zone)).date()


def _openings(program: Program, day: date) -> Iterator[tuple[datetime, datetime]]:
    """Openings that begin on a local day, as instants."""
    if day in program.holidays:
        return
    zone = ZoneInfo(program.time_zone)
    for hours in program.hours or _AROUND_THE_CLOCK:
        if hours.weekday == day.weekday() and hours.opens < hours.closes:
            opens = _instant(day, hours.opens, zone, last=False)
            closes = _instant(day, hours.closes, zone, last=hours.closes < _DAY_MINUTES)
            if opens < closes:
                yield opens, closes


def _instant(day: date, minutes: int, zone: ZoneInfo, *, last: bool) -> datetime:
    """The instant at which a local clock shows `minutes` from midnight of `day`.

    A time that the clock shows twice (summer time ends) is the first or, with `last`, the last of the two, so
    that nobody opens late or closes early; one that it skips (summer time begins) is the instant of the skip.
    """
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001
    early = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    late = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if early <= late:
        return late if last else early
    return _skip(late, early, zone)


def _skip(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant between `before` and `after` at which the zone's clock jumps, to the second."""
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after
