"""Which language a reader wants, and how languages count and write figures."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.platform.texts.languages import Language, direction, language_for, plural_form, plural_forms, written


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", Language.EN),
        ("de", Language.DE),
        ("DE-at", Language.DE),
        ("de-CH;q=0.7, fr;q=0.9", Language.FR),
        ("pt", Language.PT_BR),
        ("pt-PT,pt;q=0.9,en;q=0.8", Language.PT_BR),
        ("nl, es-419;q=0.5", Language.ES),
        ("ar-EG", Language.AR),
        ("nl, *", Language.EN),
        ("de;q=0, es", Language.ES),
        ("de;q=0", Language.EN),
        ("de;q=many, es;q=0.1", Language.ES),
        ("tlh", Language.EN),
    ],
)
def test_the_language_is_the_one_wanted_most_of_those_there_are(accepted: str, language: Language) -> None:
    assert language_for(accepted) is language


@given(st.text(max_size=300) | st.text("de,;q=0.19*-enfrES ", max_size=80))
def test_any_header_has_a_language(accepted: str) -> None:
    assert language_for(accepted) in Language


@given(st.sampled_from(Language), st.integers())
def test_every_count_has_a_form_that_the_language_has(language: Language, count: int) -> None:
    assert plural_form(language, count) in plural_forms(language)


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        (Language.EN, {0: "other", 1: "one", 2: "other", 1_000_000: "other"}),
        (Language.DE, {0: "other", 1: "one", 21: "other"}),
        (Language.ES, {0: "other", 1: "one", 2: "other", 1_000_000: "many"}),
        (Language.FR, {0: "one", 1: "one", 2: "other", 2_000_000: "many"}),
        (Language.PT_BR, {0: "one", 1: "one", 2: "other", 1_000_000: "many"}),
        (
            Language.AR,
            {0: "zero", 1: "one", 2: "two", 3: "few", 10: "few", 11: "many", 99: "many", 100: "other", 103: "few"},
        ),
    ],
)
def test_counts_take_the_forms_of_the_unicode_rules(language: Language, forms: dict[int, str]) -> None:
    assert {count: plural_form(language, count) for count in forms} == forms


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        (Language.EN, ["0", "1,500", "1,234,567", "0.5", "-3"]),
        (Language.DE, ["0", "1.500", "1.234.567", "0,5", "-3"]),
        (Language.ES, ["0", "1500", "1.234.567", "0,5", "-3"]),
        (Language.FR, ["0", "1\u202f500", "1\u202f234\u202f567", "0,5", "-3"]),
    ],
)
def test_figures_are_written_as_the_language_writes_them(language: Language, shown: list[str]) -> None:
    assert [written(language, one) for one in (0, 1_500, 1_234_567, 0.5, -3)] == shown


def test_the_interface_has_the_same_languages() -> None:
    source = (Path(__file__).parents[3] / "web/src/components/languages.ts").read_text()
    listed = re.search(r"LANGUAGES = \[(.*?)\]", source)
    assert listed is not None
    assert set(re.findall(r"'([^']+)'", listed[1])) == set(Language)


def test_lines_of_arabic_alone_begin_on_the_right() -> None:
    assert {one: direction(one) for one in Language if direction(one) != "ltr"} == {Language.AR: "rtl"}
