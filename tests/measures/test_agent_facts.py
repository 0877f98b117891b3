"""Counts that follow from an agent's states: occupancy, utilization, adherence, conformance."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.measures.core.adherence import adherence, conformance, count_adherence
from careloom.measures.core.agent_time import agent_time, occupancy, utilization
from careloom.measures.types import (
    AgentState,
    AgentTime,
    ContactPhase,
    IntervalFact,
    ScheduledSpan,
    StateFact,
)

START = datetime(2025, 3, 3, 9, tzinfo=UTC)
ANA = UUID(int=1)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def state(name: AgentState, began: float, ended: float | None) -> StateFact:
    return StateFact(ANA, name, at(began), None if ended is None else at(ended))


def held(phase: ContactPhase, began: float, ended: float | None) -> IntervalFact:
    return IntervalFact(phase, None, ANA, at(began), None if ended is None else at(ended))


def test_an_available_agent_with_a_contact_in_hand_is_at_work() -> None:
    states = [state(AgentState.AVAILABLE, 0, 60), state(AgentState.BREAK, 60, 75)]
    contacts = [
        held(ContactPhase.WITH_AGENT, 10, 25),
        held(ContactPhase.WITH_AGENT, 20, 30),
        held(ContactPhase.WAITING_CUSTOMER, 30, 50),
    ]
    time = agent_time(states, contacts, at(0), at(90))
    assert time == AgentTime(handle_seconds=1200, available_seconds=2400, other_seconds=900, offline_seconds=0)
    assert occupancy(time) == pytest.approx(1 / 3)
    assert utilization(time, paid_seconds=4500) == 0.8


def test_busy_and_after_call_work_are_handle_time_and_counted_once() -> None:
    states = [state(AgentState.BUSY, 0, 20), state(AgentState.AFTER_CALL_WORK, 20, 25)]
    time = agent_time(states, [held(ContactPhase.WITH_AGENT, 0, 20)], at(0), at(60))
    assert time.handle_seconds == 25 * 60
    assert occupancy(time) == 1


def test_only_the_window_counts_and_an_open_state_lasts_to_its_end() -> None:
    states = [state(AgentState.OFFLINE, -600, 10), state(AgentState.AVAILABLE, 10, None)]
    time = agent_time(states, [], at(0), at(30))
    assert (time.offline_seconds, time.available_seconds) == (600, 1200)


def test_occupancy_of_an_absent_agent_is_undefined() -> None:
    time = agent_time([], [], at(0), at(30))
    assert occupancy(time) is None
    assert utilization(time, 0) is None


@given(
    st.lists(st.tuples(st.sampled_from(list(AgentState)), st.integers(1, 90)), max_size=12),
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 90)), max_size=12),
    st.integers(0, 300),
    st.integers(1, 300),
)
def test_an_agents_time_adds_up_to_the_part_of_the_window_that_states_cover(
    pieces: list[tuple[AgentState, int]], contacts: list[tuple[int, int]], since: int, length: int
) -> None:
    minute, states = 0, list[StateFact]()
    for name, minutes in pieces:
        states.append(state(name, minute, minute + minutes))
        minute += minutes
    work = [held(ContactPhase.WITH_AGENT, began, began + minutes) for began, minutes in contacts]
    time = agent_time(states, work, at(since), at(since + length))
    covered = max(0, min(minute, since + length) - since) * 60
    total = time.handle_seconds + time.available_seconds + time.other_seconds + time.offline_seconds
    assert total == pytest.approx(covered)
    assert min(time.handle_seconds, time.available_seconds) >= 0


def test_any_kind_of_contact_work_adheres_to_scheduled_work() -> None:
    schedule = [
        ScheduledSpan(AgentState.AVAILABLE, at(0), at(60)),
        ScheduledSpan(AgentState.BREAK, at(60), at(75)),
    ]
    states = [
        state(AgentState.OFFLINE, 0, 6),
        state(AgentState.AVAILABLE, 6, 40),
        state(AgentState.BUSY, 40, 63),
        state(AgentState.BREAK, 63, None),
    ]
    counts = count_adherence(schedule, states, at(75))
    assert counts.scheduled_seconds == 75 * 60
    assert adherence(counts) == pytest.approx((54 + 12) / 75)


def test_adherence_without_a_schedule_is_undefined() -> None:
    assert adherence(count_adherence([], [state(AgentState.BUSY, 0, 5)], at(9))) is None


def test_working_more_at_one_time_does_not_make_up_for_less_at_another() -> None:
    assert conformance([(30, 20), (30, 45)]) == pytest.approx(50 / 60)
    assert conformance([]) is None
    assert conformance([(0, 10)]) is None
