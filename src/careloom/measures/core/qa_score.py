"""Quality score of a filled scorecard."""

from collections.abc import Iterable

from careloom.measures.core.ratio import ratio
from careloom.measures.types import QaItem, QaScore


def qa_score(items: Iterable[QaItem]) -> QaScore:
    """Sum(weight x earned) / sum(weight x possible) with not-applicable items out of both.

    A failed critical item makes the quality score 0. Compliance items are scored apart.
    """
    applied = [(item, item.earned) for item in items if item.earned is not None]
    failed = any(item.critical and earned < item.possible for item, earned in applied)
    quality = _share((item, earned) for item, earned in applied if not item.compliance)
    compliance = _share((item, earned) for item, earned in applied if item.compliance)
    return QaScore(quality=0.0 if failed else quality, compliance=compliance, auto_failed=failed)


def _share(scored: Iterable[tuple[QaItem, float]]) -> float | None:
    every = list(scored)
    earned = sum(item.weight * points for item, points in every)
    return ratio(earned, sum(item.weight * item.possible for item, _ in every))
