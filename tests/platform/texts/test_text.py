"""Texts: translated without losing a value, never read twice, always rendered."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from careloom.platform.texts.languages import Language
from careloom.platform.texts.text import Text, catalogue, changed, places, render, say, together, verbatim

LANGUAGES = st.sampled_from(Language)
TEMPLATES = st.sampled_from(sorted({template for one in Language for template in catalogue(one)}))
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def plain(text: str) -> str:
    """Without the signs that keep directions apart."""
    return text.replace("\u2068", "").replace("\u2069", "")


@given(TEMPLATES, st.data(), LANGUAGES)
def test_a_translation_loses_no_value(template: str, data: st.DataObject, language: Language) -> None:
    values = {name: data.draw(WORDS) for name in places(template)}
    shown = plain(render(Text(template, dict(values)), language))
    assert all(plain(value) in shown for value in values.values())


@given(st.text(max_size=40), st.dictionaries(WORDS, WORDS | st.integers() | st.floats(), max_size=3), LANGUAGES)
def test_whatever_the_template_and_its_values_something_is_said(
    template: str, values: dict[str, str | int | float], language: Language
) -> None:
    assert isinstance(render(Text(template, dict(values)), language), str)


@given(LANGUAGES)
def test_a_value_is_no_template(language: Language) -> None:
    text = say("{name} has this conversation.", name="{name} {count} {0} %s \\1")
    assert "{name} {count} {0} %s \\1" in render(text, language)
    assert "{name}" in render(verbatim("{name}"), language)


def test_what_no_catalogue_has_is_said_in_english() -> None:
    assert render(Text("Nobody wrote this, {name}.", {"name": "Ada"}), Language.DE) == "Nobody wrote this, Ada."


def test_counts_choose_the_form_and_figures_are_written_as_the_language_does() -> None:
    template = "Write at most {count} characters."
    assert str(Text(template, {"count": 1})) == "Write at most 1 character."
    assert str(Text(template, {"count": 50_000})) == "Write at most 50,000 characters."
    assert render(Text(template, {"count": 50_000}), Language.DE) == "Schreiben Sie höchstens 50.000 Zeichen."
    assert "50\u202f000 caractères" in render(Text(template, {"count": 50_000}), Language.FR)
    assert "3 رموز" in render(Text(template, {"count": 3}), Language.AR)
    assert "11 رمزًا" in render(Text(template, {"count": 11}), Language.AR)


def test_texts_in_texts_are_of_the_same_language() -> None:
    outer = Text("{why} {instead}", {"why": say("This is missing."), "instead": say("Sign in first.")})
    assert render(outer, Language.DE) == "Das fehlt. Melden Sie sich zuerst an."
    assert render(together((say("This is missing."), say("Sign in first."))), Language.DE) == render(outer, Language.DE)
    assert str(together(())) == ""


def test_the_words_of_values_can_be_changed_wherever_they_stand() -> None:
    inner = say("{name} has this conversation.", name="Ada")
    text = changed(Text("{a} {b} {c}", {"a": inner, "b": ("x", 3), "c": 4}), str.upper)
    assert str(text) == "ADA has this conversation. X, 3 4"


def test_lists_stand_with_the_commas_of_the_language() -> None:
    text = say("You do not hold: {permissions}.", permissions=("audit.read", "live.read"))
    assert str(text) == "You do not hold: audit.read, live.read."
    assert "، " in render(text, Language.AR)


def test_words_of_the_other_direction_keep_their_own_order() -> None:
    text = say("{name} has this conversation.", name="Ada")
    assert "\u2068Ada\u2069" in render(text, Language.AR)
    assert "\u2068" not in render(text, Language.DE)
    assert "\u2068ليلى\u2069" in str(say("{name} has this conversation.", name="ليلى"))


@given(TEMPLATES, st.dictionaries(WORDS, WORDS | st.integers(-(2**53), 2**53) | st.lists(WORDS).map(tuple)))
def test_a_text_is_kept_and_read_back(template: str, values: dict[str, str | int | tuple[str, ...]]) -> None:
    text = Text(template, {**values, "inner": say("This is missing.")})
    assert msgspec.json.decode(msgspec.json.encode(text), type=Text) == text
