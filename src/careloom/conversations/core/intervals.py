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
from careloom.platform.texts.text import Text, say

SHORTEST: Final = timedelta(microseconds=1)
"""What PostgreSQL can tell apart; no interval is shorter, so facts have a strict order."""


class PhaseRefusedError(ConflictError):
    """This cannot be done with the conversation as it is now; load it again."""


_INSTEAD: Final[dict[Phase | None, Text]] = {
    None: say("A conversation begins in a queue or with an agent."),
    Phase.QUEUED: say("Nobody has this conversation yet. Take it first."),
    Phase.OFFERED: say("This conversation is being offered to an agent. Accept or take it first."),
    Phase.WITH_AGENT: say("An agent has this conversation already. Transfer it, or return it to a queue."),
    Phase.ON_HOLD: say("The customer is on hold. Take them off hold first."),
    Phase.WAITING_CUSTOMER: say("This conversation waits for the customer. Open it first."),
    Phase.AFTER_CALL_WORK: say("This contact is over. Choose an outcome to finish it."),
    Phase.TRANSFERRED: say("This conversation is being handed over. Load it again and retry."),
    Phase.ABANDONED: say("The customer has left. Take or reopen the conversation first."),
    Phase.ENDED: say("This conversation is resolved. Reopen it first."),
}
"""What agents read when a conversation in this phase refuses: how it is, and what to do."""


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
        raise PhaseRefusedError
    _check(current, phase, channel, agent_id)
    if phase is current.phase and queue_id == current.queue_id:
        raise PhaseRefusedError("This conversation is in that queue already. Choose another one.")
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
        raise PhaseRefusedError(_INSTEAD[before])
    if (agent_id is not None) != (phase in AGENT_PHASES):
        raise PhaseRefusedError("Name the agent for this." if phase in AGENT_PHASES else "Name no agent for this.")
    keeps_agent = phase in HELD or phase is Phase.TRANSFERRED
    if current is not None and current.phase in HELD and keeps_agent and agent_id != current.agent_id:
        raise PhaseRefusedError("Another agent has this conversation. Transfer it instead.")
