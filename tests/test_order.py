"""How tests are dealt out."""

from __future__ import annotations

import pytest

from tests.order import dealt


@pytest.mark.parametrize("workers", [1, 2, 3, 4, 7])
@pytest.mark.parametrize(("long", "short"), [(0, 0), (9, 100), (10, 3), (1, 0), (0, 11)])
def test_every_test_is_run_once(long: int, short: int, workers: int) -> None:
    order = dealt(range(long), range(long, long + short), workers)
    assert sorted(order) == list(range(long + short))


def test_a_share_begins_with_its_part_of_the_long_ones() -> None:
    assert dealt("ABC", "abcdefg", 2) == list("ACabcBdefg")
