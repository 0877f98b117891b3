"""Abandonment of queued contacts."""

from careloom.measures.core.ratio import ratio
from careloom.measures.types import WaitCounts


def abandonment_rate(counts: WaitCounts, *, exclude_short: bool = False) -> float | None:
    """Abandoned / queued, 0..1; with `exclude_short`, short abandons are out of both."""
    short = counts.abandoned_short if exclude_short else 0
    return ratio(counts.abandoned - short, counts.queued - short)
