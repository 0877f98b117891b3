"""Phases: the lifecycle of a conversation as one table."""

from typing import Final

from careloom.conversations.types import Phase
from careloom.organizations.types import Channel

LIVE_CHANNELS: Final = frozenset({Channel.VOICE, Channel.CHAT})
"""Channels on which the customer stays on the line.

Leaving one unanswered is an abandonment, whoever closes it.
"""

HELD: Final = frozenset({Phase.WITH_AGENT, Phase.ON_HOLD, Phase.WAITING_CUSTOMER, Phase.AFTER_CALL_WORK})
"""Phases in which one agent has the conversation."""

WAITING: Final = frozenset({Phase.QUEUED, Phase.OFFERED})
"""Phases in which the customer waits for an agent."""

OVER: Final = frozenset({Phase.ABANDONED, Phase.ENDED})
"""Phases in which nobody works or waits; only a reopening leads out."""

AGENT_PHASES: Final = HELD | {Phase.OFFERED, Phase.TRANSFERRED}
"""Phases that name an agent: who has it, to whom it is offered, or who handed it over.

The others name none.
"""

FIRST: Final = frozenset({Phase.QUEUED, Phase.WITH_AGENT})
"""How a life begins: the customer writes or calls (queued), or an agent does (with agent)."""

_ALLOWED: Final[dict[Phase, frozenset[Phase]]] = {
    Phase.QUEUED: frozenset({Phase.QUEUED, Phase.OFFERED, Phase.WITH_AGENT, Phase.ABANDONED, Phase.ENDED}),
    Phase.OFFERED: frozenset({Phase.QUEUED, Phase.WITH_AGENT, Phase.ABANDONED, Phase.ENDED}),
    Phase.WITH_AGENT: frozenset(
        {
            Phase.ON_HOLD,
            Phase.WAITING_CUSTOMER,
            Phase.AFTER_CALL_WORK,
            Phase.TRANSFERRED,
            Phase.QUEUED,
            Phase.ENDED,
        }
    ),
    Phase.ON_HOLD: frozenset({Phase.WITH_AGENT, Phase.AFTER_CALL_WORK, Phase.TRANSFERRED, Phase.QUEUED, Phase.ENDED}),
    Phase.WAITING_CUSTOMER: frozenset(
        {Phase.WITH_AGENT, Phase.AFTER_CALL_WORK, Phase.TRANSFERRED, Phase.QUEUED, Phase.ENDED}
    ),
    Phase.AFTER_CALL_WORK: frozenset({Phase.WITH_AGENT, Phase.TRANSFERRED, Phase.QUEUED, Phase.ENDED}),
    Phase.TRANSFERRED: frozenset({Phase.QUEUED, Phase.OFFERED, Phase.WITH_AGENT}),
    Phase.ABANDONED: frozenset({Phase.QUEUED, Phase.WITH_AGENT, Phase.ENDED}),
    Phase.ENDED: frozenset({Phase.QUEUED, Phase.WITH_AGENT}),
}


def next_phases(current: Phase | None, channel: Channel) -> frozenset[Phase]:
    """Every phase that may follow `current` on `channel`; None is the time before arrival.

    - queued: offered; taken, assigned or given at once (with agent); moved to another queue (queued again);
      on a live channel abandoned, on a deferred one closed without an answer (ended), such as spam or a
      duplicate.
    - offered: accepted, or taken by someone else (with agent); timed out, declined or withdrawn (queued); or
      left as from the queue.
    - with agent: the customer is put on hold or has the next word (waiting customer); over, with wrap-up to
      do (after-call work) or done at once (ended); handed over (transferred); or returned to the queue
      because the agent is gone.
    - on hold, waiting customer, after-call work: back to the same agent, or out as from with agent.
    - transferred: the instant of a hand-over, which names who handed over; then a queue, an offer or another
      agent.
    - abandoned: the customer came back (queued), someone takes it up (with agent), or it is closed (ended).
    - ended: reopened by the customer (queued, or straight to the agent) or by an agent (with agent).
    """
    if current is None:
        return FIRST
    if current in WAITING:
        return _ALLOWED[current] - {Phase.ENDED if channel in LIVE_CHANNELS else Phase.ABANDONED}
    return _ALLOWED[current]


def may_follow(current: Phase | None, following: Phase, channel: Channel) -> bool:
    """Whether `following` may come after `current` on `channel`."""
    return following in next_phases(current, channel)
