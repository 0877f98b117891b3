"""The engine: one round of decisions over all waiting works and all agents."""

from collections.abc import Iterable
from datetime import datetime

from careloom.identity.types import PersonId
from careloom.routing.core.agent import AT_WORK, AgentView
from careloom.routing.core.decision import Candidate, Decision, Decisions, Left, LeftReason, Reason
from careloom.routing.core.desk import Desk, group_peers
from careloom.routing.core.line import Ask, Line, ask_of
from careloom.routing.core.policy import BestFit, Policy
from careloom.routing.core.work import Work, reachable_seconds, reached_at, target_used, waited_seconds

_BEST_FIT = BestFit()


def decide(works: Iterable[Work], agents: Iterable[AgentView], now: datetime, policy: Policy = _BEST_FIT) -> Decisions:
    """Give waiting works to agents, the most urgent first, each to the best agent who may and can take it.

    The result depends on the values alone, not on their order. A work is left only when no agent who may take
    it has room after all more urgent works, or while its preferred agent has first go.
    """
    ordered = sorted((policy.urgency(work, now), work.id, work) for work in works)
    return _Round(agents, now, policy).decide(work for _, _, work in ordered)


class _Round:
    def __init__(self, agents: Iterable[AgentView], now: datetime, policy: Policy) -> None:
        self._now = now
        self._policy = policy
        self._groups = group_peers(Desk(agent, now) for agent in agents if agent.state in AT_WORK)
        self._desks = {desk.agent.id: desk for peers in self._groups for desk in peers.desks}
        self._lines: dict[Ask, Line] = {}

    def decide(self, ordered: Iterable[Work]) -> Decisions:
        made: list[Decision] = []
        left: list[Left] = []
        wakes: list[datetime] = []
        for work in ordered:
            outcome = self._place(work)
            if isinstance(outcome, Decision):
                made.append(outcome)
            else:
                left.append(Left(work.id, outcome))
                wakes.extend(self._wakes(work, outcome))
        return Decisions(made=tuple(made), left=tuple(left), next_wake=min(wakes, default=None))

    def _place(self, work: Work) -> Decision | LeftReason:
        line = self._line(work)
        passed_over = frozenset(tried.agent_id for tried in work.tried if tried.until > self._now)
        preferred = None if work.preferred_agent in passed_over else line.find(work.preferred_agent)
        if preferred is not None and line.has_room(preferred):
            chosen = line.candidate(preferred)
            others = line.best(passed_over | {chosen.agent_id})
            return self._give(work, chosen, others[0] if others else None, Reason.PREFERRED)
        if preferred is not None and reachable_seconds(work, self._now) < self._policy.preferred_grace_seconds:
            return LeftReason.HELD_FOR_PREFERRED
        best = line.best(passed_over)
        if not best:
            return LeftReason.NOBODY_ELIGIBLE if line.is_empty else LeftReason.NOBODY_FREE
        next_best = best[1] if best[1:] else None
        return self._give(work, best[0], next_best, self._policy.reason(best[0], next_best))

    def _line(self, work: Work) -> Line:
        ask = ask_of(work, self._now)
        line = self._lines.get(ask)
        if line is None:
            line = self._lines[ask] = Line(ask, self._groups, self._policy)
        return line

    def _give(self, work: Work, chosen: Candidate, next_best: Candidate | None, reason: Reason) -> Decision:
        self._desks[chosen.agent_id].take(work.channel, work.accept_mode)
        return Decision(
            work_id=work.id,
            agent_id=chosen.agent_id,
            accept_mode=work.accept_mode,
            offer_seconds=work.offer_seconds,
            reason=reason,
            chosen=chosen,
            next_best=next_best,
            waited_seconds=waited_seconds(work, self._now),
            target_used=target_used(work, self._now),
        )

    def _wakes(self, work: Work, reason: LeftReason) -> list[datetime]:
        delays = [ring.after_seconds for ring in work.rings]
        if reason is LeftReason.HELD_FOR_PREFERRED:
            delays.append(self._policy.preferred_grace_seconds)
        times = [reached_at(work, delay) for delay in delays]
        times.extend(tried.until for tried in work.tried if self._is_at_work(tried.agent_id))
        return [time for time in times if time > self._now]

    def _is_at_work(self, agent_id: PersonId) -> bool:
        return agent_id in self._desks
