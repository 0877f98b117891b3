"""Retention and churn of customers over a period."""

from careloom.measures.core.ratio import ratio


def retention(at_start: int, at_end: int, new: int) -> float | None:
    """(Customers at the end - new) / customers at the start."""
    return ratio(at_end - new, at_start)


def churn(at_start: int, at_end: int, new: int) -> float | None:
    """1 - retention."""
    return ratio(at_start - at_end + new, at_start)
