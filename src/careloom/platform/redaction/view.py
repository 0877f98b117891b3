"""A text as the recognisers see it: digits and separators of any script as ASCII, character by character."""

import re
from collections.abc import Generator
from typing import Final

from careloom.platform.redaction.types import Action, DataClass

_DIGIT_BLOCKS: Final = (0x0660, 0x06F0, 0x0966, 0x09E6, 0xFF10)
_SPACES: Final = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_DASHES: Final = "\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"
_INVISIBLE: Final = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_TABLE: Final = {
    **{block + digit: str(digit) for block in _DIGIT_BLOCKS for digit in range(10)},
    **dict.fromkeys(map(ord, _SPACES), " "),
    **dict.fromkeys(map(ord, _DASHES), "-"),
    **dict.fromkeys(map(ord, _INVISIBLE), "\u200b"),
    0x2019: "'",
    0xFF1A: ":",
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
}

_NAMES: Final = {
    DataClass.CARD: "card",
    DataClass.CARD_CODE: "card code",
    DataClass.BANK_ACCOUNT: "bank account",
    DataClass.NATIONAL_ID: "id number",
    DataClass.HEALTH_ID: "health id",
    DataClass.SECRET: "secret",
    DataClass.BIRTH_DATE: "date of birth",
}
_SHOWS_ITS_END: Final = frozenset({DataClass.CARD, DataClass.BANK_ACCOUNT})
_DOTS: Final = {Action.MASK: "\u2022\u2022\u2022\u2022", Action.REMOVE: "\u00d7\u00d7\u00d7\u00d7"}

MARK: Final = re.compile(r"\[[^\W\d_](?:[^\W\d_]|[ -]){0,39} (?:\u2022{4}|\u00d7{4})(?: [0-9A-Za-z]{4})?\]")
"""What stands where something was: dots where the original is kept, crosses where it is gone."""


def view_of(text: str) -> str:
    """`text` with every character in its place."""
    return text if text.isascii() else text.translate(_TABLE)


def mark(data_class: DataClass, action: Action, value: str, name: str = "") -> str:
    """What is put in the place of `value`; cards and accounts keep their last four characters."""
    kept = "".join(one for one in view_of(value) if one.isascii() and one.isalnum())
    end = f" {kept[-4:]}" if data_class in _SHOWS_ITS_END and len(kept) >= 12 else ""
    return f"[{name or _NAMES[data_class]} {_DOTS[action]}{end}]"


def between_marks(view: str) -> Generator[tuple[int, int]]:
    """The stretches of a text that hold no marks."""
    start = 0
    if "[" in view:
        for found in MARK.finditer(view):
            if found.start() > start:
                yield start, found.start()
            start = found.end()
    if start < len(view):
        yield start, len(view)
