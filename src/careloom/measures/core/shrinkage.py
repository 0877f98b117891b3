"""Shrinkage and the staff to schedule because of it."""

from careloom.measures.core.ratio import ratio


def shrinkage(unavailable_seconds: float, scheduled_seconds: float) -> float | None:
    """Time not available for contacts / scheduled (or paid) time."""
    return ratio(unavailable_seconds, scheduled_seconds)


def staff_to_schedule(base: float, share: float) -> float | None:
    """`base / (1 - share)`: how many to schedule so that `base` are there.

    None where nobody would be (share 1). Raises ValueError for a share outside 0..1.
    """
    if not 0 <= share <= 1:
        msg = f"a shrinkage of {share} is not between 0 and 1"
        raise ValueError(msg)
    return ratio(base, 1 - share)
