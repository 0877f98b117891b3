"""The order of tests: those that take long begin first, dealt out among the workers, so that none is left with one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def dealt(long: Sequence[T], short: Sequence[T], workers: int) -> list[T]:
    """All of both, so that each worker's equal share of them, in turn, begins with its part of the long ones.

    xdist gives each worker as many as it gives the others, in their order, before anyone takes from anyone.
    """
    left, given = len(long) + len(short), 0
    order: list[T] = []
    for worker in range(workers):
        share = left // (workers - worker)
        left -= share
        first = long[worker::workers]
        rest = max(0, share - len(first))
        order += [*first, *short[given : given + rest]]
        given += rest
    return [*order, *short[given:]]
