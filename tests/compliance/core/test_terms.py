"""Terms of requests end on the same day of a later month, or on its last."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.compliance.core.terms import due_at

MOMENTS = st.integers(0, 4_000_000_000).map(lambda one: datetime.fromtimestamp(one, UTC))


@pytest.mark.parametrize(
    ("received", "months", "due"),
    [
        ((2026, 1, 31), 1, (2026, 2, 28)),
        ((2024, 1, 31), 1, (2024, 2, 29)),
        ((2026, 12, 5), 1, (2027, 1, 5)),
        ((2026, 11, 30), 3, (2027, 2, 28)),
    ],
)
def test_a_month_is_a_month(received: tuple[int, int, int], months: int, due: tuple[int, int, int]) -> None:
    assert due_at(datetime(*received, 9, 30, tzinfo=UTC), months) == datetime(*due, 9, 30, tzinfo=UTC)


@given(MOMENTS, st.integers(1, 12))
def test_a_later_term_is_later(received: datetime, months: int) -> None:
    assert received < due_at(received, months) <= due_at(received, months + 1)
