"""Average speed of answer (ASA)."""

from careloom.measures.core.ratio import ratio
from careloom.measures.types import WaitCounts


def average_speed_of_answer(counts: WaitCounts) -> float | None:
    """Seconds that answered contacts waited, per answered contact."""
    return ratio(counts.answered_wait_seconds, counts.answered)


def average_speed_of_answer_by_received(counts: WaitCounts) -> float | None:
    """Seconds that answered contacts waited, per received contact, as some contracts have it."""
    return ratio(counts.answered_wait_seconds, counts.queued)
