"""Reads people's states."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select

from careloom.identity.types import PersonId
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, InvalidInputError
from careloom.platform.wire import reader
from careloom.routing.queries.profiles import get_employee
from careloom.routing.tables import agent_state
from careloom.routing.types import AgentPresence, AgentState, Presence

LONGEST: Final = timedelta(days=31)
_MOST_STATES: Final = 5000
_read_state = reader(AgentState)
_read_presence = reader(AgentPresence)
_T = agent_state.c


async def my_presence(tx: Tx, actor: Actor) -> AgentPresence:
    """The actor's own state; whoever never was at work is offline."""
    person_id = PersonId(actor.person_id or UUID(int=0))
    found = await presences(tx, [person_id])
    return found.get(person_id) or AgentPresence(person_id, Presence.OFFLINE, now(), None)


async def presences(tx: Tx, person_ids: list[PersonId]) -> dict[PersonId, AgentPresence]:
    """The states of visible people who ever had one."""
    statement = select(_T.person_id, _T.state, _T.began_at.label("since"), _T.reason)
    rows = await tx.execute(statement.where(_T.person_id.in_(person_ids), _T.ended_at.is_(None)))
    return {one.person_id: one for one in map(_read_presence, rows)}


async def list_states(
    tx: Tx, actor: Actor, person_id: PersonId, began: datetime | None = None, ended: datetime | None = None
) -> list[AgentState]:
    """States of a time of at most 31 days (the last 24 hours where not said), oldest first.

    One's own, or those of people over whose provider the actor holds `live.read`. Raises NotFoundError.
    """
    person = await get_employee(tx, actor, person_id)
    if person_id != actor.person_id:
        actor.require(Permission.LIVE_READ, provider_id=person.provider_id)
    ended = ended or now()
    began = began or ended - timedelta(days=1)
    if not timedelta() < ended - began <= LONGEST:
        raise InvalidInputError(errors=(FieldError("/to", "Must be after `from`, by at most 31 days."),))
    statement = (
        select(_T.state, _T.reason, _T.began_at, _T.ended_at)
        .where(_T.person_id == person_id, or_(_T.ended_at > began, _T.ended_at.is_(None)), _T.began_at < ended)
        .order_by(_T.began_at)
        .limit(_MOST_STATES)
    )
    return [_read_state(row) for row in await tx.execute(statement)]
