"""What a customer's message does to a conversation's status."""

from datetime import datetime, timedelta
from enum import StrEnum

from careloom.conversations.types import Status


class Inbound(StrEnum):
    """What a customer's message does.

    join: stays open; turn: pending becomes open; new: a conversation of its own.
    """

    JOIN = "join"
    TURN = "turn"
    REOPEN = "reopen"
    NEW = "new"


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
