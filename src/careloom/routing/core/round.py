"""Round: the engine's decisions, and a second chance for contacts that everybody who could take them let pass."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from careloom.organizations.types import Channel
from careloom.routing.core.agent import AgentView
from careloom.routing.core.capacity import free_slots
from careloom.routing.core.decision import Decision, Decisions, LeftReason
from careloom.routing.core.engine import decide
from careloom.routing.core.work import Tried, Work
from careloom.routing.types import AcceptMode, Presence

PASSED_OVER: Final = timedelta(minutes=10)
"""How long a contact is not offered again to whoever declined it, missed it or handed it over."""

BREATHER: Final = timedelta(seconds=15)
"""How long even the only one who can take it is left in peace."""

_MOST_ASKED: Final = 20

Ask = tuple[Channel, AcceptMode]
"""What a line asks of an agent's room."""


def decide_round(works: Sequence[Work], agents: Collection[AgentView], now: datetime) -> Decisions:
    """The engine's decisions, where agents who let a contact pass are asked again when nobody else at work can
    take it.
    """
    first = decide(works, agents, now)
    waiting = {work.id: work for work in works if work.tried}
    refused = (left.work_id for left in first.left if left.reason is LeftReason.NOBODY_FREE)
    asked = [waiting[one] for one in refused if one in waiting][:_MOST_ASKED]
    stuck = [work for work in asked if not _has_others(work, agents, now)]
    if not stuck:
        return first
    again = decide([replace(work, tried=_softened(work)) for work in stuck], _after(agents, first.made, works), now)
    placed = {one.work_id for one in again.made}
    wakes = [wake for wake in (first.next_wake, again.next_wake) if wake is not None]
    return Decisions(
        made=(*first.made, *again.made),
        left=tuple(left for left in first.left if left.work_id not in placed),
        next_wake=min(wakes, default=None),
    )


def is_room_left(
    works: Sequence[Work], agents: Collection[AgentView], made: Sequence[Decision], asks: Collection[Ask]
) -> bool:
    """Whether, after `made`, someone could take a further contact of a channel and mode in `asks`."""
    return any(
        agent.state is Presence.AVAILABLE
        and any(
            free_slots(channel, agent.load, agent.capacity) > 0 and not (agent.has_offer and mode is AcceptMode.OFFER)
            for channel, mode in asks
        )
        for agent in _after(agents, made, works)
    )


def _has_others(work: Work, agents: Collection[AgentView], now: datetime) -> bool:
    passed = {tried.agent_id for tried in work.tried if tried.until > now}
    others = [agent for agent in agents if agent.id not in passed]
    outcome = decide([replace(work, tried=(), preferred_agent=None)], others, now)
    return not (outcome.left and outcome.left[0].reason is LeftReason.NOBODY_ELIGIBLE)


def _softened(work: Work) -> tuple[Tried, ...]:
    return tuple(Tried(one.agent_id, one.until - PASSED_OVER + BREATHER) for one in work.tried)


def _after(agents: Collection[AgentView], made: Sequence[Decision], works: Sequence[Work]) -> list[AgentView]:
    channels = {work.id: work.channel for work in works}
    taken = {agent.id: dict(agent.load) for agent in agents}
    busy: set[object] = set()
    for one in made:
        load, channel = taken[one.agent_id], channels[one.work_id]
        load[channel] = load.get(channel, 0) + 1
        if one.accept_mode is AcceptMode.OFFER:
            busy.add(one.agent_id)
    return [replace(one, load=taken[one.id], has_offer=one.has_offer or one.id in busy) for one in agents]
