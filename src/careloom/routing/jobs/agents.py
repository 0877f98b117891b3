"""What happens to contacts and people, followed up for offers and agents' states."""

from careloom.conversations.events import PhaseChanged
from careloom.conversations.queries.work import held_by
from careloom.conversations.types import Phase
from careloom.identity.events import PersonChanged
from careloom.identity.queries.actors import actors_of
from careloom.identity.types import PersonId
from careloom.organizations.types import Channel
from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.consumer import Consumer
from careloom.routing.commands.agent import DEACTIVATED, WRAP_UP, hold_agent
from careloom.routing.commands.offers import withdraw
from careloom.routing.commands.presence import enter, leave
from careloom.routing.types import Presence


async def follow_phase(tx: Tx, event: PhaseChanged) -> None:
    """Ends an offer that something else overtook; sets an agent's after-call work after a call, and ends it."""
    if event.previous is Phase.OFFERED:
        await withdraw(tx, event.conversation_id, made_until=event.at)
    if event.phase is Phase.AFTER_CALL_WORK and event.channel is Channel.VOICE and event.agent_id is not None:
        await _begin_wrap_up(tx, event.agent_id)
    if event.previous is Phase.AFTER_CALL_WORK and event.previous_agent_id is not None:
        await _end_wrap_up(tx, event.previous_agent_id)


async def follow_person(tx: Tx, event: PersonChanged) -> None:
    """Sets people offline who may no longer sign in."""
    person_id = PersonId(event.person_id)
    if person_id not in await actors_of(tx, [person_id]):
        await leave(tx, person_id, DEACTIVATED)


async def _begin_wrap_up(tx: Tx, person_id: PersonId) -> None:
    agent = await hold_agent(tx, person_id)
    if agent is not None and agent.state in (Presence.AVAILABLE, Presence.BUSY):
        await enter(tx, agent, Presence.AFTER_CALL_WORK, reason=WRAP_UP)


async def _end_wrap_up(tx: Tx, person_id: PersonId) -> None:
    agent = await hold_agent(tx, person_id)
    if agent is None or agent.state is not Presence.AFTER_CALL_WORK:
        return
    if all(one.phase is not Phase.AFTER_CALL_WORK for one in await held_by(tx, [person_id])):
        await enter(tx, agent, Presence.AVAILABLE)


AGENTS = Consumer("routing.agents", {PhaseChanged: follow_phase, PersonChanged: follow_person})
