"""What happens to contacts and people, followed up for offers and agents' states."""

from careloom.conversations.events import PhaseChanged
from careloom.conversations.queries.work import held_by
from careloom.conversations.types import Phase
from careloom.identity.events import PersonChanged, SignedOut
from careloom.identity.queries.actors import actors_of
from careloom.identity.queries.sessions import is_signed_in
from careloom.identity.types import PersonId
from careloom.organizations.types import Channel
from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.consumer import Consumer
from careloom.routing.commands.agent import DEACTIVATED, SIGNED_OUT, WRAP_UP, hold_agent
from careloom.routing.commands.offers import withdraw
from careloom.routing.commands.presence import enter, leave
from careloom.routing.queries.presence import presences
from careloom.routing.types import Presence


async def follow_phase(tx: Tx, event: PhaseChanged) -> bool:
    """Ends an offer that something else overtook; sets an agent's after-call work after a call, and ends it."""
    if event.phase is Phase.AFTER_CALL_WORK and event.channel is Channel.VOICE and event.agent_id is not None:
        return await _begin_wrap_up(tx, event.agent_id)
    if event.previous is Phase.AFTER_CALL_WORK and event.previous_agent_id is not None:
        return await _end_wrap_up(tx, event.previous_agent_id)
    return event.previous is Phase.OFFERED and await withdraw(tx, event.conversation_id, made_until=event.at)


async def follow_person(tx: Tx, event: PersonChanged) -> bool:
    """Sets people offline who may no longer sign in."""
    person_id = PersonId(event.person_id)
    if person_id in await actors_of(tx, [person_id]):
        return False
    await leave(tx, person_id, DEACTIVATED)
    return True


async def follow_sign_out(tx: Tx, event: SignedOut) -> bool:
    """Sets whoever signed out offline at once, unless they are back already."""
    if await is_signed_in(tx, event.person_id):
        return False
    await leave(tx, PersonId(event.person_id), SIGNED_OUT)
    return True


async def _begin_wrap_up(tx: Tx, person_id: PersonId) -> bool:
    agent = await hold_agent(tx, person_id)
    if agent is not None and agent.state in (Presence.AVAILABLE, Presence.BUSY):
        await enter(tx, agent, Presence.AFTER_CALL_WORK, reason=WRAP_UP)
    return True


async def _end_wrap_up(tx: Tx, person_id: PersonId) -> bool:
    if not await _wraps_up(tx, person_id):
        return False
    agent = await hold_agent(tx, person_id)
    still = any(one.phase is Phase.AFTER_CALL_WORK for one in await held_by(tx, [person_id]))
    if agent is not None and agent.state is Presence.AFTER_CALL_WORK and not still:
        await enter(tx, agent, Presence.AVAILABLE)
    return True


async def _wraps_up(tx: Tx, person_id: PersonId) -> bool:
    """Whether the agent is in after-call work, which few contacts lead to: most need no lock."""
    found = (await presences(tx, [person_id])).get(person_id)
    return found is not None and found.state is Presence.AFTER_CALL_WORK


AGENTS = Consumer(
    "routing.agents", {PhaseChanged: follow_phase, PersonChanged: follow_person, SignedOut: follow_sign_out}
)
