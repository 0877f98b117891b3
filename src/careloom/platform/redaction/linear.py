"""RE2: regular expressions that take time linear in the text, whatever the pattern."""

from collections.abc import Generator
from functools import lru_cache
from typing import Any

import re2

_engine: Any = re2
MAX_MEMORY = 8 << 20
"""Bytes that one compiled expression may take; a greedier one is refused."""


class BadPatternError(ValueError):
    """The pattern is no RE2 expression, or takes too much memory."""


class LinearPattern:
    """A compiled expression over text."""

    def __init__(self, pattern: str, *, any_case: bool = False) -> None:
        options = _engine.Options()
        options.log_errors = False
        options.never_capture = True
        options.case_sensitive = not any_case
        options.max_mem = MAX_MEMORY
        try:
            self._compiled: Any = _engine.compile(pattern.encode(), options)
        except (_engine.error, UnicodeEncodeError) as error:
            raise BadPatternError(_words(error)) from None

    def found_in(self, text: bytes) -> bool:
        """Whether the UTF-8 `text` has a match."""
        return self._compiled.search(text) is not None

    def spans(self, text: str, raw: bytes) -> Generator[tuple[int, int]]:
        """Matches that are not empty, first to last, as places in `text`, whose UTF-8 is `raw`."""
        place = None if len(raw) == len(text) else _places(text)
        for match in self._compiled.finditer(raw):
            start, end = match.span()
            if start < end:
                yield (start, end) if place is None else (place[start], place[end])


@lru_cache(maxsize=1024)
def own_pattern(pattern: str, *, any_case: bool) -> LinearPattern:
    """A client's pattern, compiled once; `^` and `$` are a line's. Raises BadPatternError."""
    LinearPattern(pattern, any_case=any_case)
    return LinearPattern(f"(?m:{pattern})", any_case=any_case)


def _places(text: str) -> list[int]:
    """For each byte of the UTF-8 of `text`, the character that it belongs to."""
    places: list[int] = []
    for index, one in enumerate(text):
        code = ord(one)
        places.extend([index] * (1 if code < 0x80 else 2 if code < 0x800 else 3 if code < 0x10000 else 4))
    places.append(len(text))
    return places


def _words(error: Exception) -> str:
    reason = error.args[0] if error.args else ""
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
