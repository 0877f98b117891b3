"""The language a text is written in, told offline."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from threading import Lock
from typing import Protocol, cast

_LOADING = Lock()
_NOISE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|[\d#*_/\\|<>=~^`\[\]{}()+-]+")
_LONGEST = 2_000
_FEWEST_LETTERS = 10
_FEWEST_DENSE = 4
_LEAST_SURE = 0.35
_LEAST_SURE_SHORT = 0.8
_SHORT = 24
# Scripts that write a word in one or two characters.
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\u0e00-\u0e7f]")
# Codes that customer care names otherwise or cannot tell apart in a short text.
_NAMES = {"no": "nb", "tl": "fil", "arz": "ar", "ary": "ar", "wuu": "zh", "yue": "zh"}
# Everyday languages of customer care; rarer ones draw short texts to themselves.
_CODES = """
    af am ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr ht hu hy id is it ja
    ka kk km kn ko lo lt lv mk ml mn mr ms mt my ne nl nn no pa pl ps pt ro ru si sk sl so sq sr sv sw ta
    te th tl tr uk ur uz vi wuu yue zh zu arz ary
"""


class _Identifier(Protocol):
    def set_languages(self, langs: Sequence[str]) -> None: ...

    def rank(self, text: str) -> list[tuple[str, float]]: ...


class _Loader(Protocol):
    def from_model_file(self, model_file: str, *, norm_probs: bool) -> _Identifier: ...


def detect_language(text: str) -> str | None:
    """Return the BCP 47 code of a text's language (`en`, `pt`, `zh`), or None when it is too short or unsure.

    Addresses, links and numbers are ignored; only the first 2,000 characters count.
    """
    sample = " ".join(_NOISE.sub(" ", text[:_LONGEST]).split())
    letters = sum(1 for char in sample if unicodedata.category(char)[0] in "LM")
    dense = len(_DENSE.findall(sample))
    if letters < _FEWEST_LETTERS and dense < _FEWEST_DENSE:
        return None
    likely: defaultdict[str, float] = defaultdict(float)
    for code, share in _identifier().rank(sample):
        likely[_NAMES.get(code, code)] += share
    best, sure = max(likely.items(), key=lambda item: item[1])
    latin = sum(1 for char in sample if char.isalpha() and char < "\u0250") * 2 > letters
    return best if sure >= (_LEAST_SURE_SHORT if letters < _SHORT and latin else _LEAST_SURE) else None


def warm_up() -> None:
    """Load the model, so that the first message need not wait for it."""
    _identifier()


def _identifier() -> _Identifier:
    """Threads that ask at the same time wait for one of them to load the model."""
    with _LOADING:
        return _load()


@cache
def _load() -> _Identifier:
    """Load the model that ships with the package: about a second, once per process."""
    from py3langid.langid import LanguageIdentifier  # noqa: PLC0415 - it loads numpy

    identifier = cast("_Loader", LanguageIdentifier).from_model_file("data/model.npz.xz", norm_probs=True)
    identifier.set_languages(_CODES.split())
    return identifier
