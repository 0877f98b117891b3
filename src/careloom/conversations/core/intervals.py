"""Intervals: how a change of phase closes one fact and opens the next."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from careloom.conversations.core.phases import AGENT_PHASES, HELD, may_follow
from careloom.conversations.types import ConversationId, Interval, Phase, QueueId
from careloom.identity.types import PersonId
from careloom.organizations.types import Channel
from careloom.platform.errors import ConflictError

SHORTEST: Final = timedelta(microseconds=1)
"""What PostgreSQL can tell apart; no interval is shorter, so facts have a strict order."""


class PhaseRefusedError(ConflictError):
    """The conversation cannot do this from where it is now."""


class Step(Struct, frozen=True):
    """The interval that a change closes, and the one that it opens."""

    closed: Interval
    opened: Interval


def first_interval(
    conversation_id: ConversationId,
    phase: Phase,
    channel: Channel,
    at: datetime,
    *,
    queue_id: QueueId | None = None,
    agent_id: PersonId | None = None,
) -> Interval:
    """The interval with which a conversation's life begins. Raises PhaseRefusedError."""
    _check(None, phase, channel, agent_id)
    return Interval(
        conversation_id=conversation_id,
        seq=1,
        phase=phase,
        queue_id=queue_id,
        agent_id=agent_id,
        began_at=at,
        ended_at=None,
    )


def next_interval(
    current: Interval,
    phase: Phase,
    channel: Channel,
    at: datetime,
    *,
    queue_id: QueueId | None = None,
    agent_id: PersonId | None = None,
) -> Step:
    """Close `current` and open an interval in `phase`; `queue_id` and `agent_id` are those of the new one.

    It begins at `at`, or as soon after as keeps `current` from being empty, so that a clock that went back
    never makes intervals overlap or vanish. Raises PhaseRefusedError where the lifecycle does not allow it.
    """
    if current.ended_at is not None:
        msg = f"interval {current.seq} has already ended"
        raise PhaseRefusedError(msg)
    _check(current, phase, channel, agent_id)
    if phase is current.phase and queue_id == current.queue_id:
        msg = "the conversation is already in that queue"
        raise PhaseRefusedError(msg)
    boundary = max(at, current.began_at + SHORTEST)
    opened = Interval(
        conversation_id=current.conversation_id,
        seq=current.seq + 1,
        phase=phase,
        queue_id=queue_id,
        agent_id=agent_id,
        began_at=boundary,
        ended_at=None,
    )
    return Step(closed=replace(current, ended_at=boundary), opened=opened)


def _check(current: Interval | None, phase: Phase, channel: Channel, agent_id: UUID | None) -> None:
    before = None if current is None else current.phase
    if not may_follow(before, phase, channel):
        msg = f"{phase} may not follow {before or 'arrival'} on {channel}"
        raise PhaseRefusedError(msg)
    if (agent_id is not None) != (phase in AGENT_PHASES):
        msg = f"{phase} names {'an' if phase in AGENT_PHASES else 'no'} agent"
        raise PhaseRefusedError(msg)
    keeps_agent = phase in HELD or phase is Phase.TRANSFERRED
    if current is not None and current.phase in HELD and keeps_agent and agent_id != current.agent_id:
        msg = "an agent hands over through a transfer or the queue"
        raise PhaseRefusedError(msg)
