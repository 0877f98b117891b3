"""Counts what a recogniser finds in the set: right, wrong, missed."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from bench.redaction_set.examples import Example

Found = tuple[int, int, str]
"""Start, end, data class."""
Recogniser = Callable[[Example], Iterable[Found]]


class Score(NamedTuple):
    """How often right, wrong, missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Of what was found the share that was there; 1 where nothing was found."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Of what was there the share that was found whole and under its right class."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def scores(found_by: Recogniser, texts: Iterable[Example]) -> dict[tuple[str, str], Score]:
    """Scores by language and data class.

    A value counts as found where one finding of its class holds all its letters and digits. Every other finding is
    wrong, also one at the right place under another class.
    """
    right: Counter[tuple[str, str]] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    missed: Counter[tuple[str, str]] = Counter()
    for one in texts:
        hit = False
        for start, end, data_class in found_by(one):
            if not hit and data_class == one.data_class and _holds(one, start, end):
                hit = True
            else:
                wrong[one.language, data_class] += 1
        if one.data_class is not None:
            (right if hit else missed)[one.language, one.data_class] += 1
    keys = right.keys() | wrong.keys() | missed.keys()
    return {key: Score(right[key], wrong[key], missed[key]) for key in sorted(keys)}


def summed(parts: Iterable[Score]) -> Score:
    """Scores put together."""
    all_ = list(parts)
    return Score(sum(one.right for one in all_), sum(one.wrong for one in all_), sum(one.missed for one in all_))


def _holds(one: Example, start: int, end: int) -> bool:
    begin = one.text.index(one.value or "")
    finish = begin + len(one.value or "")
    return start < finish and begin < end and _bare(one.value or "") in _bare(one.text[start:end])


def _bare(text: str) -> str:
    return "".join(each for each in text if each.isalnum())
