"""A sentence for people, and its words in each language."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from importlib import resources
from typing import Any, Final, LiteralString, cast

import msgspec
from msgspec import Struct

from careloom.platform.texts.languages import Language, listed, plural_form, written

_PLACE: Final = re.compile(r"\{(\w+)\}")
_OF_RTL: Final = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_FIGURES: Final = re.compile(r"[\d.,\s]*")
_ISOLATE, _END = "\u2068", "\u2069"


class Text(Struct, frozen=True):
    """An English template, which is the key to its translations, and the values for its `{places}`.

    Kept in the database as it is and rendered for each reader. As a `str` it is English: for logs and the terminal.
    """

    template: str
    values: dict[str, Value] = {}

    def __str__(self) -> str:
        return render(self, Language.EN)


Value = str | int | float | Text | tuple[str | int | float | Text, ...]
"""What a text may hold: words as they are, numbers, further texts, or some of them one after another."""

Forms = str | dict[str, str]
"""A translation: one sentence, or one for each plural form of its value `count`."""


def say(template: LiteralString, **values: Value) -> Text:
    """A text: `say("At most {count} files.", count=5)`. The template stands in every catalogue."""
    return Text(template, values)


def verbatim(words: str) -> Text:
    """Words that are not ours to translate, such as another server's."""
    return Text("{words}", {"words": words})


def render(text: Text, language: Language) -> str:
    """The text in a language; in English where it is not translated. What values hold is never read as a template."""
    forms = catalogue(language).get(text.template, text.template)
    if isinstance(forms, dict):
        count = text.values.get("count")
        form = plural_form(language, count) if isinstance(count, int) else "other"
        forms = forms.get(form, text.template)

    def put(place: re.Match[str]) -> str:
        name = place[1]
        return _shown(text.values[name], language) if name in text.values else place[0]

    return _PLACE.sub(put, forms)


def together(texts: Iterable[Text]) -> Text:
    """Sentences one after another, as one text."""
    values = {f"sentence{number}": one for number, one in enumerate(texts, 1)}
    return Text(" ".join(f"{{{name}}}" for name in values), dict(values))


def changed(text: Text, change: Callable[[str], str]) -> Text:
    """The text with all words that its values hold changed; its templates and numbers stay."""

    def apply(value: Value) -> Value:
        if isinstance(value, Text):
            return changed(value, change)
        if isinstance(value, str):
            return change(value)
        return value if isinstance(value, (int, float)) else tuple(cast("Any", apply(one)) for one in value)

    return Text(text.template, {name: apply(value) for name, value in text.values.items()})


def places(template: str) -> frozenset[str]:
    """The names of the values that a template wants."""
    return frozenset(_PLACE.findall(template))


@functools.cache
def catalogue(language: Language) -> dict[str, Forms]:
    """The translations of a language by template; for English, plural forms alone."""
    content = (resources.files("careloom.platform.texts") / "catalogues" / f"{language}.json").read_bytes()
    return msgspec.json.decode(content, type=dict[str, Forms])


def _shown(value: Value, language: Language) -> str:
    if isinstance(value, Text):
        return render(value, language)
    if isinstance(value, str):
        return _isolated(value, language)
    if isinstance(value, (int, float)):
        return written(language, value)
    return listed(language, [_shown(one, language) for one in value])


def _isolated(value: str, language: Language) -> str:
    """What is written in the other direction keeps its own order and leaves the sentence's alone."""
    alien = _FIGURES.fullmatch(value) is None if language is Language.AR else _OF_RTL.search(value) is not None
    return f"{_ISOLATE}{value}{_END}" if alien else value
