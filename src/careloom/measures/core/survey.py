"""Satisfaction (CSAT), effort (CES 2.0) and recommendation (NPS) from answers."""

from collections.abc import Iterable
from math import sqrt
from typing import Final

from careloom.measures.core.ratio import ratio
from careloom.measures.types import NetPromoter

Z_95: Final = 1.959963984540054
_SATISFIED = 4
_EASY = 5
_PROMOTER = 9
_DETRACTOR = 6


def _checked(answers: Iterable[int], low: int, high: int) -> list[int]:
    every = list(answers)
    wrong = next((answer for answer in every if not low <= answer <= high), None)
    if wrong is not None:
        msg = f"an answer of {wrong} is not between {low} and {high}"
        raise ValueError(msg)
    return every


def satisfaction(answers: Iterable[int]) -> float | None:
    """CSAT: share of 4 and 5 among answers of 1..5. Raises ValueError for another answer."""
    every = _checked(answers, 1, 5)
    return ratio(sum(1 for answer in every if answer >= _SATISFIED), len(every))


def effort_mean(answers: Iterable[int]) -> float | None:
    """CES 2.0: mean of answers of 1..7 (7: easiest). Raises ValueError for another answer."""
    every = _checked(answers, 1, 7)
    return ratio(sum(every), len(every))


def effort_share(answers: Iterable[int]) -> float | None:
    """CES 2.0: share of 5..7 among answers of 1..7. Raises ValueError for another answer."""
    every = _checked(answers, 1, 7)
    return ratio(sum(1 for answer in every if answer >= _EASY), len(every))


def net_promoter(answers: Iterable[int], z: float = Z_95) -> NetPromoter | None:
    """NPS (eNPS over employees) of answers of 0..10 in points, with the adjusted Wald interval.

    None without answers. Raises ValueError for another answer.
    """
    every = _checked(answers, 0, 10)
    count = len(every)
    if count == 0:
        return None
    promoters = sum(1 for answer in every if answer >= _PROMOTER)
    detractors = sum(1 for answer in every if answer <= _DETRACTOR)
    up, down = (promoters + 0.75) / (count + 3), (detractors + 0.75) / (count + 3)
    centre = up - down
    margin = z * sqrt((up + down - centre**2) / (count + 3))
    return NetPromoter(
        score=100 * (promoters - detractors) / count,
        low=100 * (centre - margin),
        high=100 * (centre + margin),
        answers=count,
    )
