"""What someone types into a search box, split so that nothing in it can be a syntax error."""

import re
from typing import Final

from msgspec import Struct

_WORD: Final = re.compile(r"\w+")


class SearchWords(Struct, frozen=True):
    """`whole` are words, "phrases", OR and -exclusions; `prefix` is the beginning of a last word, or empty."""

    whole: str
    prefix: str


def search_words(typed: str) -> SearchWords | None:
    """What to look for; None where `typed` holds no word. The last word may be unfinished unless it is quoted."""
    text = typed.replace("\x00", "").strip()
    if not _WORD.search(text):
        return None
    head, _, last = text.rpartition(" ")
    unfinished = _WORD.fullmatch(last) and last.upper() != "OR" and text.count('"') % 2 == 0
    if unfinished and not head.upper().endswith(" OR"):
        return SearchWords(head.strip(), last)
    return SearchWords(text, "")
