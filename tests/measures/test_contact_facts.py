"""Counts that follow from a contact's intervals alone."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloom.conversations.core.phases import AGENT_PHASES, HELD, next_phases
from careloom.conversations.types import Phase
from careloom.measures.core.abandonment import abandonment_rate
from careloom.measures.core.contact import summarize
from careloom.measures.core.handling import average_handle_time, count_handle_time, transfer_rate
from careloom.measures.core.offer import rona_rate, sum_offers
from careloom.measures.core.queue_wait import count_waits
from careloom.measures.core.service_level import count_service_level
from careloom.measures.core.speed_of_answer import (
    average_speed_of_answer,
    average_speed_of_answer_by_received,
)
from careloom.measures.types import (
    AgentState,
    ContactFact,
    ContactPhase,
    ContactSummary,
    IntervalFact,
    ServiceLevelCounts,
    WaitOutcome,
)
from careloom.organizations.types import Channel
from careloom.routing.types import Presence

START = datetime(2025, 3, 3, 9, tzinfo=UTC)
SALES, SUPPORT, ANA, BEN = (UUID(int=number) for number in range(1, 5))
OFFER_SECONDS = {SALES: 20.0, SUPPORT: 20.0}

Piece = tuple[str, float, UUID | None, UUID | None]


def life(*pieces: Piece, callback: bool = False, is_open: bool = False) -> ContactFact:
    """A contact from (phase, seconds, queue, agent) pieces; the last one stays open where `is_open`."""
    at, intervals = START, list[IntervalFact]()
    for phase, seconds, queue, agent in pieces:
        end = at + timedelta(seconds=seconds)
        intervals.append(IntervalFact(ContactPhase(phase), queue, agent, at, end))
        at = end
    if is_open:
        last = intervals[-1]
        intervals[-1] = IntervalFact(last.phase, last.queue_id, last.agent_id, last.began_at, None)
    return ContactFact(UUID(int=99), tuple(intervals), callback)


def read(contact: ContactFact, after: float = 3600) -> ContactSummary:
    return summarize(contact, START + timedelta(seconds=after), OFFER_SECONDS)


ROUND_TRIP = life(
    ("queued", 10, SALES, None),
    ("offered", 20, SALES, ANA),
    ("queued", 5, SALES, None),
    ("offered", 7, SALES, BEN),
    ("with_agent", 100, SALES, BEN),
    ("on_hold", 30, SALES, BEN),
    ("with_agent", 20, SALES, BEN),
    ("transferred", 0.000001, SALES, BEN),
    ("queued", 40, SUPPORT, None),
    ("with_agent", 60, SUPPORT, ANA),
    ("waiting_customer", 500, SUPPORT, ANA),
    ("with_agent", 10, SUPPORT, ANA),
    ("after_call_work", 15, SUPPORT, ANA),
    ("ended", 0, SUPPORT, None),
)


def test_the_fact_vocabulary_is_that_of_conversations_and_routing() -> None:
    assert {phase.value for phase in ContactPhase} == {phase.value for phase in Phase}
    assert {state.value for state in AgentState} == {state.value for state in Presence}


def test_offers_that_came_to_nothing_are_part_of_the_wait() -> None:
    summary = read(ROUND_TRIP)
    assert [(wait.queue_id, wait.wait_seconds, wait.agent_id) for wait in summary.waits] == [
        (SALES, 42, BEN),
        (SUPPORT, 40, ANA),
    ]
    assert summary.queue_wait_seconds == 42
    assert summary.answered
    assert not summary.abandoned


def test_talk_hold_and_after_call_work_belong_to_each_agents_handling() -> None:
    summary = read(ROUND_TRIP)
    times = [(work.agent_id, work.talk_seconds, work.hold_seconds, work.acw_seconds) for work in summary.handlings]
    assert times == [(BEN, 120, 30, 0), (ANA, 70, 0, 15)]
    assert (summary.talk_seconds, summary.hold_seconds, summary.acw_seconds) == (190, 30, 15)
    total = count_handle_time(summary.handlings)
    assert average_handle_time(total) == (190 + 30 + 15) / 2


def test_a_customers_thinking_time_is_not_handle_time() -> None:
    handling = read(ROUND_TRIP).handlings[1]
    assert handling.customer_seconds == 500


def test_a_transfer_counts_for_the_agent_who_handed_over() -> None:
    summary = read(ROUND_TRIP)
    assert summary.transfers == 1
    assert [work.transferred_out for work in summary.handlings] == [True, False]
    assert transfer_rate(count_handle_time(summary.handlings)) == 0.5


def test_an_offer_that_lasted_its_time_out_is_rona_and_a_shorter_one_is_not() -> None:
    declined = life(("queued", 1, SALES, None), ("offered", 3, SALES, ANA), ("queued", 1, SALES, None))
    counts = sum_offers([read(ROUND_TRIP).offers, read(declined).offers])
    assert (counts.offers, counts.accepted, counts.timed_out, counts.other) == (3, 1, 1, 1)
    assert rona_rate(counts) == pytest.approx(1 / 3)


def test_an_open_offer_is_neither_accepted_nor_timed_out() -> None:
    counts = read(life(("offered", 50, SALES, ANA), is_open=True)).offers
    assert counts.open == 1
    assert rona_rate(counts) is None


def test_an_offer_taken_by_someone_else_is_not_accepted() -> None:
    counts = read(life(("offered", 5, SALES, ANA), ("with_agent", 9, SALES, BEN))).offers
    assert (counts.accepted, counts.other) == (0, 1)


def test_leaving_the_queue_is_an_abandonment_unless_a_callback_was_asked_for() -> None:
    pieces: tuple[Piece, ...] = (("queued", 12, SALES, None), ("abandoned", 0, SALES, None))
    left, called = read(life(*pieces)), read(life(*pieces, callback=True))
    assert (left.abandoned, called.abandoned) == (True, False)
    assert called.waits[0].outcome is WaitOutcome.CALLBACK
    assert abandonment_rate(count_waits([*left.waits, *called.waits])) == 0.5


def test_a_contact_wrapped_up_unanswered_is_closed() -> None:
    summary = read(life(("queued", 12, SALES, None), ("ended", 0, SALES, None)))
    assert summary.waits[0].outcome is WaitOutcome.CLOSED
    assert not summary.answered
    assert not summary.abandoned


def test_a_wait_belongs_to_the_queue_in_which_it_ended() -> None:
    moved = read(life(("queued", 10, SALES, None), ("queued", 5, SUPPORT, None), ("with_agent", 9, SUPPORT, ANA)))
    assert [(wait.queue_id, wait.wait_seconds) for wait in moved.waits] == [(SUPPORT, 15)]


def test_open_intervals_are_measured_up_to_now_and_not_counted_as_finished() -> None:
    waiting = read(life(("queued", 1, SALES, None), is_open=True), after=90)
    talking = read(life(("with_agent", 1, None, ANA), is_open=True), after=30)
    assert waiting.queue_wait_seconds == 90
    assert count_waits(waiting.waits).queued == 0
    assert talking.queue_wait_seconds is None
    assert talking.talk_seconds == 30
    assert average_handle_time(count_handle_time(talking.handlings)) is None


def test_the_counts_of_service_level_and_asa_follow_from_the_waits() -> None:
    def answered(seconds: float) -> ContactFact:
        return life(("queued", seconds, SALES, None), ("with_agent", 60, SALES, ANA))

    def abandoned(seconds: float) -> ContactFact:
        return life(("queued", seconds, SALES, None), ("abandoned", 0, SALES, None))

    contacts = [answered(5), answered(20), answered(21), abandoned(4), abandoned(5), abandoned(30)]
    waits = [wait for contact in contacts for wait in read(contact).waits]
    assert count_service_level(waits, target_seconds=20, short_seconds=5) == ServiceLevelCounts(
        answered=3, answered_within=2, abandoned=3, abandoned_within=2, abandoned_short=1
    )
    counts = count_waits(waits, short_seconds=5)
    assert average_speed_of_answer(counts) == pytest.approx(46 / 3)
    assert average_speed_of_answer_by_received(counts) == pytest.approx(46 / 6)
    assert abandonment_rate(counts) == 0.5
    assert abandonment_rate(counts, exclude_short=True) == 2 / 5


@st.composite
def any_life(draw: st.DrawFn) -> ContactFact:
    """A random walk through the lifecycle that conversations allow; one agent between two queues' waits."""
    channel = draw(st.sampled_from(list(Channel)))
    pieces, phase, agent = list[Piece](), None, ANA
    for _ in range(draw(st.integers(1, 20))):
        phase = draw(st.sampled_from(sorted(next_phases(phase, channel))))
        if phase not in HELD and phase is not Phase.TRANSFERRED:
            agent = draw(st.sampled_from([ANA, BEN]))
        pieces.append((phase.value, draw(st.integers(1, 60)), SALES, agent if phase in AGENT_PHASES else None))
    return life(*pieces, is_open=draw(st.booleans()))


@given(any_life())
def test_every_second_of_any_life_is_waited_handled_handed_over_or_over(contact: ContactFact) -> None:
    summary = read(contact, after=2000)
    end = START + timedelta(seconds=2000)
    elsewhere = {ContactPhase.TRANSFERRED, ContactPhase.ABANDONED, ContactPhase.ENDED}
    spans = [(interval.phase, (interval.ended_at or end) - interval.began_at) for interval in contact.intervals]
    waited = sum(wait.wait_seconds for wait in summary.waits)
    handled = summary.talk_seconds + summary.hold_seconds + summary.acw_seconds
    thinking = sum(work.customer_seconds for work in summary.handlings)
    other = sum(span.total_seconds() for phase, span in spans if phase in elsewhere)
    assert waited + handled + thinking + other == sum(span.total_seconds() for _, span in spans)


@given(any_life())
def test_the_counts_of_any_life_are_consistent(contact: ContactFact) -> None:
    summary = read(contact)
    counts, time, offers = count_waits(summary.waits), count_handle_time(summary.handlings), summary.offers
    assert counts.answered + counts.abandoned <= counts.queued
    assert time.transferred_out <= time.handled <= len(summary.handlings)
    assert offers.accepted + offers.timed_out + offers.other + offers.open == offers.offers
    assert summary.transfers == sum(work.transferred_out for work in summary.handlings)
