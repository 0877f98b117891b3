"""Dates as people write them, in numbers and with names of months."""

import re
from collections.abc import Generator
from datetime import date
from typing import Final

_MONTHS: Final = (
    ("january jan januar janvier enero janeiro يناير", 1),
    ("february feb februar février fevrier febrero fevereiro فبراير", 2),
    ("march mar märz maerz mars marzo março marco مارس", 3),
    ("april apr avril abril أبريل ابريل إبريل", 4),
    ("may mai mayo maio مايو", 5),
    ("june jun juni juin junio junho يونيو", 6),
    ("july jul juli juillet julio julho يوليو", 7),
    ("august aug août aout agosto أغسطس اغسطس", 8),
    ("september sep sept septembre septiembre setembro سبتمبر", 9),
    ("october oct okt oktober octobre octubre outubro أكتوبر اكتوبر", 10),
    ("november nov novembre noviembre novembro نوفمبر", 11),
    ("december dec dez dezember décembre decembre diciembre dezembro ديسمبر", 12),
)
_NUMBER_OF: Final = {name: number for names, number in _MONTHS for name in names.split()}
_MONTH: Final = "(?P<month>" + "|".join(sorted(_NUMBER_OF, key=len, reverse=True)) + r")\.?"
_DAY: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?"
_YEAR: Final = r"(?P<year>(?:19|20)\d\d)"
_FORMS: Final = tuple(
    re.compile(rf"(?<!\d){form}(?!\d)", re.IGNORECASE)
    for form in (
        r"(?P<a>\d{1,2}) ?[./ -] ?(?P<b>\d{1,2}) ?[./ -] ?(?P<year>(?:19|20)?\d\d)",
        r"(?P<year>(?:19|20)\d\d) ?[./-] ?(?P<a>\d{1,2}) ?[./-] ?(?P<b>\d{1,2})",
        rf"{_DAY} ?(?:de |of |d')?{_MONTH},? ?(?:de |del |do )?{_YEAR}",
        rf"{_MONTH} {_DAY},? {_YEAR}",
    )
)


def dates_in(window: str) -> Generator[tuple[int, int]]:
    """Places of dates that exist, of the last 150 years."""
    for form in _FORMS:
        for found in form.finditer(window):
            if _exists(found.groupdict()):
                yield found.span()


def _exists(parts: dict[str, str]) -> bool:
    year = int(parts["year"])
    if len(parts["year"]) == 2:
        year += 1900
    if "month" in parts:
        return _is_day(year, _NUMBER_OF[parts["month"].lower()], int(parts["day"]))
    first, second = int(parts["a"]), int(parts["b"])
    return _is_day(year, first, second) or _is_day(year, second, first)


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        return date(year, month, day).year >= 1880
    except ValueError:
        return False
