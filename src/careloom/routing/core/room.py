"""Room: how many contacts of a queue the agents could take, so that no more of them are looked at."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from careloom.routing.core.agent import AgentView
from careloom.routing.core.desk import Desk, Peers, group_peers
from careloom.routing.core.work import Ring
from careloom.routing.types import Presence, Queue


class Room:
    """The room of all available agents, asked for one queue after the other."""

    __slots__ = ("_groups",)

    def __init__(self, agents: Collection[AgentView], now: datetime) -> None:
        free = (Desk(agent, now) for agent in agents if agent.state is Presence.AVAILABLE)
        self._groups = group_peers(free)

    def most(self, queue: Queue, rings: Sequence[Ring]) -> int:
        """How many of the queue's contacts could be taken at most by agents within `rings`.

        No decision takes more; single contacts may ask for more than their queue does.
        """
        groups = (peers for peers in self._groups if self._may_take(peers, queue, tuple(rings)))
        return sum(_most(peers.desks, queue) for peers in groups)

    def _may_take(self, peers: Peers, queue: Queue, rings: tuple[Ring, ...]) -> bool:
        may_serve = peers.may_serve(queue.client_id, queue.program_id, queue.language)
        return may_serve and peers.fit(rings) is not None


def _most(desks: Iterable[Desk], queue: Queue) -> int:
    return sum(desk.most(queue.channels, queue.accept_mode) for desk in desks)
