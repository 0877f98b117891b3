"""What a password must be: long enough, not among the most used, not one's own name or address."""

import re
from collections.abc import Iterable
from functools import cache

from zxcvbn.frequency_lists import FREQUENCY_LISTS  # pyright: ignore[reportMissingTypeStubs]

from careloom.platform.texts.text import Text, say

LEAST_LENGTH = 10
"""No policy allows less."""

_LEAST_WORD = 4
_LEAST_KINDS = 5
_DISGUISES = str.maketrans("013457$@!", "oleastsai")
_ENDS = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def problems(password: str, least: int, own: Iterable[str]) -> list[Text]:
    """What to change of `password`, in words; empty where it will do. `own` are the person's name and address."""
    found: list[Text] = []
    if len(password) < least:
        found.append(
            say("Use at least {count} characters; several words in a row are easy to keep in mind.", count=least)
        )
    if len(set(password)) < _LEAST_KINDS:
        found.append(say("Use more different characters."))
    if is_common(password):
        found.append(say("This is one of the most used passwords, or one with a little added; choose other words."))
    if any(word in password.lower() for word in _words(own)):
        found.append(say("Leave your own name and e-mail address out of it."))
    return found


def is_common(password: str) -> bool:
    """Whether it is on the list of the most used ones, also with digits or signs around it or letters disguised."""
    low = password.lower()
    bare = _ENDS.sub("", low)
    forms = {low, bare, low.translate(_DISGUISES), _ENDS.sub("", low.translate(_DISGUISES)), bare.translate(_DISGUISES)}
    return not forms.isdisjoint(_most_used())


@cache
def _most_used() -> frozenset[str]:
    lists: dict[str, list[str]] = FREQUENCY_LISTS
    return frozenset(one for one in lists["passwords"] if len(one) >= _LEAST_WORD)


def _words(own: Iterable[str]) -> set[str]:
    parts = (part for text in own for part in re.split(r"[\W_]+", text.lower().partition("@")[0]))
    return {part for part in parts if len(part) >= _LEAST_WORD}
