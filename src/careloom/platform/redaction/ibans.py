"""International account numbers: where one ends, by its country's length and its check digits."""

import re
from collections.abc import Generator
from typing import Final

from careloom.platform.redaction.checks import CHECKS

_LENGTHS: Final = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 24, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18,
    "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24,
    "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24,
    "XK": 20,
}  # fmt: skip
_PART: Final = re.compile(r"(?:[ \-.\u200b]{0,2}|[ \t]{0,3}\r?\n[>| \t]{0,6})([0-9A-Za-z])")
_HEAD: Final = re.compile(r"(?<![0-9A-Za-z.,+/])[A-Za-z]{2}\d\d")
_GROUP: Final = re.compile(r"[ \-.]?([0-9A-Za-z]{1,34})(?![0-9A-Za-z])")
_BANK: Final = re.compile(r"[A-Za-z]{4}")
_SHORTEST: Final = 12
_LONGEST: Final = 34


def iban_end(text: str, start: int) -> int | None:
    """Where the account number at `start` ends; None where country, length or check digits say that there is none."""
    length = _LENGTHS.get(text[start : start + 2].upper())
    if length is None:
        return None
    value, at = text[start : start + 2].upper(), start + 2
    for _ in range(length - 2):
        part = _PART.match(text, at)
        if part is None:
            return None
        value += part.group(1)
        at = part.end()
    if at < len(text) and text[at].isascii() and text[at].isalnum():
        return None
    return at if CHECKS["iban"](value) else None


def ibans_in(window: str) -> Generator[tuple[int, int]]:
    """Places of account numbers where words have promised one: also of one with a slip in it."""
    for head in _HEAD.finditer(window):
        end = iban_end(window, head.start()) or _mistyped_end(window, head.start())
        if end is not None:
            yield head.start(), end


def _mistyped_end(text: str, start: int) -> int | None:
    """What hangs together with the two letters, then groups that hold digits, up to the country's length.

    Only a bank's four letters right behind the check digits are taken for a part without digits: any other word is
    the next of the sentence.
    """
    most = _LENGTHS.get(text[start : start + 2].upper(), _LONGEST)
    size, at = 0, start
    while (group := _GROUP.match(text, at)) is not None:
        part = group.group(1)
        belongs = any(one.isdigit() for one in part) or (size == 4 and _BANK.fullmatch(part) is not None)
        if size and (not belongs or size + len(part) > most):
            break
        size, at = size + len(part), group.end()
    return at if size >= _SHORTEST else None
