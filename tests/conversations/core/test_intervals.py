"""Intervals: whatever happens, a conversation's life is one unbroken line of facts."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.conversations.core.intervals import (
    SHORTEST,
    PhaseRefusedError,
    Step,
    first_interval,
    next_interval,
)
from careloom.conversations.core.phases import AGENT_PHASES, HELD, next_phases
from careloom.conversations.types import ConversationId, Interval, Phase, QueueId
from careloom.identity.types import PersonId
from careloom.organizations.types import Channel

START = datetime(2025, 3, 3, 9, tzinfo=UTC)
CONVERSATION = ConversationId(UUID(int=1))
AGENTS = [PersonId(UUID(int=number)) for number in (11, 12, 13)]
QUEUES = [QueueId(UUID(int=number)) for number in (21, 22)]
MOMENTS = st.timedeltas(min_value=timedelta(seconds=-5), max_value=timedelta(hours=2)) | st.just(timedelta(0))


def agent_for(draw: st.DrawFn, before: Interval | None, phase: Phase) -> PersonId | None:
    if phase not in AGENT_PHASES:
        return None
    keeps = before is not None and before.phase in HELD and (phase in HELD or phase is Phase.TRANSFERRED)
    return before.agent_id if keeps and before is not None else draw(st.sampled_from(AGENTS))


@st.composite
def lives(draw: st.DrawFn) -> list[Interval]:
    """A random walk through allowed changes, at moments that may coincide or go back."""
    channel = draw(st.sampled_from(list(Channel)))
    phase = draw(st.sampled_from(sorted(next_phases(None, channel))))
    agent = agent_for(draw, None, phase)
    intervals = [first_interval(CONVERSATION, phase, channel, START, queue_id=QUEUES[0], agent_id=agent)]
    for _ in range(draw(st.integers(0, 25))):
        current = intervals[-1]
        phase = draw(st.sampled_from(sorted(next_phases(current.phase, channel))))
        queues = [queue for queue in QUEUES if phase is not current.phase or queue != current.queue_id]
        step: Step = next_interval(
            current,
            phase,
            channel,
            current.began_at + draw(MOMENTS),
            queue_id=draw(st.sampled_from(queues)),
            agent_id=agent_for(draw, current, phase),
        )
        intervals[-1:] = [step.closed, step.opened]
    return intervals


@given(lives())
def test_any_walk_gives_contiguous_intervals_with_one_open_and_none_empty(intervals: list[Interval]) -> None:
    assert [interval.seq for interval in intervals] == list(range(1, len(intervals) + 1))
    assert [interval.ended_at is None for interval in intervals] == [False] * (len(intervals) - 1) + [True]
    for earlier, later in pairwise(intervals):
        assert earlier.ended_at == later.began_at
        assert later.began_at - earlier.began_at >= SHORTEST


@given(lives())
def test_any_walk_names_an_agent_exactly_where_one_is_meant(intervals: list[Interval]) -> None:
    for interval in intervals:
        assert (interval.agent_id is not None) == (interval.phase in AGENT_PHASES)


@given(lives())
def test_an_agent_changes_only_through_a_transfer_or_the_queue(intervals: list[Interval]) -> None:
    for earlier, later in pairwise(intervals):
        if earlier.phase in HELD and later.phase in HELD:
            assert earlier.agent_id == later.agent_id


@given(lives(), st.sampled_from(list(Phase)), st.sampled_from(list(Channel)))
def test_a_change_that_the_table_does_not_have_is_refused(
    intervals: list[Interval], phase: Phase, channel: Channel
) -> None:
    current = intervals[-1]
    if phase in next_phases(current.phase, channel):
        return
    agent = AGENTS[0] if phase in AGENT_PHASES else None
    with pytest.raises(PhaseRefusedError) as refused:
        next_interval(current, phase, channel, START, queue_id=QUEUES[1], agent_id=agent)
    assert "_" not in refused.value.detail
    assert refused.value.detail.endswith(".")


def queued(phase: Phase = Phase.QUEUED, agent: PersonId | None = None) -> Interval:
    return first_interval(CONVERSATION, phase, Channel.CHAT, START, queue_id=QUEUES[0], agent_id=agent)


def test_a_change_at_the_same_instant_happens_a_microsecond_later() -> None:
    step = next_interval(queued(), Phase.WITH_AGENT, Channel.CHAT, START, agent_id=AGENTS[0])
    assert step.closed.ended_at == step.opened.began_at == START + timedelta(microseconds=1)


def test_another_agent_does_not_take_over_without_a_hand_over() -> None:
    talking = queued(Phase.WITH_AGENT, AGENTS[0])
    with pytest.raises(PhaseRefusedError, match="Transfer it instead"):
        next_interval(talking, Phase.ON_HOLD, Channel.CHAT, START, agent_id=AGENTS[1])


def test_requeueing_into_the_same_queue_is_refused() -> None:
    with pytest.raises(PhaseRefusedError, match="in that queue already"):
        next_interval(queued(), Phase.QUEUED, Channel.CHAT, START, queue_id=QUEUES[0])


def test_an_interval_that_has_ended_is_not_continued() -> None:
    step = next_interval(queued(), Phase.ABANDONED, Channel.CHAT, START + timedelta(seconds=9))
    with pytest.raises(PhaseRefusedError, match="load it again"):
        next_interval(step.closed, Phase.QUEUED, Channel.CHAT, START)


def test_a_phase_that_names_an_agent_needs_one() -> None:
    with pytest.raises(PhaseRefusedError, match="Name the agent"):
        next_interval(queued(), Phase.OFFERED, Channel.CHAT, START)
    with pytest.raises(PhaseRefusedError, match="Name no agent"):
        queued(agent=AGENTS[0])
