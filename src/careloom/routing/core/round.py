"""Round: the engine's decisions, and a second chance for contacts that everybody who could take them let pass."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from careloom.routing.core.agent import AgentView
from careloom.routing.core.decision import Decision, Decisions, LeftReason
from careloom.routing.core.engine import decide
from careloom.routing.core.work import Tried, Work
from careloom.routing.types import AcceptMode

PASSED_OVER: Final = timedelta(minutes=10)
"""How long a contact is not offered again to whoever declined it, missed it or handed it over."""

BREATHER: Final = timedelta(seconds=15)
"""How long even the only one who can take it is left in peace."""

_MOST_ASKED: Final = 20


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
    again = decide(
        [replace(work, tried=_softened(work)) for work in stuck], agents_after(agents, first.made, works), now
    )
    placed = {one.work_id for one in again.made}
    wakes = [wake for wake in (first.next_wake, again.next_wake) if wake is not None]
    return Decisions(
        made=(*first.made, *again.made),
        left=tuple(left for left in first.left if left.work_id not in placed),
        next_wake=min(wakes, default=None),
    )


def agents_after(agents: Collection[AgentView], made: Sequence[Decision], works: Sequence[Work]) -> list[AgentView]:
    """The agents with what `made` gave and offered them of `works`."""
    channels = {work.id: work.channel for work in works}
    taken = {agent.id: dict(agent.load) for agent in agents}
    busy: set[object] = set()
    for one in made:
        load, channel = taken[one.agent_id], channels[one.work_id]
        load[channel] = load.get(channel, 0) + 1
        if one.accept_mode is AcceptMode.OFFER:
            busy.add(one.agent_id)
    return [replace(one, load=taken[one.id], has_offer=one.has_offer or one.id in busy) for one in agents]


def _has_others(work: Work, agents: Collection[AgentView], now: datetime) -> bool:
    passed = {tried.agent_id for tried in work.tried if tried.until > now}
    others = [agent for agent in agents if agent.id not in passed]
    outcome = decide([replace(work, tried=(), preferred_agent=None)], others, now)
    return not (outcome.left and outcome.left[0].reason is LeftReason.NOBODY_ELIGIBLE)


def _softened(work: Work) -> tuple[Tried, ...]:
    return tuple(Tried(one.agent_id, one.until - PASSED_OVER + BREATHER) for one in work.tried)
