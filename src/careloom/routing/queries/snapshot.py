"""What the engine is given: works that wait and agents at work, read from indexes and bounded."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Executable, Uuid, bindparam, or_, select

from careloom.conversations.queries.work import Place, Stretch, Waiting, last_worked_at, waiting_in
from careloom.conversations.types import ConversationId, Priority, QueueId
from careloom.identity.types import PersonId
from careloom.organizations.queries import openings_of
from careloom.organizations.types import ClientId, Opening, ProgramId, ProviderId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.routing.core.agent import AT_WORK, AgentView
from careloom.routing.core.promise import closed_between
from careloom.routing.core.round import PASSED_OVER
from careloom.routing.core.work import Ring, Tried, Work, rings_of, target_used
from careloom.routing.queries.loads import NO_LOAD, loads_of
from careloom.routing.queries.offers import passed_on
from careloom.routing.queries.profiles import COLUMNS, read_profile
from careloom.routing.queries.queues import find_queues, read_queue
from careloom.routing.tables import agent_profile, agent_state, queue
from careloom.routing.types import Presence, Queue

MOST_AGENTS: Final = 2000
MOST_QUEUES: Final = 2000

Line = tuple[QueueId, Priority]
"""The contacts of a queue that have the same priority of their own."""


class Lines(Struct, frozen=True):
    """The queues whose contacts may come to a provider's agents, all queues that these overflow into, and when the
    programs of the former are open.
    """

    queues: dict[QueueId, Queue]
    overflow: dict[QueueId, Queue]
    openings: dict[ProgramId, Opening]

    def rings(self, queue_id: QueueId) -> tuple[Ring, ...]:
        """The rings of a queue's contacts."""
        here = self.queues[queue_id]
        return rings_of(here, None if here.overflow_queue_id is None else self.overflow.get(here.overflow_queue_id))

    def opening(self, queue_id: QueueId) -> Opening:
        """When the queue's program is open."""
        return self.openings[self.queues[queue_id].program_id]


class Page(Struct, frozen=True):
    """Works to place, and the last work of each stretch that goes on, with its place."""

    works: list[Work]
    ends: dict[Line, tuple[Place, Work]]


async def lines_of(tx: Tx, provider_id: ProviderId) -> Lines:
    """A provider's queues and those that overflow into them. Needs a system transaction."""
    queues = {one.id: one for one in map(read_queue, await tx.execute(_QUEUES, {"provider_id": provider_id}))}
    targets = {one.overflow_queue_id for one in queues.values() if one.overflow_queue_id is not None}
    openings = await openings_of(tx, {one.program_id for one in queues.values()})
    missing = targets - queues.keys()
    return Lines(queues, {**queues, **(await find_queues(tx, missing) if missing else {})}, openings)


async def page_of(tx: Tx, lines: Lines, stretches: Sequence[Stretch], at: datetime) -> Page:
    """The contacts of these stretches. Needs a system transaction.

    A line's language is asked of agents; in a line without one, the contact's, until its promise is used up.
    """
    waiting = await waiting_in(tx, stretches)
    works = await _works(tx, lines, waiting, at)
    mosts = {(one.queue_id, one.priority): one.most for one in stretches}
    read: dict[Line, list[tuple[Place, Work]]] = defaultdict(list)
    for one, work in zip(waiting, works, strict=True):
        read[work.queue_id, one.conversation.priority].append((one.place, work))
    ends = {line: max(found, key=lambda one: one[0]) for line, found in read.items() if len(found) == mosts[line]}
    return Page(works, ends)


async def agents_at_work(tx: Tx, provider_id: ProviderId) -> dict[PersonId, AgentView]:
    """A provider's agents at work, before it is said whom they may work for. Needs a system transaction.

    Those who are not available take nothing: what they hold is not read.
    """
    rows = (await tx.execute(_AT_WORK, {"provider_id": provider_id})).all()
    available = [PersonId(row.person_id) for row in rows if row.state == Presence.AVAILABLE]
    loads = await loads_of(tx, available) if available else {}
    ended = await last_worked_at(tx, available)
    found: dict[PersonId, AgentView] = {}
    for row in rows:
        profile = read_profile(row)
        load = loads.get(profile.person_id, NO_LOAD)
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
    since = one.waiting_since or one.created_at
    if one.due_at is not None:
        since = min(since, one.due_at - timedelta(seconds=here.target_seconds))
    work = Work(
        id=one.id,
        queue_id=queue_id,
        client_id=one.client_id,
        program_id=one.program_id,
        channel=one.channel,
        language=here.language or one.language,
        priority=here.priority if one.priority is Priority.NORMAL else one.priority,
        waiting_since=since,
        target_seconds=here.target_seconds,
        rings=lines.rings(queue_id),
        accept_mode=here.accept_mode,
        offer_seconds=here.offer_seconds,
        preferred_agent=None if waiting.handed_over else waiting.last_agent_id,
        tried=tuple(tried),
        closed=closed_between(here, lines.opening(queue_id), since, at),
    )
    return work if here.language or target_used(work, at) < 1 else replace(work, language=None)


def _queues() -> Executable:
    table, provider_id = queue.c, bindparam("provider_id", type_=Uuid)
    own = select(table.id).where(table.provider_id == provider_id)
    served = or_(table.provider_id == provider_id, table.overflow_queue_id.in_(own))
    return select(queue).where(served).limit(MOST_QUEUES)


def _at_work() -> Executable:
    state = agent_state.c
    return (
        select(*COLUMNS, state.state, state.began_at)
        .join(agent_state, state.person_id == agent_profile.c.person_id)
        .where(
            state.provider_id == bindparam("provider_id", type_=Uuid),
            state.ended_at.is_(None),
            state.state.in_(sorted(AT_WORK)),
        )
        .order_by(agent_profile.c.person_id)
        .limit(MOST_AGENTS)
    )


_QUEUES: Final = _queues()
_AT_WORK: Final = _at_work()
