"""The floors of precision and recall on the labelled set, and on real dialogues that hold nothing."""

from functools import cache

import pytest

from bench.redaction import ours
from bench.redaction_set.examples import Example, examples
from bench.redaction_set.scoring import Score, scores, summed
from careloom.demo.library import load_dialogues
from careloom.platform.redaction.find import find
from careloom.platform.redaction.types import BUILT_IN


@cache
def texts() -> list[Example]:
    return examples()


@cache
def found() -> dict[tuple[str, str], Score]:
    return scores(ours, texts())


def test_the_set_is_large_and_the_same_each_time() -> None:
    assert len(texts()) >= 3000
    assert sum(one.value is None for one in texts()) >= 1000
    assert examples() == texts()
    assert {one.language for one in texts()} == {"en", "es", "de", "pt", "fr", "ar"}


@pytest.mark.parametrize("data_class", [one.value for one in BUILT_IN])
def test_every_class_keeps_its_floor(data_class: str) -> None:
    score = summed(one for (_, name), one in found().items() if name == data_class)
    assert score.precision >= 0.98, score
    assert score.recall >= 0.95, score


@pytest.mark.parametrize("language", ["en", "es", "de", "pt", "fr", "ar"])
def test_every_language_keeps_its_floor(language: str) -> None:
    score = summed(one for (name, _), one in found().items() if name == language)
    assert score.precision >= 0.98, score
    assert score.recall >= 0.9, score


@pytest.mark.parametrize("language", ["en", "es", "de", "pt", "fr", "ar"])
@pytest.mark.parametrize("data_class", [one.value for one in BUILT_IN])
def test_no_class_is_weak_in_one_language_behind_the_strength_of_the_others(language: str, data_class: str) -> None:
    score = found().get((language, data_class), Score(0, 0, 0))
    assert score.precision >= 0.95, score
    assert score.recall >= 0.9, score


def test_sentences_that_were_not_looked_at_keep_a_floor_of_their_own() -> None:
    held_out = scores(ours, [one for one in texts() if one.held_out])
    score: Score = summed(held_out.values())
    assert (score.precision >= 0.98, score.recall >= 0.95) == (True, True), score


def test_real_dialogues_without_a_bank_are_left_alone() -> None:
    lines = [line.text for one in load_dialogues() if one.client != "bank" for line in one.lines]
    assert len(lines) > 20_000
    wrong = [line for line in lines if find(line, frozenset(BUILT_IN))]
    assert wrong == []
