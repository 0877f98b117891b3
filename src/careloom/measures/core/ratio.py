"""A share or mean that is undefined, not zero, where there is nothing to divide by."""


def ratio(numerator: float, denominator: float) -> float | None:
    """`numerator / denominator`, or None where the denominator is 0."""
    return None if denominator == 0 else numerator / denominator
