"""Sentiment of a contact from the scores of its messages, and where it went."""

from collections.abc import Sequence
from statistics import fmean

from careloom.measures.core.ratio import ratio

_PARTS = 3
_FEWEST_FOR_TREND = 2


def contact_sentiment(scores: Sequence[float]) -> float | None:
    """Mean of message scores (-100..100, oldest first), the n-th weighing n, so that the end counts most."""
    weighted = sum(weight * score for weight, score in enumerate(scores, start=1))
    return ratio(weighted, len(scores) * (len(scores) + 1) / 2)


def sentiment_trend(scores: Sequence[float]) -> float | None:
    """(Mean of the end - mean of the start) / 2, -100..100; start and end are a third of the messages each.

    None for fewer than two messages: nothing has moved yet.
    """
    if len(scores) < _FEWEST_FOR_TREND:
        return None
    part = max(1, len(scores) // _PARTS)
    return (fmean(scores[-part:]) - fmean(scores[:part])) / 2
