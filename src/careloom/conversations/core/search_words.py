"""What someone types into a search box, split so that nothing in it can be a syntax error."""

import re
from collections.abc import Collection
from typing import Final

from msgspec import Struct

_WORD: Final = re.compile(r"\w+")
_PLAIN: Final = re.compile(r"[^\W_]+")
_EXCLUDED: Final = re.compile(r'(?<!\S)-(?:"[^"]*"?|\S*)')


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


def surely_rare(words: SearchWords, common: Collection[str]) -> bool:
    """Whether whatever is found must hold a whole word that is none of `common`, which are lower case.

    Words with other signs in them are not judged, nor are alternatives.
    """
    needed = _EXCLUDED.sub(" ", words.whole.lower()).replace('"', " ").split()
    if "or" in needed:
        return False
    return any(_PLAIN.fullmatch(one) and one not in common for one in needed)
