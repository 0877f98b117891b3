"""What a number or secret looks like once words have named it."""

import re
from collections.abc import Callable, Generator
from typing import Final

from careloom.platform.redaction.dates import dates_in
from careloom.platform.redaction.ibans import ibans_in

Shape = Callable[[str], Generator[tuple[int, int]]]
_GROUP: Final = re.compile(r"[0-9A-Za-z]+")
_BETWEEN: Final = frozenset({" ", "-", ".", "/", "\u200b", ""})
_MOST: Final = 24


def _form(pattern: str) -> Shape:
    compiled = re.compile(rf"(?<![0-9A-Za-z.,+/])(?:{pattern})(?![0-9A-Za-z]|[.,:/%-]\d| ?[%€$£])")

    def shape(window: str) -> Generator[tuple[int, int]]:
        for found in compiled.finditer(window):
            yield found.span()

    return shape


def _glued(pattern: str) -> Shape:
    """A form that may follow its label without a space, or behind a single point or stroke."""
    compiled = re.compile(rf"(?:(?<![\d.,+/])|(?<=\A[./]))(?:{pattern})(?![0-9A-Za-z]|[.,:/%-]\d| ?[%€$£])")

    def shape(window: str) -> Generator[tuple[int, int]]:
        for found in compiled.finditer(window):
            yield found.span()

    return shape


def _id(window: str) -> Generator[tuple[int, int]]:
    """Groups of letters and digits that belong together: five digits or more, at most 24 characters."""
    groups = [one.span() for one in _GROUP.finditer(window)]
    for first, (start, end) in enumerate(groups):
        if not _begins(window, groups, first):
            continue
        last = end
        for next_start, next_end in groups[first + 1 :]:
            if window[last:next_start] not in _BETWEEN or not _goes_on(window, next_start, next_end):
                break
            if next_end - start > _MOST + 8:
                break
            last = next_end
        if sum(one.isdigit() for one in window[start:last]) >= 5 and last - start <= _MOST + 8:
            yield start, last
            return


def _begins(window: str, groups: list[tuple[int, int]], index: int) -> bool:
    start, end = groups[index]
    group = window[start:end]
    if any(one.isdigit() for one in group):
        return True
    if not (len(group) <= 3 and group.isupper()) or index + 1 == len(groups):
        return False
    next_start, next_end = groups[index + 1]
    return window[end:next_start] in _BETWEEN and window[next_start:next_end].isdigit()


def _goes_on(window: str, start: int, end: int) -> bool:
    group = window[start:end]
    return any(one.isdigit() for one in group) or (len(group) <= 2 and group.isupper())


def _account(window: str) -> Generator[tuple[int, int]]:
    for start, end in _form(r"\d(?:[ ./-]?\d){5,21}")(window):
        if not any(True for _ in dates_in(window[start:end])) or end - start > 10:
            yield start, end


SHAPES: Final[dict[str, Shape]] = {
    "code": _glued(r"\d{3,4}"),
    "pin": _glued(r"\d{4}|\d{6}"),
    "one_time": _glued(r"\d{4,8}|\d{3}[ -]\d{3}|\d{2}[ -]\d{2}[ -]\d{2}|[A-Z]-\d{6}"),
    "account": _account,
    "nine": _form(r"\d{9}|\d{3} \d{3} \d{3}|\d{4}[ -]\d{4}[ -]\d"),
    "eight": _form(r"\d{8}|\d{3} \d{3} \d{2}"),
    "sort_code": _form(r"\d{2}[ -]?\d{2}[ -]?\d{2}"),
    "bsb": _form(r"\d{3}[ -]?\d{3}"),
    "ssn": _form(r"\d{3}[ .-]?\d{2}[ .-]?\d{4}"),
    "iban": ibans_in,
    "id": _id,
    "date": dates_in,
}
"""By name; each gives the places of what fits in a window of text, likeliest first."""
