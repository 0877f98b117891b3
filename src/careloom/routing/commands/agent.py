"""An agent locked for the rest of the transaction, and the chain of their states.

Whoever adds to an agent's load or changes their state holds this lock; it is taken before any conversation's, and
nobody holds two of them (decision 0010).
"""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from sqlalchemy import select, update

from careloom.identity.types import PersonId
from careloom.organizations.types import ProviderId
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.event import publish
from careloom.routing.events import PresenceChanged
from careloom.routing.queries.profiles import COLUMNS, read_profile
from careloom.routing.tables import agent_profile, agent_state
from careloom.routing.types import AgentPresence, AgentProfile, Presence

MISSED_OFFER: Final = "missed_offer"
CONNECTION_LOST: Final = "connection_lost"
DEACTIVATED: Final = "deactivated"
SIGNED_OUT: Final = "signed_out"
WRAP_UP: Final = "wrap_up"
_SHORTEST: Final = timedelta(microseconds=1)


class HeldAgent(Struct, frozen=True):
    """A locked agent; `seq` is 0 and `state` None for someone who never had a state."""

    profile: AgentProfile
    provider_id: ProviderId
    seq: int
    state: Presence | None
    since: datetime | None
    reason: str | None

    @property
    def id(self) -> PersonId:
        """Who it is."""
        return self.profile.person_id


async def hold_agent(tx: Tx, person_id: PersonId) -> HeldAgent | None:
    """Locks an agent; None for someone without a profile, or whom the transaction does not see."""
    statement = select(*COLUMNS, agent_profile.c.provider_id).where(agent_profile.c.person_id == person_id)
    row = (await tx.execute(statement.with_for_update(key_share=True))).one_or_none()
    if row is None:
        return None
    profile, table = read_profile(row), agent_state.c
    statement = select(table.seq, table.state, table.began_at, table.reason)
    current = (await tx.execute(statement.where(table.person_id == person_id, table.ended_at.is_(None)))).one_or_none()
    if current is None:
        return HeldAgent(profile, row.provider_id, 0, None, None, None)
    state = Presence(current.state)
    return HeldAgent(profile, row.provider_id, current.seq, state, current.began_at, current.reason)


async def move_state(
    tx: Tx, agent: HeldAgent, state: Presence, *, reason: str | None = None, set_by: PersonId | None = None
) -> AgentPresence:
    """Ends a locked agent's state and begins the next; nothing where it is the same. Publishes PresenceChanged."""
    if agent.state is state and agent.since is not None:
        return AgentPresence(agent.id, state, agent.since, agent.reason)
    at = now()
    if agent.since is not None:
        at = max(at, agent.since + _SHORTEST)
        table = agent_state.c
        here = (table.provider_id == agent.provider_id, table.person_id == agent.id, table.seq == agent.seq)
        await tx.execute(update(agent_state).where(*here).values(ended_at=at))
    await tx.execute(
        agent_state.insert().values(
            provider_id=agent.provider_id,
            person_id=agent.id,
            seq=agent.seq + 1,
            state=state,
            reason=reason,
            set_by=set_by,
            began_at=at,
            previous_ended_at=None if agent.since is None else at,
        )
    )
    told = PresenceChanged(
        provider_id=agent.provider_id,
        person_id=agent.id,
        state=state,
        previous=agent.state,
        since=at,
        reason=reason,
    )
    await publish(tx, told)
    return AgentPresence(agent.id, state, at, reason)
