"""Which words surely make a search a rare one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.conversations.core.search_words import search_words, surely_rare

COMMON = frozenset({"order", "thank", "you"})
TYPED = st.lists(st.sampled_from(["order", "thank", '"', "-", "OR", "refund", "42", "a@b", " "]), max_size=8)


@pytest.mark.parametrize(
    "typed", ['"order 42"', "order 42 thank", "Refund order", '"thank you for"', "refund -order ", "42 -refund "]
)
def test_a_whole_word_that_is_not_common_makes_it_rare(typed: str) -> None:
    words = search_words(typed)
    assert words is not None
    assert surely_rare(words, COMMON)


@pytest.mark.parametrize(
    "typed",
    [
        "order",
        "thank order",
        "order 42",
        '"thank you"',
        "Order Thank ",
        "refund OR order ",
        "order -refund ",
        'order -"refund now" ',
        "a@b.example order ",
        "re-fund order ",
        "",
    ],
)
def test_common_words_beginnings_alternatives_and_signs_are_left_to_a_look_at_messages(typed: str) -> None:
    words = search_words(typed)
    assert words is None or not surely_rare(words, COMMON)


@given(TYPED.map("".join))
def test_where_every_word_is_common_nothing_is_surely_rare(typed: str) -> None:
    words = search_words(typed)
    assert words is None or not surely_rare(words, {"order", "thank", "refund", "42", "or"} | _joined(typed))


def _joined(typed: str) -> set[str]:
    return {part for one in typed.lower().replace('"', " ").split() for part in (one, one.lstrip("-"))}
