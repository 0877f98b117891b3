"""What a customer's message does to a conversation's status."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.conversations.core.status import Inbound, on_inbound
from careloom.conversations.types import Status

NOON = datetime(2025, 3, 3, 12, tzinfo=UTC)


def test_a_message_joins_an_open_conversation_and_turns_a_pending_one() -> None:
    assert on_inbound(Status.OPEN, None, NOON, 7) is Inbound.JOIN
    assert on_inbound(Status.PENDING, None, NOON, 7) is Inbound.TURN


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (timedelta(0), Inbound.REOPEN),
        (timedelta(days=7), Inbound.REOPEN),
        (timedelta(days=7, microseconds=1), Inbound.NEW),
        (timedelta(minutes=-1), Inbound.REOPEN),
    ],
)
def test_a_message_reopens_within_the_programs_days_and_begins_anew_later(after: timedelta, expected: Inbound) -> None:
    assert on_inbound(Status.RESOLVED, NOON, NOON + after, 7) is expected


@given(st.timedeltas(min_value=timedelta(days=-1), max_value=timedelta(days=400)))
def test_a_program_of_zero_days_never_reopens(after: timedelta) -> None:
    assert on_inbound(Status.RESOLVED, NOON, NOON + after, 0) is Inbound.NEW


def test_a_resolved_conversation_must_say_when() -> None:
    with pytest.raises(ValueError, match="no time of resolution"):
        on_inbound(Status.RESOLVED, None, NOON, 7)
