"""The live board: queues and agents at this moment, from counters and partial indexes alone."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select

from careloom.conversations.queries.work import LineNow, lines_now
from careloom.conversations.types import QueueId
from careloom.identity.queries.actors import actors_of
from careloom.identity.queries.people import find_people
from careloom.identity.types import Person
from careloom.organizations.queries import list_sites, list_teams, openings_of
from careloom.organizations.types import Site, SiteId, Team, TeamId
from careloom.platform.access import Actor, Permission, named, system_actor
from careloom.platform.clock import now
from careloom.platform.database.scope import within
from careloom.platform.database.transactions import Tx, widened
from careloom.platform.errors import ForbiddenError
from careloom.platform.paging import MAX_LIMIT, Page
from careloom.routing.core.promise import opens_at
from careloom.routing.core.served import Served
from careloom.routing.queries.figures import Figures, figures_since, midnight, trends
from careloom.routing.queries.loads import Load, loads_of
from careloom.routing.queries.presence import presences
from careloom.routing.queries.profiles import COLUMNS, read_profile
from careloom.routing.queries.queues import read_queue
from careloom.routing.tables import agent_profile, agent_state, queue
from careloom.routing.types import AgentNow, AgentPresence, AgentProfile, Presence, Queue, QueueNow

T = TypeVar("T")
_MOST_QUEUES: Final = 500
_MOST_AGENTS: Final = 1000
_MOST_STAFF: Final = 5000
_MOST_PAGES: Final = 20
_READ = Permission.LIVE_READ
_SYSTEM = system_actor("live")


async def live_queues(tx: Tx, actor: Actor) -> list[QueueNow]:
    """The active queues of the programs over which the actor holds `live.read`, by client and name, at most 500."""
    actor.require(_READ)
    queues = await _board(tx, actor)
    at, ids = now(), [one.id for one in queues]
    openings = await openings_of(tx, {one.program_id for one in queues})
    async with widened(tx):
        lines = await lines_now(tx, ids)
        figures = await figures_since(tx, {one.id: midnight(openings[one.program_id].time_zone, at) for one in queues})
        lately = await trends(tx, ids, at)
        staffed = await _staff(tx, queues)
    return [
        _queue_now(
            one,
            opens_at(one, openings[one.program_id], at),
            lines[one.id],
            figures.get(one.id, Figures()),
            lately[one.id],
            staffed[one.id],
        )
        for one in queues
    ]


async def live_agents(tx: Tx, actor: Actor) -> list[AgentNow]:
    """People at work of the providers over which the actor holds `live.read`, by name, at most 1000.

    Raises ForbiddenError for those who hold it over clients alone. Of the conversations, those that the actor sees.
    """
    providers = _providers(actor)
    state = agent_state.c
    statement = select(*COLUMNS, state.provider_id).join(agent_state, state.person_id == agent_profile.c.person_id)
    statement = statement.where(state.ended_at.is_(None), state.state != Presence.OFFLINE)
    if providers is not None:
        statement = statement.where(state.provider_id.in_(sorted(providers)))
    profiles = [(row.provider_id, read_profile(row)) for row in await tx.execute(statement.limit(_MOST_AGENTS))]
    ids = [one.person_id for _, one in profiles]
    states, people = await presences(tx, ids), await find_people(tx, ids)
    places, served = await _places(tx), Served(await _board(tx, actor))
    async with widened(tx):
        loads, actors = await loads_of(tx, ids), await actors_of(tx, ids)
    rows = [
        _agent_now(
            actor,
            one,
            people[one.person_id],
            states[one.person_id],
            loads[one.person_id],
            places,
            served.by(provider_id, one, actors.get(one.person_id)),
        )
        for provider_id, one in profiles
        if one.person_id in people and one.person_id in states
    ]
    return sorted(rows, key=lambda one: (one.name, one.person_id))


class _Staff(Struct, frozen=True):
    """How many people could take a queue's contacts."""

    available: int = 0
    signed_in: int = 0


class _Places(Struct, frozen=True):
    """Teams and sites that the actor sees."""

    teams: dict[TeamId, Team]
    sites: dict[SiteId, Site]


async def _board(tx: Tx, actor: Actor) -> list[Queue]:
    table = queue.c
    mine = within(actor, _READ, table.client_id, table.program_id)
    statement = select(queue).where(table.active, mine).order_by(table.client_id, table.name, table.id)
    return [read_queue(row) for row in await tx.execute(statement.limit(_MOST_QUEUES))]


def _providers(actor: Actor) -> frozenset[UUID] | None:
    held: set[UUID] = set()
    for reach in actor.reaches_for(_READ):
        if reach.provider_ids is None:
            return None
        held |= reach.provider_ids
    if not held:
        raise ForbiddenError("You need the permission {permission} over a provider for this.", permission=named(_READ))
    return frozenset(held)


def _queue_now(
    one: Queue,
    opens: datetime | None,
    line: LineNow,
    figures: Figures,
    lately: tuple[float | None, ...],
    staff: _Staff,
) -> QueueNow:
    return QueueNow(
        queue=one,
        opens_at=opens,
        waiting=line.waiting,
        longest_wait_since=line.longest_wait_since,
        longest_wait_due_at=line.longest_wait_due_at,
        offered=figures.entered,
        with_agents=line.with_agents,
        answered=figures.answered,
        answered_in_target=figures.answered_in_target,
        abandoned=figures.abandoned,
        service_level=figures.service_level,
        agents_available=staff.available,
        agents_signed_in=staff.signed_in,
        trend=lately,
    )


def _agent_now(
    actor: Actor,
    profile: AgentProfile,
    person: Person,
    state: AgentPresence,
    load: Load,
    places: _Places,
    queue_ids: tuple[QueueId, ...],
) -> AgentNow:
    team = None if person.team_id is None else places.teams.get(person.team_id)
    site = None if team is None else places.sites.get(team.site_id)
    seen = (
        one.conversation_id
        for one in load.contacts
        if actor.may(Permission.CONVERSATIONS_READ, client_id=one.client_id, program_id=one.program_id)
    )
    return AgentNow(
        person_id=person.id,
        name=person.name,
        team_id=person.team_id,
        team_name=None if team is None else team.name,
        site_id=None if site is None else site.id,
        site_name=None if site is None else site.name,
        state=state.state,
        since=state.since,
        load=load.counts,
        capacity=profile.capacity,
        conversations=tuple(seen),
        queue_ids=queue_ids,
    )


async def _staff(tx: Tx, queues: list[Queue]) -> dict[QueueId, _Staff]:
    providers = {one.provider_id for one in queues}
    state = agent_state.c
    statement = (
        select(*COLUMNS, state.provider_id, state.state)
        .join(agent_state, state.person_id == agent_profile.c.person_id)
        .where(state.provider_id.in_(providers), state.ended_at.is_(None), state.state != Presence.OFFLINE)
    )
    rows = [(row.provider_id, row.state, read_profile(row)) for row in await tx.execute(statement.limit(_MOST_STAFF))]
    actors = await actors_of(tx, [profile.person_id for _, _, profile in rows])
    served = Served(queues)
    available, signed_in = Counter[QueueId](), Counter[QueueId]()
    for provider_id, state, profile in rows:
        mine = served.by(provider_id, profile, actors.get(profile.person_id))
        signed_in.update(mine)
        if state == Presence.AVAILABLE:
            available.update(mine)
    return {one.id: _Staff(available[one.id], signed_in[one.id]) for one in queues}


async def _places(tx: Tx) -> _Places:
    teams: list[Team] = []
    sites: list[Site] = []
    await _all(list_teams, tx, teams)
    await _all(list_sites, tx, sites)
    return _Places({one.id: one for one in teams}, {one.id: one for one in sites})


async def _all(read: Callable[[Tx, Actor, int, str | None], Awaitable[Page[T]]], tx: Tx, into: list[T]) -> None:
    after: str | None = None
    for _ in range(_MOST_PAGES):
        page = await read(tx, _SYSTEM, MAX_LIMIT, after)
        into += page.items
        after = page.next
        if after is None:
            return
