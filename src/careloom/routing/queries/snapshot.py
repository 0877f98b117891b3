"""What the engine is given: works that wait and agents at work, read from indexes and bounded."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy import or_, select

from careloom.conversations.queries.work import Place, Waiting, hurried_in, last_worked_at, waiting_in
from careloom.conversations.types import ConversationId, Priority, QueueId
from careloom.identity.types import PersonId
from careloom.organizations.types import ClientId, ProgramId, ProviderId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.routing.core.agent import AT_WORK, AgentView
from careloom.routing.core.round import PASSED_OVER
from careloom.routing.core.work import Tried, Work, rings_of
from careloom.routing.queries.loads import loads_of
from careloom.routing.queries.offers import passed_on
from careloom.routing.queries.profiles import COLUMNS, read_profile
from careloom.routing.queries.queues import find_queues, read_queue
from careloom.routing.tables import agent_profile, agent_state, queue
from careloom.routing.types import Presence, Queue

MOST_AGENTS: Final = 2000
MOST_QUEUES: Final = 2000


class Lines(Struct, frozen=True):
    """The queues whose contacts may come to a provider's agents, and all queues that these overflow into."""

    queues: dict[QueueId, Queue]
    overflow: dict[QueueId, Queue]


async def lines_of(tx: Tx, provider_id: ProviderId) -> Lines:
    """A provider's queues and those that overflow into them. Needs a system transaction."""
    table = queue.c
    own = select(table.id).where(table.provider_id == provider_id)
    statement = select(queue).where(or_(table.provider_id == provider_id, table.overflow_queue_id.in_(own)))
    queues = {one.id: one for one in map(read_queue, await tx.execute(statement.limit(MOST_QUEUES)))}
    targets = {one.overflow_queue_id for one in queues.values() if one.overflow_queue_id is not None}
    return Lines(queues, {**queues, **await find_queues(tx, targets - queues.keys())})


async def works_behind(
    tx: Tx, lines: Lines, places: Mapping[QueueId, Place], limit: int, at: datetime
) -> tuple[list[Work], dict[QueueId, Place]]:
    """The next `limit` contacts of each line behind its place, and the places behind them where a line goes on.

    A line's language is asked of agents; in a line without one, the contact's, until its promise is used up.
    Needs a system transaction.
    """
    waiting = await waiting_in(tx, places, limit)
    taken: dict[QueueId, list[Place]] = defaultdict(list)
    for one in (waits.conversation for waits in waiting):
        if one.queue_id is not None and one.waiting_since is not None:
            taken[one.queue_id].append((one.waiting_since, one.id))
    following = {queue_id: max(behind) for queue_id, behind in taken.items() if len(behind) == limit}
    return await _works(tx, lines, waiting, at), following


async def hurried_works(tx: Tx, lines: Lines, limit: int, at: datetime) -> list[Work]:
    """The first `limit` contacts of each line with high priority. Needs a system transaction."""
    return await _works(tx, lines, await hurried_in(tx, lines.queues.keys(), limit), at)


async def agents_at_work(
    tx: Tx, provider_id: ProviderId, states: Collection[Presence] = AT_WORK
) -> dict[PersonId, AgentView]:
    """A provider's agents in `states`, before it is said whom they may work for. Needs a system transaction."""
    state = agent_state.c
    statement = (
        select(*COLUMNS, state.state, state.began_at)
        .join(agent_state, state.person_id == agent_profile.c.person_id)
        .where(state.provider_id == provider_id, state.ended_at.is_(None), state.state.in_(list(states)))
        .order_by(agent_profile.c.person_id)
        .limit(MOST_AGENTS)
    )
    rows = (await tx.execute(statement)).all()
    ids = [PersonId(row.person_id) for row in rows]
    loads, ended = await loads_of(tx, ids), await last_worked_at(tx, ids)
    found: dict[PersonId, AgentView] = {}
    for row in rows:
        profile = read_profile(row)
        load = loads[profile.person_id]
        found[profile.person_id] = AgentView(
            id=profile.person_id,
            provider_id=provider_id,
            state=Presence(row.state),
            skills=profile.skills,
            languages=profile.languages,
            capacity=profile.capacity,
            load=load.counts,
            has_offer=load.has_offer,
            idle_since=max(row.began_at, ended.get(profile.person_id, row.began_at)),
            client_ids=frozenset(),
            program_ids=frozenset(),
        )
    return found


def reach_of(actor: Actor, clients: Iterable[UUID]) -> tuple[frozenset[ClientId], frozenset[ProgramId]]:
    """The clients, of `clients`, and single programs that a person may answer for."""
    whole: set[ClientId] = set()
    programs: set[ProgramId] = set()
    for reach in actor.reaches_for(Permission.CONVERSATIONS_REPLY):
        if reach.program_ids is not None:
            programs.update(ProgramId(one) for one in reach.program_ids)
        else:
            whole.update(ClientId(one) for one in (clients if reach.client_ids is None else reach.client_ids))
    return frozenset(whole), frozenset(programs)


async def _works(tx: Tx, lines: Lines, waiting: list[Waiting], at: datetime) -> list[Work]:
    tried: dict[ConversationId, list[Tried]] = defaultdict(list)
    if waiting:
        ids = [one.conversation.id for one in waiting]
        for passed in await passed_on(tx, ids, at - PASSED_OVER):
            tried[passed.conversation_id].append(Tried(passed.agent_id, passed.at + PASSED_OVER))
    return [_work(lines, one, tried[one.conversation.id], at) for one in waiting]


def _work(lines: Lines, waiting: Waiting, tried: list[Tried], at: datetime) -> Work:
    one = waiting.conversation
    queue_id = one.queue_id
    if queue_id is None:
        raise AssertionError("whoever waits in a line has a queue")
    here = lines.queues[queue_id]
    if waiting.handed_over and waiting.last_agent_id is not None and waiting.last_had_at is not None:
        tried = [*tried, Tried(waiting.last_agent_id, waiting.last_had_at + PASSED_OVER)]
    promise = timedelta(seconds=here.target_seconds)
    since = one.waiting_since or one.created_at
    if one.due_at is not None:
        since = min(since, one.due_at - promise)
    overflow = None if here.overflow_queue_id is None else lines.overflow.get(here.overflow_queue_id)
    return Work(
        id=one.id,
        queue_id=queue_id,
        client_id=one.client_id,
        program_id=one.program_id,
        channel=one.channel,
        language=here.language or (one.language if at < since + promise else None),
        priority=here.priority if one.priority is Priority.NORMAL else one.priority,
        waiting_since=since,
        target_seconds=here.target_seconds,
        rings=rings_of(here, overflow),
        accept_mode=here.accept_mode,
        offer_seconds=here.offer_seconds,
        preferred_agent=None if waiting.handed_over else waiting.last_agent_id,
        tried=tuple(tried),
    )
