"""Error of a forecast: how far off, and to which side."""

from collections.abc import Iterable

from careloom.measures.core.ratio import ratio


def wape(pairs: Iterable[tuple[float, float]]) -> float | None:
    """Sum of |forecast - actual| / sum of actual over (forecast, actual) pairs."""
    every = list(pairs)
    return ratio(sum(abs(forecast - actual) for forecast, actual in every), sum(actual for _, actual in every))


def forecast_bias(pairs: Iterable[tuple[float, float]]) -> float | None:
    """Sum of (forecast - actual) / sum of actual over (forecast, actual) pairs; above 0: too high."""
    every = list(pairs)
    return ratio(sum(forecast - actual for forecast, actual in every), sum(actual for _, actual in every))
