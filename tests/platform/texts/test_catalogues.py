"""Every language says everything: what the program may say stands in every catalogue, and nothing else does."""

import re

import pytest

from careloom.platform.texts.languages import Language, plural_forms
from careloom.platform.texts.text import Forms, catalogue, places
from tests.platform.texts.source import said, said_in

TRANSLATED = [one for one in Language if one is not Language.EN]


def templates() -> dict[str, str]:
    """What is to be translated, with where it stands; a template of nothing but places says the same everywhere."""
    return {one.template: one.place for one in said() if re.search(r"[A-Za-z“”]", re.sub(r"\{\w+\}", "", one.template))}


def sentences(forms: Forms) -> list[str]:
    return [forms] if isinstance(forms, str) else list(forms.values())


def test_nothing_is_said_in_words_that_no_catalogue_can_hold() -> None:
    faults = [f"{one.place}: {one.template}" for one in said() if one.fault]
    assert not faults, 'give a template and its values: SomeError("At most {count} files.", count=5)\n' + "\n".join(
        faults
    )


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_language_says_everything(language: Language) -> None:
    lacking = {text: place for text, place in templates().items() if text not in catalogue(language)}
    told = "\n".join(f"{place}: {text}" for text, place in lacking.items())
    assert not lacking, f"translate in src/careloom/platform/texts/catalogues/{language}.json:\n{told}"


@pytest.mark.parametrize("language", Language)
def test_a_catalogue_has_no_entry_that_nobody_says(language: Language) -> None:
    assert set(catalogue(language)) <= set(templates())


@pytest.mark.parametrize("language", Language)
def test_a_translation_holds_every_value_and_every_plural_form(language: Language) -> None:
    for template, forms in catalogue(language).items():
        assert all(places(one) == places(template) for one in sentences(forms)), template
        assert all(one.strip() == one != "" for one in sentences(forms)), template
        if isinstance(forms, dict):
            assert "count" in places(template), template
            assert set(forms) == plural_forms(language), template


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_is_none_of_the_english(language: Language) -> None:
    said_alike = [text for text, forms in catalogue(language).items() if text in sentences(forms)]
    assert not [text for text in said_alike if re.search(r"[A-Za-z]", re.sub(r"\{\w+\}", "", text))]


def test_templates_are_found_wherever_they_are_handed_on() -> None:
    found = said_in(
        """
class ShutError(CareloomError):
    '''It is shut.'''
WORDS = {1: say("One."), 2: "Two."}
def refuse(message: LiteralString):
    raise InvalidInputError(message)
def act(flag):
    words = "Three."
    refuse("Four.")
    raise ShutError(words if flag else WORDS[2], errors=(FieldError("/x", "Five."),))
"""
    )
    assert {one.template for one in found} == {"It is shut.", "One.", "Two.", "Three.", "Four.", "Five."}
    assert not any(one.fault for one in found)


def test_what_is_put_together_at_run_time_is_a_fault() -> None:
    found = said_in('raise InvalidInputError(f"At most {most} files.")\nsay("At " + most)\n')
    assert [one.fault for one in found] == [True, True]
