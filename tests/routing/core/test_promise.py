"""The promise: which seconds of a wait count against it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from careloom.conversations.types import Priority, QueueId
from careloom.organizations.types import Channel, ClientId, OpenHours, ProgramId, ProviderId
from careloom.routing.core.hours import open_seconds
from careloom.routing.core.promise import counted_seconds
from careloom.routing.types import AcceptMode, Queue
from tests.routing.core.test_hours import WEEKDAYS, program

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
WAITS = st.timedeltas(timedelta(), timedelta(days=10))
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Manila"])
HOURS: st.SearchStrategy[tuple[OpenHours, ...]] = st.sampled_from([WEEKDAYS, ()])


def queue(*, always_open: bool = False) -> Queue:
    return Queue(
        id=QueueId(UUID(int=1)),
        client_id=ClientId(UUID(int=2)),
        program_id=ProgramId(UUID(int=3)),
        provider_id=ProviderId(UUID(int=4)),
        name="Care",
        channels=(),
        language=None,
        priority=Priority.NORMAL,
        skills=(),
        target_seconds=30,
        target_share=0.8,
        accept_mode=AcceptMode.OFFER,
        offer_seconds=20,
        overflow_after_seconds=None,
        overflow_queue_id=None,
        active=True,
        always_open=always_open,
    )


@given(MOMENTS, WAITS, ZONES, HOURS)
def test_deferred_work_counts_the_time_in_which_the_queue_was_open(
    since: datetime, waited: timedelta, zone: str, hours: tuple[OpenHours, ...]
) -> None:
    times, until = program(zone, hours), since + waited
    counted = counted_seconds(queue(), times, Channel.EMAIL, since, until)
    assert abs(counted - open_seconds(times, since, until)) < 1e-3
    assert -1e-3 < counted <= waited.total_seconds() + 1e-3


@given(MOMENTS, WAITS, ZONES)
def test_a_conversation_on_the_line_counts_by_the_clock(since: datetime, waited: timedelta, zone: str) -> None:
    assert counted_seconds(queue(), program(zone), Channel.CHAT, since, since + waited) == waited.total_seconds()


@given(MOMENTS, WAITS, ZONES)
def test_a_queue_that_never_closes_counts_by_the_clock(since: datetime, waited: timedelta, zone: str) -> None:
    counted = counted_seconds(queue(always_open=True), program(zone), Channel.EMAIL, since, since + waited)
    assert counted == waited.total_seconds()
