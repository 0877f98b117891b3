"""Phases: the lifecycle's table."""

import pytest

from careloom.conversations.core.phases import LIVE_CHANNELS, OVER, WAITING, may_follow, next_phases
from careloom.conversations.types import Phase
from careloom.organizations.types import Channel

CHANNELS = list(Channel)


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_phase_is_reached_that_the_channel_has_and_none_is_a_dead_end(channel: Channel) -> None:
    reached, ahead = set[Phase](), list(next_phases(None, channel))
    while ahead:
        phase = ahead.pop()
        if phase not in reached:
            reached.add(phase)
            assert next_phases(phase, channel)
            ahead.extend(next_phases(phase, channel))
    absent = set[Phase]() if channel in LIVE_CHANNELS else {Phase.ABANDONED}
    assert reached == set(Phase) - absent


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("phase", list(Phase))
def test_every_phase_can_lead_to_the_end(phase: Phase, channel: Channel) -> None:
    seen, ahead = set[Phase](), [phase]
    while ahead:
        current = ahead.pop()
        if current not in seen:
            seen.add(current)
            ahead.extend(next_phases(current, channel))
    assert seen & OVER


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("phase", sorted(WAITING))
def test_a_live_contact_left_unanswered_is_abandoned_and_never_quietly_closed(phase: Phase, channel: Channel) -> None:
    live = channel in LIVE_CHANNELS
    assert may_follow(phase, Phase.ABANDONED, channel) is live
    assert may_follow(phase, Phase.ENDED, channel) is not live


def test_a_customer_with_an_agent_cannot_abandon() -> None:
    for phase in (Phase.WITH_AGENT, Phase.ON_HOLD, Phase.AFTER_CALL_WORK):
        assert not may_follow(phase, Phase.ABANDONED, Channel.VOICE)


def test_an_offer_that_times_out_goes_back_to_the_queue_and_not_straight_to_another_agent() -> None:
    assert may_follow(Phase.OFFERED, Phase.QUEUED, Channel.CHAT)
    assert not may_follow(Phase.OFFERED, Phase.OFFERED, Channel.CHAT)


def test_an_ended_conversation_opens_again_through_the_queue_or_an_agent() -> None:
    assert next_phases(Phase.ENDED, Channel.EMAIL) == {Phase.QUEUED, Phase.WITH_AGENT}
