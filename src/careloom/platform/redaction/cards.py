"""Payment cards: brand, length and check digit, however the digits are grouped, also over line ends."""

import re
from collections.abc import Generator
from typing import Final, NamedTuple

from msgspec.structs import replace

from careloom.platform.redaction.types import DataClass, Evidence, Finding
from careloom.platform.redaction.words import CARD_WORDS, is_reference, named_before

_LINE_END: Final = r"[ \t]{0,3}\r?\n[>| \t]{0,6}"
_RUN: Final = re.compile(rf"\d+(?:(?:(?:[^\w\n]|_){{1,5}}|{_LINE_END})\d+)*")
"""Digits with nothing but signs between them."""

_PLAIN_GAP: Final = re.compile(rf"[ \t\-./\u200b]{{1,5}}|{_LINE_END}")
"""What stands between the parts of one number. Other signs stand between the members of a list just as well."""

_LISTS: Final = re.compile(r"[,;+&،؛]")
_DIGITS: Final = re.compile(r"\d+")
_SHORTEST: Final = 13
_LONGEST: Final = 19
_WRITTEN: Final = frozenset(
    {
        (4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 1), (4, 4, 4, 4, 3), (4, 4, 4, 4, 2), (4, 4, 4, 4, 1), (8, 8),
        (4, 12), (12, 4), (4, 8, 4), (6, 10), (4, 4, 8), (8, 4, 4), (4, 5, 6), (4, 4, 5), (4, 4, 7), (6, 13),
    }
)  # fmt: skip
_IN_PARTS: Final = frozenset({(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3)})
_WORD_BEFORE: Final = re.compile(r"[^\W\d]{1,40}$")
_LINKS: Final = frozenset(["is", "no", "nr", "num", "number", "nummer", "numero", "número", "ist", "es", "est", "é"])
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
    r"[\s,;:|/()._-]{0,6}"
    r"(?:(?:fecha de |date d[e'’] ?|data de )?(?:exp|valid|g[uü]ltig|vence|val|venc|caduc|abl|fin|تنته|صلاحي|تاريخ)"
    r"[^\W\d]{0,12}[^\S\n]?[^\W\d]{0,10}[\s:.]{0,3})?"
    r"(?:0[1-9]|1[0-2])(?: {0,2}[/.|_-] {0,2}| {1,2}|)(?:20)?\d\d(?:[\s,;|/()._-]{1,6}"
    r"(?:(?:and|with|und|mit|y|con|e|com|et|avec|و)\s)?(?:(?:the|my|der|el|o|le)\s)?"
    r"(?:(?:code|código|codigo|الرمز|رمز|الكود)[\s:]{1,3})?|[\s,;|/()._-]{0,6}(?:cvv2?|cvc2?|cv2|csc)[\s:=]{0,3})(\d{3,4})(?![\d/.:,%-]?\d)",
    re.IGNORECASE,
)
_PAID_WITH: Final = re.compile(
    r"\D{0,30}?(?:"
    r"(?:cvv2?|cvc2?|cv2|cvn|csc|security code|pr(?:ü|ue)f(?:ziffer|nummer)|c[óo]digo de (?:seguridad|seguran[çc]a)|"
    r"cryptogramme|code de s[ée]curit[ée]|رمز الأمان|رمز الامان|رمز التحقق)\D{0,15}\d{3,4}(?!\d)|"
    r"(?:exp|valid|g[uü]ltig|v[eé]nc|v[aá]lid|caduc|abl[aä]uf|تنته|صلاحي|الانتهاء)\D{0,30}"
    r"(?:0?[1-9]|1[0-2]) ?[/.-] ?(?:20)?\d\d(?!\d|[/.-]\d))",
    re.IGNORECASE,
)
"""A code or a date of expiry behind a number: no order has one."""

_LOOK_AHEAD: Final = 90


def find_cards(piece: str) -> Generator[Finding]:
    """Card numbers, and a code that stands behind number and expiry date."""
    for run in _RUN.finditer(piece):
        if run.end() - run.start() < _SHORTEST:
            continue
        groups = [one.span() for one in _DIGITS.finditer(piece, *run.span())]
        if sum(end - start for start, end in groups) >= _SHORTEST:
            yield from _in_groups(piece, groups)


def _in_groups(piece: str, groups: list[tuple[int, int]]) -> Generator[Finding]:
    """What may be a card at one place and at another that overlaps it is one finding: either may be the card."""
    found: Finding | None = None
    for first, (start, _) in enumerate(groups):
        if found is not None and start >= found.end:
            yield from _with_code(piece, found)
            found = None
        one = _starting_at(piece, groups, first, within=found is not None)
        if found is None:
            found = one
        elif one is not None and one.end > found.end:
            found = replace(found, end=one.end)
    if found is not None:
        yield from _with_code(piece, found)


def _with_code(piece: str, card: Finding) -> Generator[Finding]:
    yield card
    code = _EXPIRY_AND_CODE.match(piece, card.end, card.end + 60)
    if code is not None:
        yield Finding(*code.span(1), DataClass.CARD_CODE, "card_code", (Evidence.FORM,))


def _starting_at(piece: str, groups: list[tuple[int, int]], first: int, *, within: bool) -> Finding | None:
    """The longest card that begins with the group `first`; `within`: inside of what is taken for a card already."""
    digits = ""
    best: Finding | None = None
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
            best = _judged(piece, brand, groups, first, last, within=within) or best
    return best


def _judged(
    piece: str, brand: str, groups: list[tuple[int, int]], first: int, last: int, *, within: bool
) -> Finding | None:
    start, end = groups[first][0], groups[last][1]
    label = named_before(CARD_WORDS, piece, start)
    told = label or _paid_with(piece, end)
    sizes = tuple(stop - begin for begin, stop in groups[first : last + 1])
    gaps = [_gap(piece, groups, index) for index in range(first, last)]
    if all(_PLAIN_GAP.fullmatch(one) for one in gaps):
        written = _plausibly_written(sizes) or (bool(label) and not within)
    elif told:
        written = sizes in _IN_PARTS or max(sizes) == 1
    else:
        around = (_gap(piece, groups, first - 1), _gap(piece, groups, last))
        written = sizes in _IN_PARTS and len(set(gaps)) == 1 and not _LISTS.search(gaps[0]) and gaps[0] not in around
    if not written or not _stands_free(piece, start, end, label, told) or (not told and is_reference(piece, start)):
        return None
    evidence = (Evidence.CHECKSUM, Evidence.FORM, Evidence.LABEL) if label else (Evidence.CHECKSUM, Evidence.FORM)
    return Finding(start, end, DataClass.CARD, brand, evidence, label)


def _gap(piece: str, groups: list[tuple[int, int]], index: int) -> str:
    """What stands behind the group `index` and before the next; empty at the ends."""
    return piece[groups[index][1] : groups[index + 1][0]] if 0 <= index < len(groups) - 1 else ""


def _paid_with(piece: str, end: int) -> str:
    found = _PAID_WITH.match(piece, end, end + _LOOK_AHEAD)
    return "" if found is None else found.group()


def _stands_free(piece: str, start: int, end: int, label: str, told: str) -> bool:
    """Whether a number is no part of a longer word; a word for a card may be glued to its front."""
    if _is_glued(piece[end : end + 2]) and not told:
        return False
    if not _is_glued(piece[max(0, start - 2) : start][::-1]):
        return True
    word = _WORD_BEFORE.search(piece, max(0, start - 40), start)
    return word is not None and (
        CARD_WORDS.search(word.group()) is not None or (bool(label) and word.group().strip("_").lower() in _LINKS)
    )


def _is_glued(beside: str) -> bool:
    near = beside[1:] if beside[:1] == "_" else beside[:1]
    return near.isascii() and near.isalpha()


def _plausibly_written(sizes: tuple[int, ...]) -> bool:
    return len(sizes) == 1 or sizes in _WRITTEN or max(sizes) == 1


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others."""
    odd = sum(map(int, digits[-1::-2]))
    return (odd + sum(_DOUBLED[int(one)] for one in digits[-2::-2])) % 10 == 0
