"""Desk: an agent's room and load while a round of decisions goes on."""

from collections.abc import Iterable
from datetime import datetime

from careloom.organizations.types import Channel, ClientId, ProgramId
from careloom.routing.core.agent import AgentView
from careloom.routing.core.capacity import free_slots, load_share
from careloom.routing.core.eligibility import first_ring, speaks
from careloom.routing.core.work import Ring
from careloom.routing.types import AcceptMode, Presence


class Desk:
    """One agent; `take` books contacts, so room only shrinks and load only grows within a round."""

    __slots__ = ("_load", "_offered", "agent", "available", "idle_seconds", "share")

    def __init__(self, agent: AgentView, now: datetime) -> None:
        self.agent = agent
        self.available = agent.state is Presence.AVAILABLE
        self.idle_seconds = max(0.0, (now - agent.idle_since).total_seconds())
        self.share = load_share(agent.load, agent.capacity)
        self._load = dict(agent.load)
        self._offered = agent.has_offer

    def has_room(self, channel: Channel, mode: AcceptMode) -> bool:
        """Whether the agent can take one more; one offer at a time."""
        if not self.available or (self._offered and mode is AcceptMode.OFFER):
            return False
        return free_slots(channel, self._load, self.agent.capacity) > 0

    def most(self, channels: Iterable[Channel], mode: AcceptMode) -> int:
        """How many contacts of these channels the agent could take at most."""
        if mode is AcceptMode.OFFER:
            return int(any(self.has_room(channel, mode) for channel in channels))
        return sum(free_slots(one, self._load, self.agent.capacity) for one in channels if self.has_room(one, mode))

    def take(self, channel: Channel, mode: AcceptMode) -> None:
        """Book a contact."""
        self._load[channel] = self._load.get(channel, 0) + 1
        self._offered = self._offered or mode is AcceptMode.OFFER
        self.share = load_share(self._load, self.agent.capacity)


class Peers:
    """Desks whose agents are alike for every rule: same provider, skills, languages and reach."""

    __slots__ = ("_agent", "_levels", "_total", "desks")

    def __init__(self, desks: list[Desk]) -> None:
        self.desks = desks
        self._agent = desks[0].agent
        self._levels = {skill.skill_id: skill.level for skill in self._agent.skills}
        self._total = sum(self._levels.values())

    def may_serve(self, client_id: ClientId, program_id: ProgramId, language: str | None) -> bool:
        """Whether these agents may work for the client or program and speak the language."""
        agent = self._agent
        reaches = client_id in agent.client_ids or program_id in agent.program_ids
        return reaches and speaks(agent.languages, language)

    def fit(self, rings: tuple[Ring, ...]) -> tuple[int, int] | None:
        """The first ring that they belong to, and their skill surplus in it; None where there is none."""
        index = first_ring(rings, self._agent.provider_id, self._levels)
        if index is None:
            return None
        return index, self._total - sum(need.level for need in rings[index].skills)


def group_peers(desks: Iterable[Desk]) -> list[Peers]:
    """Desks grouped by what rules look at, so that a rule is applied once to all who are alike."""
    groups: dict[object, list[Desk]] = {}
    for desk in desks:
        agent = desk.agent
        key = (agent.provider_id, agent.skills, agent.languages, agent.client_ids, agent.program_ids)
        groups.setdefault(key, []).append(desk)
    return [Peers(group) for group in groups.values()]
