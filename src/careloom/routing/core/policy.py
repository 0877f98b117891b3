"""Policy: the order of works and of agents, to be replaced without touching the rules."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

from msgspec import Struct

from careloom.conversations.types import Priority
from careloom.routing.core.decision import Candidate, Reason
from careloom.routing.core.work import Work, target_used, waited_seconds

Rank = tuple[float, ...]
"""Sorts ascending: the smallest goes first. All ranks of one policy have the same length."""

_URGENCY: Final = {Priority.URGENT: 0, Priority.HIGH: 1, Priority.NORMAL: 2, Priority.LOW: 3}


class Policy(Protocol):
    """Orders works and agents. Ids break ties, so that equal ranks are no matter of chance."""

    @property
    def preferred_grace_seconds(self) -> float:
        """How long a contact waits for its preferred agent alone."""
        ...

    def urgency(self, work: Work, now: datetime) -> Rank:
        """The rank of a work among all."""
        ...

    def rank(self, candidate: Candidate) -> Rank:
        """The rank of an agent for a work; it must not get better when only the load share grows."""
        ...

    def reason(self, chosen: Candidate, next_best: Candidate | None) -> Reason:
        """What put `chosen` before `next_best`."""
        ...


class BestFit(Struct, frozen=True):
    """Works by priority, promise used, age; agents by ring, closest fit, least load, longest idle.

    Closest fit keeps specialists free for what only they can do.
    """

    preferred_grace_seconds: float = 20

    def urgency(self, work: Work, now: datetime) -> Rank:
        """Priority, then the share of the promised time used, then age."""
        return _URGENCY[work.priority], -target_used(work, now), -waited_seconds(work, now)

    def rank(self, candidate: Candidate) -> Rank:
        """Ring, then skill surplus, then load share, then longest idle."""
        return candidate.ring, candidate.surplus, candidate.load_share, -candidate.idle_seconds

    def reason(self, chosen: Candidate, next_best: Candidate | None) -> Reason:
        """The first of ring, surplus, load share and idle time in which the two differ."""
        if next_best is None:
            return Reason.ONLY_ONE
        by = (Reason.NEARER_RING, Reason.CLOSER_FIT, Reason.LESS_LOADED, Reason.LONGER_IDLE)
        ranks = zip(by, self.rank(chosen), self.rank(next_best), strict=True)
        return next((reason for reason, mine, other in ranks if mine != other), Reason.EQUAL)
