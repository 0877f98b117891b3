"""Service level in the six variants that contracts use."""

from collections.abc import Iterable

from careloom.measures.core.ratio import ratio
from careloom.measures.types import (
    QueueWait,
    ServiceLevelCounts,
    ServiceLevelVariant,
    WaitOutcome,
)


def service_level(counts: ServiceLevelCounts, variant: ServiceLevelVariant) -> float | None:
    """Share of contacts served within the target, 0..1, by `variant`; None where its denominator is 0."""
    offered = counts.answered + counts.abandoned
    match variant:
        case ServiceLevelVariant.A:
            return ratio(counts.answered_within, offered)
        case ServiceLevelVariant.B:
            return ratio(counts.answered_within, offered - counts.abandoned_within)
        case ServiceLevelVariant.C:
            return ratio(counts.answered_within, counts.answered)
        case ServiceLevelVariant.D:
            return ratio(counts.answered_within, offered - counts.abandoned_short)
        case ServiceLevelVariant.E:
            return ratio(counts.answered_within + counts.abandoned_within, offered)
        case ServiceLevelVariant.F:
            return ratio(counts.answered_within + counts.abandoned_short, offered)


def count_service_level(
    waits: Iterable[QueueWait], target_seconds: float, short_seconds: float = 0
) -> ServiceLevelCounts:
    """The counts that all variants need; a short abandon is under `short_seconds`, within T includes T."""
    ended = list(waits)
    answered = [wait.wait_seconds for wait in ended if wait.outcome is WaitOutcome.ANSWERED]
    abandoned = [wait.wait_seconds for wait in ended if wait.outcome is WaitOutcome.ABANDONED]
    return ServiceLevelCounts(
        answered=len(answered),
        answered_within=sum(1 for wait in answered if wait <= target_seconds),
        abandoned=len(abandoned),
        abandoned_within=sum(1 for wait in abandoned if wait <= target_seconds),
        abandoned_short=sum(1 for wait in abandoned if wait < short_seconds),
    )
