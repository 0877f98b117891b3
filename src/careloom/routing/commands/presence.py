"""Sets people's states, with what follows for the contacts that they have."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select, update

from careloom.conversations.commands import lifecycle
from careloom.conversations.commands.held import hold_conversation
from careloom.conversations.core.phases import LIVE_CHANNELS
from careloom.conversations.queries.work import HeldContact, held_by
from careloom.conversations.types import Conversation, Phase
from careloom.identity.queries.people import get_person
from careloom.identity.types import Person, PersonId
from careloom.organizations.types import ProviderId
from careloom.platform import audit
from careloom.platform.access import Actor, Permission, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import ForbiddenError
from careloom.routing.commands.agent import CONNECTION_LOST, HeldAgent, hold_agent, move_state
from careloom.routing.commands.offers import withdraw_from
from careloom.routing.commands.profiles import keep_profile
from careloom.routing.commands.wide import wide
from careloom.routing.queries.offers import open_offers
from careloom.routing.queries.profiles import get_employee
from careloom.routing.queries.promises import due_at
from careloom.routing.queries.queues import find_queues
from careloom.routing.tables import agent_profile, agent_state
from careloom.routing.types import AgentPresence, Presence, PresenceOrder

SEEN_AT_MOST_EVERY: Final = timedelta(seconds=30)
GONE_AFTER: Final = timedelta(seconds=90)
_SYSTEM = system_actor("routing")
_ON_THE_LINE = frozenset({Phase.WITH_AGENT, Phase.ON_HOLD, Phase.WAITING_CUSTOMER})
_IN_WORK = frozenset({Phase.WITH_AGENT, Phase.ON_HOLD})


async def set_presence(tx: Tx, actor: Actor, state: Presence) -> AgentPresence:
    """Sets the actor's own state; raises ForbiddenError for anyone who does not work for a provider."""
    actor.require(Permission.PRESENCE_SET)
    if actor.person_id is None:
        raise ForbiddenError("Only people have a state.")
    person = await get_person(tx, actor, PersonId(actor.person_id))
    if person.provider_id is None:
        raise ForbiddenError("Only people who work for a provider take contacts.")
    return await _set(tx, actor, person, state)


async def set_presence_of(tx: Tx, actor: Actor, person_id: PersonId, order: PresenceOrder) -> AgentPresence:
    """Sets someone else's state, with a reason that they see; raises NotFoundError, ForbiddenError."""
    person = await get_employee(tx, actor, person_id)
    actor.require(Permission.PRESENCE_SET_OTHERS, provider_id=person.provider_id)
    after = await _set(tx, actor, person, order.state, reason=order.reason, release_all=order.release_all)
    await audit.record(
        tx,
        actor,
        "presence.set",
        person_id,
        provider_id=person.provider_id,
        after={"state": after.state, **_why(order)},
    )
    return after


async def leave(tx: Tx, person_id: PersonId, reason: str) -> None:
    """Sets someone offline whom the system found gone. Needs a system transaction."""
    agent = await hold_agent(tx, person_id)
    if agent is not None and agent.state not in (None, Presence.OFFLINE):
        await enter(tx, agent, Presence.OFFLINE, reason=reason)


async def enter(
    tx: Tx,
    agent: HeldAgent,
    state: Presence,
    *,
    reason: str | None = None,
    set_by: PersonId | None = None,
    release_all: bool = False,
) -> AgentPresence:
    """Moves a locked agent to `state`. Whoever stops being available loses what is offered to them; whoever goes
    offline also loses their live contacts, which wait at the front of their queues, and with `release_all` all others.
    Whoever comes, or sets their own state, is here, whenever their desk was seen last.

    Needs a system transaction.
    """
    after = await move_state(tx, agent, state, reason=reason, set_by=set_by)
    contacts = await held_by(tx, [agent.id]) if state is Presence.OFFLINE else []
    if contacts:
        offered = await open_offers(tx, [agent.id])
        for conversation_id in sorted(one.conversation_id for one in (*contacts, *offered)):
            await hold_conversation(tx, _SYSTEM, conversation_id)
    if state is not Presence.AVAILABLE:
        await withdraw_from(tx, agent.id)
    for contact in contacts:
        await _release(tx, contact, release_all=release_all)
    if state is not Presence.OFFLINE and (agent.state in (None, Presence.OFFLINE) or set_by == agent.id):
        here = agent_profile.c.person_id == agent.id
        await tx.execute(update(agent_profile).where(here).values(last_seen_at=None))
    return after


async def note_seen(tx: Tx, provider_id: ProviderId, person_ids: list[PersonId]) -> None:
    """Notes that the desks of those of a provider's people are connected; at most every 30 seconds each.

    Waits for nobody: it locks many, and who is locked now is noted the next time. Needs a system transaction.
    """
    table, at = agent_profile.c, now()
    stale = or_(table.last_seen_at.is_(None), table.last_seen_at < at - SEEN_AT_MOST_EVERY)
    free = select(table.person_id).where(table.provider_id == provider_id, table.person_id.in_(person_ids), stale)
    free = free.with_for_update(key_share=True, skip_locked=True)
    await tx.execute(update(agent_profile).where(table.person_id.in_(free)).values(last_seen_at=at))


async def find_gone(tx: Tx, provider_id: ProviderId, at: datetime, limit: int = 100) -> list[PersonId]:
    """A provider's people at work whose desk was connected, and has not been for 90 s. Needs a system transaction."""
    state, profile = agent_state.c, agent_profile.c
    statement = (
        select(state.person_id)
        .join(agent_profile, profile.person_id == state.person_id)
        .where(
            state.provider_id == provider_id,
            state.ended_at.is_(None),
            state.state != Presence.OFFLINE,
            profile.last_seen_at < at - GONE_AFTER,
        )
        .limit(limit)
    )
    return list((await tx.execute(statement)).scalars())


async def sign_off_gone(tx: Tx, person_id: PersonId) -> None:
    """Sets someone offline whose desk is gone, unless it has just come back. Needs a system transaction."""
    agent = await hold_agent(tx, person_id)
    if agent is None or agent.state in (None, Presence.OFFLINE):
        return
    seen = (
        await tx.execute(select(agent_profile.c.last_seen_at).where(agent_profile.c.person_id == person_id))
    ).scalar()
    if seen is not None and seen < now() - GONE_AFTER:
        await enter(tx, agent, Presence.OFFLINE, reason=CONNECTION_LOST)


async def _set(
    tx: Tx,
    actor: Actor,
    person: Person,
    state: Presence,
    *,
    reason: str | None = None,
    release_all: bool = False,
) -> AgentPresence:
    set_by = None if actor.person_id is None else PersonId(actor.person_id)
    async with wide(tx, actor):
        await keep_profile(tx, person)
        agent = await hold_agent(tx, person.id)
        if agent is None:
            raise AssertionError("a profile that was just kept is there")
        return await enter(tx, agent, state, reason=reason, set_by=set_by, release_all=release_all)


async def _release(tx: Tx, contact: HeldContact, *, release_all: bool) -> None:
    live = contact.channel in LIVE_CHANNELS
    one = (await hold_conversation(tx, _SYSTEM, contact.conversation_id)).conversation
    phases = _ON_THE_LINE if live else _IN_WORK
    if one.assignee_id == contact.person_id and one.phase in phases and (live or release_all):
        await lifecycle.release(tx, _SYSTEM, one.id, one.queue_id, await _first_due(tx, one))


async def _first_due(tx: Tx, one: Conversation) -> datetime | None:
    """The promise as if the customer had waited from the start: it puts them before those who came later."""
    if one.queue_id is None:
        return None
    queue = (await find_queues(tx, [one.queue_id])).get(one.queue_id)
    return None if queue is None else await due_at(tx, queue, one.channel, one.created_at)


def _why(order: PresenceOrder) -> dict[str, object]:
    return {"reason": order.reason, "release_all": order.release_all}
