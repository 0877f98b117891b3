"""Status: which changes are allowed, and what a customer's message does to it."""

from datetime import datetime, timedelta
from enum import StrEnum

from careloom.conversations.types import Status

_ALLOWED: dict[Status, frozenset[Status]] = {
    Status.OPEN: frozenset({Status.PENDING, Status.RESOLVED}),
    Status.PENDING: frozenset({Status.OPEN, Status.RESOLVED}),
    Status.RESOLVED: frozenset({Status.OPEN}),
}


class Inbound(StrEnum):
    """What a customer's message does.

    join: stays open; turn: pending becomes open; new: a conversation of its own.
    """

    JOIN = "join"
    TURN = "turn"
    REOPEN = "reopen"
    NEW = "new"


def may_become(current: Status, wanted: Status) -> bool:
    """Whether a conversation may go from `current` to `wanted`; staying is no change and is refused."""
    return wanted in _ALLOWED[current]


def next_statuses(current: Status) -> frozenset[Status]:
    """Every status that a conversation may go to from `current`."""
    return _ALLOWED[current]


def on_inbound(status: Status, resolved_at: datetime | None, at: datetime, reopen_days: int) -> Inbound:
    """What a customer's message at `at` does to a conversation in `status`.

    A resolved one reopens up to and including `reopen_days` days after `resolved_at` (0: never).
    Raises ValueError for a resolved conversation without `resolved_at`.
    """
    if status is Status.OPEN:
        return Inbound.JOIN
    if status is Status.PENDING:
        return Inbound.TURN
    if resolved_at is None:
        msg = "a resolved conversation has no time of resolution"
        raise ValueError(msg)
    in_time = reopen_days > 0 and at - resolved_at <= timedelta(days=reopen_days)
    return Inbound.REOPEN if in_time else Inbound.NEW
