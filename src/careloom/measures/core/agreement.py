"""Agreement of two judges over the same contacts."""

from collections import Counter
from collections.abc import Hashable, Iterable

from careloom.measures.core.ratio import ratio


def cohens_kappa(pairs: Iterable[tuple[Hashable, Hashable]]) -> float | None:
    """Agreement beyond chance of (first, second) labels, -1..1.

    None without pairs, or where chance explains everything.
    """
    every = list(pairs)
    count = len(every)
    if count == 0:
        return None
    first = Counter(label for label, _ in every)
    second = Counter(label for _, label in every)
    agreed = sum(1 for one, other in every if one == other) * count
    chance = sum(times * second[label] for label, times in first.items())
    return ratio(agreed - chance, count * count - chance)


def share_within(pairs: Iterable[tuple[float, float]], points: float = 10) -> float | None:
    """Share of (first, second) scores that differ by at most `points`, 0..1."""
    every = list(pairs)
    return ratio(sum(1 for one, other in every if abs(one - other) <= points), len(every))
