"""Hours: whether a program is open at an instant, when it opens next, and time counted only while it is open."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from careloom.organizations.types import OpenHours

_DAY_MINUTES: Final = 1440
_DAY: Final = timedelta(days=1)
_WHOLE_DAY: Final = ((0, _DAY_MINUTES),)
_FARTHEST: Final = timedelta(days=3 * 366)
_DAYS_KEPT: Final = 20_000

Span = tuple[datetime, datetime]
"""From opening up to closing, in UTC."""


class Times(Protocol):
    """What says when a program is open: a Program does, and so does its Opening."""

    @property
    def time_zone(self) -> str:
        """An IANA time zone."""
        ...

    @property
    def hours(self) -> tuple[OpenHours, ...]:
        """The openings of a week; none means around the clock."""
        ...

    @property
    def holidays(self) -> tuple[date, ...]:
        """Local days without an opening."""
        ...


def is_open(times: Times, at: datetime) -> bool:
    """Whether the program is open at the aware instant `at`; the moment of closing is closed."""
    today = _local_date(times, at)
    # A clock put back over midnight shows the evening again when the next day has already begun.
    near = (today - _DAY, today, today + _DAY)
    return any(opens <= at < closes for day in near for opens, closes in _openings(times, day))


def next_opening(times: Times, at: datetime) -> datetime | None:
    """The first instant from `at` on, in UTC, at which the program is open: `at` itself when it is open.

    None for a program that does not open again within three years.
    """
    at = at.astimezone(UTC)
    return next((max(opens, at) for opens, _ in _spans(times, at, _local_date(times, at) + _FARTHEST)), None)


def open_seconds(times: Times, since: datetime, until: datetime) -> float:
    """How many seconds from `since` to `until` the program was open; 0 where `until` is not later."""
    if not times.hours and not times.holidays:
        return max(0.0, (until - since).total_seconds())
    spans = _spans(times, since, _local_date(times, until) + _DAY)
    return sum((min(closes, until) - opens).total_seconds() for opens, closes in spans if opens < until)


def add_open_seconds(times: Times, since: datetime, seconds: float) -> datetime | None:
    """The first instant, in UTC, by which the program has been open for `seconds` (above 0) since `since`.

    None for a program that is not open for so long within three years.
    """
    left = timedelta(seconds=seconds)
    if not times.hours and not times.holidays:
        return since.astimezone(UTC) + left
    for opens, closes in _spans(times, since, _local_date(times, since) + _FARTHEST):
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    return None


def _local_date(times: Times, at: datetime) -> date:
    return at.astimezone(ZoneInfo(times.time_zone)).date()


def _spans(times: Times, since: datetime, last: date) -> Iterator[Span]:
    """What is open from `since` to the end of the local day `last`, in order and without overlap."""
    reached = since.astimezone(UTC)
    day = _local_date(times, since) - _DAY
    while day <= last:
        for opens, closes in sorted(_openings(times, day)):
            if reached < closes:
                yield max(opens, reached), closes
                reached = closes
        day += _DAY


def _openings(times: Times, day: date) -> tuple[Span, ...]:
    """Openings that begin on a local day, as instants."""
    if day in times.holidays:
        return ()
    weekday = day.weekday()
    minutes = tuple((one.opens, one.closes) for one in times.hours if one.weekday == weekday)
    return _instants(times.time_zone, day, minutes if times.hours else _WHOLE_DAY)


@lru_cache(maxsize=_DAYS_KEPT)
def _instants(time_zone: str, day: date, minutes: tuple[tuple[int, int], ...]) -> tuple[Span, ...]:
    """Spans of minutes from midnight of a local day, as instants; without those that the clock leaves empty."""
    zone = ZoneInfo(time_zone)
    spans = (
        (_instant(day, opens, zone, last=False), _instant(day, closes, zone, last=closes < _DAY_MINUTES))
        for opens, closes in minutes
        if opens < closes
    )
    return tuple(span for span in spans if span[0] < span[1])


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
