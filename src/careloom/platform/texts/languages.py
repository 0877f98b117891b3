"""The languages that the program speaks: which one a reader wants, and how each counts and writes figures and lists."""

from enum import StrEnum
from typing import Final

_MOST_WANTED: Final = 20
_MILLION: Final = 1_000_000


class Language(StrEnum):
    """A language of the interface, as BCP 47 writes it. The front end has the same."""

    EN = "en"
    DE = "de"
    ES = "es"
    FR = "fr"
    PT_BR = "pt-BR"
    AR = "ar"


_BY_TAG: Final = {one.lower(): one for one in Language}
_BY_BASE: Final = {one.partition("-")[0]: one for one in Language}
_SEPARATORS: Final = {
    Language.EN: (",", "."),
    Language.DE: (".", ","),
    Language.ES: (".", ","),
    Language.FR: ("\u202f", ","),
    Language.PT_BR: (".", ","),
    Language.AR: (",", "."),
}
"""Between thousands, and before decimals; figures are 0 to 9 everywhere, as in the interface."""


def language_for(accepted: str) -> Language:
    """The language for an `Accept-Language` header: that with the greatest weight which there is, else English."""
    wanted = [_weighed(one) for one in accepted.split(",")[:_MOST_WANTED]]
    for weight, tag in sorted(wanted, key=lambda one: -one[0]):
        found = _BY_TAG.get(tag) or _BY_BASE.get(tag.partition("-")[0])
        if found is not None and weight > 0:
            return found
    return Language.EN


def _weighed(part: str) -> tuple[float, str]:
    tag, _, parameter = part.partition(";")
    name, _, value = parameter.partition("=")
    try:
        weight = float(value) if name.strip().lower() == "q" else 1.0
    except ValueError:
        weight = 0.0
    return (weight if 0 <= weight <= 1 else 0.0), tag.strip().lower()


def direction(language: Language) -> str:
    """Where its lines begin, as HTML's `dir` says it: `ltr` or `rtl`."""
    return "rtl" if language is Language.AR else "ltr"


def plural_form(language: Language, count: int) -> str:
    """The form that a count takes, by the rules of the Unicode CLDR for whole numbers."""
    number = abs(count)
    if language is Language.AR:
        return _arabic(number)
    is_one = number in (0, 1) if language in (Language.FR, Language.PT_BR) else number == 1
    if is_one:
        return "one"
    has_many = language in (Language.ES, Language.FR, Language.PT_BR)
    return "many" if has_many and number and number % _MILLION == 0 else "other"


def plural_forms(language: Language) -> frozenset[str]:
    """Every form that a language has."""
    if language is Language.AR:
        return frozenset({"zero", "one", "two", "few", "many", "other"})
    return frozenset({"one", "other"} if language in (Language.EN, Language.DE) else {"one", "many", "other"})


def _arabic(number: int) -> str:
    if number <= 2:
        return ("zero", "one", "two")[number]
    rest = number % 100
    return "few" if 3 <= rest <= 10 else "many" if rest >= 11 else "other"


def written(language: Language, number: float) -> str:
    """A number as the language writes it: 5,000 in English, 5.000 in German. Spanish parts figures from 10,000 on."""
    thousands, point = _SEPARATORS[language]
    if language is Language.ES and abs(number) < 10_000:
        thousands = ""
    plain = f"{number:,}" if isinstance(number, int) else f"{number:,.6f}".rstrip("0").rstrip(".")
    return plain.replace(",", "\0").replace(".", point).replace("\0", thousands)


def listed(language: Language, words: list[str]) -> str:
    """Words one after another."""
    return ("، " if language is Language.AR else ", ").join(words)
