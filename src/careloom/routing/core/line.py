"""Line: works that ask for the same, and the agents who may take them in the policy's order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from heapq import heapify, heappop, heappush, heapreplace

from msgspec import Struct

from careloom.identity.types import PersonId
from careloom.organizations.types import Channel, ClientId, ProgramId
from careloom.routing.core.decision import Candidate
from careloom.routing.core.desk import Desk, Peers
from careloom.routing.core.policy import Policy, Rank
from careloom.routing.core.work import Ring, Work, reachable_seconds, rings_within
from careloom.routing.types import AcceptMode

_CHOSEN_AND_NEXT = 2


class Ask(Struct, frozen=True):
    """What a work asks for now; works with the same ask share a line."""

    client_id: ClientId
    program_id: ProgramId
    channel: Channel
    language: str | None
    accept_mode: AcceptMode
    rings: tuple[Ring, ...]


def ask_of(work: Work, now: datetime) -> Ask:
    """The work's ask with the rings that its wait has opened."""
    return Ask(
        client_id=work.client_id,
        program_id=work.program_id,
        channel=work.channel,
        language=work.language,
        accept_mode=work.accept_mode,
        rings=rings_within(work.rings, reachable_seconds(work, now)),
    )


class Line:
    """The eligible agents of an ask.

    Within a round room only shrinks and load only grows, so an entry of the heap that has gone stale can only
    belong further back: it is corrected when it comes to the top, and one without room is dropped for good.
    """

    __slots__ = ("_ask", "_fits", "_heap", "_policy")

    def __init__(self, ask: Ask, groups: Iterable[Peers], policy: Policy) -> None:
        self._ask = ask
        self._policy = policy
        self._fits: dict[PersonId, tuple[Desk, int, int]] = {}
        for peers in groups:
            if not peers.may_serve(ask.client_id, ask.program_id, ask.language):
                continue
            fit = peers.fit(ask.rings)
            if fit is not None:
                self._fits.update((desk.agent.id, (desk, *fit)) for desk in peers.desks)
        with_room = (desk for desk, _, _ in self._fits.values() if self.has_room(desk))
        self._heap = [self._entry(desk) for desk in with_room]
        heapify(self._heap)

    @property
    def is_empty(self) -> bool:
        """Whether no agent at work meets the ask."""
        return not self._fits

    def find(self, agent_id: PersonId | None) -> Desk | None:
        """The desk of an agent at work who meets the ask, free or not."""
        fit = None if agent_id is None else self._fits.get(agent_id)
        return None if fit is None else fit[0]

    def has_room(self, desk: Desk) -> bool:
        """Whether the agent can take one of these works now."""
        return desk.has_room(self._ask.channel, self._ask.accept_mode)

    def candidate(self, desk: Desk) -> Candidate:
        """The agent as a candidate for these works, with the load of this moment."""
        _, ring, surplus = self._fits[desk.agent.id]
        return Candidate(desk.agent.id, ring, surplus, desk.share, desk.idle_seconds)

    def best(self, passed_over: frozenset[PersonId]) -> list[Candidate]:
        """The best candidate with room and the next best, as far as there are, but none of `passed_over`."""
        found: list[Candidate] = []
        seen: list[tuple[Rank, PersonId, Candidate]] = []
        heap = self._heap
        while heap and len(found) < _CHOSEN_AND_NEXT:
            entry = heap[0]
            desk = self._fits[entry[1]][0]
            if not self.has_room(desk):
                heappop(heap)
            elif entry[2].load_share != desk.share:
                heapreplace(heap, self._entry(desk))
            else:
                seen.append(heappop(heap))
                if entry[1] not in passed_over:
                    found.append(entry[2])
        for entry in seen:
            heappush(heap, entry)
        return found

    def _entry(self, desk: Desk) -> tuple[Rank, PersonId, Candidate]:
        candidate = self.candidate(desk)
        return self._policy.rank(candidate), candidate.agent_id, candidate
