"""Promise: what time counts for a queue's contacts, and when they are offered."""

from datetime import datetime, timedelta

from careloom.conversations.core.phases import LIVE_CHANNELS
from careloom.organizations.types import Channel
from careloom.routing.core.hours import Times, is_open, next_opening, open_seconds
from careloom.routing.types import Queue


def runs_by_the_clock(queue: Queue, channel: Channel) -> bool:
    """Whether the promise also runs while the program is closed: someone is on the line, or the queue never closes."""
    return queue.always_open or channel in LIVE_CHANNELS


def is_at_work(queue: Queue, times: Times, at: datetime) -> bool:
    """Whether the queue's contacts are offered at `at`."""
    return queue.always_open or is_open(times, at)


def opens_at(queue: Queue, times: Times, at: datetime) -> datetime | None:
    """When a queue that is closed at `at` opens; None where it is open, or will not be."""
    return None if is_at_work(queue, times, at) else next_opening(times, at)


def closed_between(queue: Queue, times: Times, since: datetime, until: datetime) -> timedelta:
    """How long the queue was closed from `since` to `until`."""
    if queue.always_open or until <= since:
        return timedelta()
    return until - since - timedelta(seconds=open_seconds(times, since, until))


def counted_seconds(queue: Queue, times: Times, channel: Channel, since: datetime, until: datetime) -> float:
    """The seconds of a wait that count against the promise: by the clock, or while the queue was open."""
    waited = until - since
    if not runs_by_the_clock(queue, channel):
        waited -= closed_between(queue, times, since, until)
    return waited.total_seconds()
