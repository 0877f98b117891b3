"""Payment cards: brand, length and check digit, however the digits are grouped, also over line ends."""

import re
from collections.abc import Generator
from typing import Final, NamedTuple

from careloom.platform.redaction.types import DataClass, Evidence, Finding
from careloom.platform.redaction.words import CARD_WORDS, is_reference, named_before

_GAP: Final = r"(?:[ \t\-./\u200b]{1,3}|[ \t]{0,3}\r?\n[>| \t]{0,6})"
RUN: Final = re.compile(rf"(?<![A-Za-z0-9_])\d+(?:{_GAP}\d+)*(?![A-Za-z0-9_])")
"""Digits with nothing but separators between them."""

_DIGITS: Final = re.compile(r"\d+")
_LONGEST: Final = 19
_WRITTEN: Final = frozenset(
    {
        (4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 1), (4, 4, 4, 4, 3), (4, 4, 4, 4, 2), (4, 4, 4, 4, 1), (8, 8),
        (4, 12), (12, 4), (4, 8, 4), (6, 10), (4, 4, 8), (8, 4, 4), (4, 5, 6), (4, 4, 5), (4, 4, 7), (6, 13),
    }
)  # fmt: skip
_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


class _Brand(NamedTuple):
    name: str
    low: int
    high: int
    lengths: tuple[int, ...]


_BRANDS: Final = (
    _Brand("visa", 400000, 499999, (13, 16, 19)),
    _Brand("mastercard", 510000, 559999, (16,)),
    _Brand("mastercard", 222100, 272099, (16,)),
    _Brand("amex", 340000, 349999, (15,)),
    _Brand("amex", 370000, 379999, (15,)),
    _Brand("discover", 601100, 601199, (16, 17, 18, 19)),
    _Brand("discover", 644000, 659999, (16, 17, 18, 19)),
    _Brand("hipercard", 606282, 606282, (16,)),
    _Brand("jcb", 352800, 358999, (16, 17, 18, 19)),
    _Brand("diners", 300000, 305999, (14, 16)),
    _Brand("diners", 360000, 369999, (14,)),
    _Brand("diners", 380000, 399999, (14, 16)),
    _Brand("unionpay", 620000, 629999, (16, 17, 18, 19)),
    _Brand("unionpay", 810000, 817199, (16, 17, 18, 19)),
    _Brand("mir", 220000, 220499, (16, 17, 18, 19)),
    _Brand("rupay", 508500, 508999, (16,)),
    _Brand("rupay", 606985, 608499, (16,)),
    _Brand("elo", 636200, 636399, (16,)),
    _Brand("maestro", 500000, 509999, (13, 16, 18, 19)),
    _Brand("maestro", 560000, 589999, (13, 16, 18, 19)),
    _Brand("maestro", 630400, 630499, (16, 18, 19)),
    _Brand("maestro", 675900, 676399, (13, 16, 18, 19)),
    _Brand("troy", 979200, 979299, (16,)),
)
_EXPIRY_AND_CODE: Final = re.compile(
    r"[\s,;:|/().-]{1,6}"
    r"(?:(?:fecha de |date d[e'’] ?|data de )?(?:exp|valid|g[uü]ltig|vence|val|venc|caduc|abl|fin|تنته|صلاحي|تاريخ)"
    r"[^\W\d]{0,12}[^\S\n]?[^\W\d]{0,10}[\s:.]{0,3})?"
    r"(?:0[1-9]|1[0-2])(?: {0,2}[/.|-] {0,2}| {1,2}|)(?:20)?\d\d[\s,;|/().-]{1,6}"
    r"(?:(?:(?:and|with|und|mit|y|con|e|com|et|avec|و)\s)?(?:(?:the|my|der|el|o|le)\s)?"
    r"(?:code|código|codigo|الرمز|رمز|الكود)[\s:]{1,3})?(\d{3,4})(?![\d/.:,%-]?\d)",
    re.IGNORECASE,
)


def find_cards(piece: str) -> Generator[Finding]:
    """Card numbers, and a code that stands behind number and expiry date."""
    for run in RUN.finditer(piece):
        if run.end() - run.start() < 13:
            continue
        groups = [one.span() for one in _DIGITS.finditer(piece, *run.span())]
        yield from _in_groups(piece, groups)


def _in_groups(piece: str, groups: list[tuple[int, int]]) -> Generator[Finding]:
    first = 0
    while first < len(groups):
        found = _starting_at(piece, groups, first)
        if found is None:
            first += 1
            continue
        last, finding = found
        yield finding
        code = _EXPIRY_AND_CODE.match(piece, finding.end, finding.end + 60)
        if code is not None:
            yield Finding(*code.span(1), DataClass.CARD_CODE, "card_code", (Evidence.FORM,))
        first = last + 1


def _starting_at(piece: str, groups: list[tuple[int, int]], first: int) -> tuple[int, Finding] | None:
    start = groups[first][0]
    digits = ""
    best: tuple[int, Finding] | None = None
    brands: list[_Brand] | None = None
    for last in range(first, min(first + _LONGEST, len(groups))):
        digits += piece[groups[last][0] : groups[last][1]][: _LONGEST + 1]
        if len(digits) > _LONGEST:
            break
        if brands is None and len(digits) >= 6:
            prefix = int(digits[:6])
            brands = [one for one in _BRANDS if one.low <= prefix <= one.high]
        if brands is not None and not brands:
            break
        brand = next((one.name for one in brands or () if len(digits) in one.lengths), None)
        if brand is not None and passes_luhn(digits):
            finding = _judged(piece, start, groups[last][1], brand, groups[first : last + 1])
            best = best if finding is None else (last, finding)
    return best


def _judged(piece: str, start: int, end: int, brand: str, groups: list[tuple[int, int]]) -> Finding | None:
    label = named_before(CARD_WORDS, piece, start)
    if not label and (not _plausibly_written(groups) or is_reference(piece, start)):
        return None
    evidence = (Evidence.CHECKSUM, Evidence.FORM, Evidence.LABEL) if label else (Evidence.CHECKSUM, Evidence.FORM)
    return Finding(start, end, DataClass.CARD, brand, evidence, label)


def _plausibly_written(groups: list[tuple[int, int]]) -> bool:
    sizes = tuple(end - start for start, end in groups)
    return len(sizes) == 1 or sizes in _WRITTEN or max(sizes) == 1


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others."""
    odd = sum(map(int, digits[-1::-2]))
    return (odd + sum(_DOUBLED[int(one)] for one in digits[-2::-2])) % 10 == 0
