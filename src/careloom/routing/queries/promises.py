"""Reads until when a contact is promised an answer."""

from datetime import datetime
from typing import Final

from careloom.organizations.queries import openings_of
from careloom.organizations.types import Channel, Opening
from careloom.platform.database.transactions import Tx
from careloom.routing.core.hours import Times, add_open_seconds
from careloom.routing.core.promise import runs_by_the_clock
from careloom.routing.types import Queue

_AROUND_THE_CLOCK: Final = Opening("UTC", (), ())


async def due_at(tx: Tx, queue: Queue, channel: Channel, since: datetime) -> datetime | None:
    """Until when the queue has promised an answer to a contact of `channel` that waits since `since`.

    On a live channel by the clock, else in the program's opening hours; None for a program that does not open.
    """
    opening = _AROUND_THE_CLOCK
    if not runs_by_the_clock(queue, channel):
        opening = (await openings_of(tx, [queue.program_id]))[queue.program_id]
    return due_within(opening, queue, channel, since)


def due_within(times: Times, queue: Queue, channel: Channel, since: datetime) -> datetime | None:
    """`due_at` where it is known when the queue's program is open."""
    counted = _AROUND_THE_CLOCK if runs_by_the_clock(queue, channel) else times
    return add_open_seconds(counted, since, queue.target_seconds)
