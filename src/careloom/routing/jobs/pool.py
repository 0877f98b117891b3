"""The dispatcher of one pool: a provider's agents, and the contacts that may come to them."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from msgspec import Struct
from msgspec.structs import replace

from careloom.conversations.queries.work import FRONT, Place, Stretch
from careloom.conversations.types import ConversationId, Priority, QueueId
from careloom.identity.queries.actors import actors_of
from careloom.identity.types import PersonId
from careloom.organizations.types import ProviderId
from careloom.platform.access import Actor, system_actor
from careloom.platform.clock import now
from careloom.platform.database.links import LOST
from careloom.platform.database.transactions import Database, Tx
from careloom.platform.loops import pause
from careloom.routing.commands.offers import expire_offer, make_offer
from careloom.routing.commands.presence import find_gone, note_seen, sign_off_gone
from careloom.routing.core.agent import AgentView
from careloom.routing.core.decision import Decision
from careloom.routing.core.promise import is_at_work, opens_at
from careloom.routing.core.room import Room
from careloom.routing.core.round import agents_after, decide_round
from careloom.routing.core.work import Work, reachable_seconds, rings_within
from careloom.routing.queries.offers import earliest_offers
from careloom.routing.queries.snapshot import Line, Lines, Page, agents_at_work, lines_of, page_of, reach_of
from careloom.routing.types import Queue

log = structlog.get_logger()

TICK: Final = timedelta(seconds=5)
"""How long a pool sleeps at most: what no event told is seen then."""

_PAGE: Final = 100
_SHORTEST_REST, _LONGEST_REST = 0.01, 0.25
_DEEP_PAGES: Final = 3
_AT_ONCE: Final = 4
_EXPIRED_AT_ONCE: Final = 100
_SOON: Final = timedelta(milliseconds=50)
_ASIDE: Final = timedelta(seconds=10)
_WATCH_SECONDS: Final = 15.0
_UNWATCHED: Final = timedelta(seconds=90)
_SYSTEM = system_actor("router")


class _Look(Struct, frozen=True):
    """What a page of the lines shows: the agents, the works for them, and how deep it reached."""

    lines: Lines
    agents: list[AgentView]
    page: Page


class Pool:
    """Offers a provider's waiting contacts as long as `run` runs; events set `wake`."""

    def __init__(self, database: Database, provider_id: ProviderId) -> None:
        self._database = database
        self.provider_id = provider_id
        self.wake = asyncio.Event()
        self.seen: set[PersonId] = set()
        self.agent_ids: frozenset[PersonId] = frozenset()
        self.queue_ids: frozenset[QueueId] = frozenset()
        self._lines: Lines | None = None
        self._known: frozenset[QueueId] = frozenset()
        self._actors: dict[PersonId, Actor] = {}
        self._behind: dict[Line, Place] = {}
        self._set_aside: dict[ConversationId, datetime] = {}
        self._looked_at = now()

    def forget_queues(self) -> None:
        """Queues, or the hours of their programs, have changed."""
        self._lines = None
        self.wake.set()

    def forget_people(self) -> None:
        """What people may do has changed."""
        self._actors.clear()
        self.wake.set()

    async def run(self) -> None:
        """Dispatches until cancelled; survives the loss of database connections."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._dispatch())
            group.create_task(self._watch())

    async def round(self) -> datetime:
        """Ends offers whose time is over and places what waits; answers when to look again unless woken.

        `queue_ids` are then the queues in which one more contact could be taken: others need not wake the pool. While
        it looks, all of them do.
        """
        at = now()
        if at - self._looked_at > TICK:
            self._lines, self._looked_at = None, at
        self.queue_ids = self._known
        expiry = await self._expire(at)
        wake = await self._place(now())
        return min(one for one in (expiry, wake, at + TICK) if one is not None)

    async def _dispatch(self) -> None:
        """One round after the other. Between two it rests for as long as the first took, so that what happens in a
        burst is seen at once.
        """
        clock = asyncio.get_running_loop()
        while True:
            self.wake.clear()
            began = clock.time()
            try:
                until = await self.round()
            except LOST as error:
                log.warning("router_lost_database", provider_id=str(self.provider_id), error=type(error).__name__)
                until = now() + timedelta(seconds=0.5)
            await asyncio.sleep(min(max(clock.time() - began, _SHORTEST_REST), _LONGEST_REST))
            await pause(self.wake, max((until - now()).total_seconds(), 0.001))

    async def _expire(self, at: datetime) -> datetime | None:
        """When the next offer's time is over."""
        while True:
            async with self._database.transaction(_SYSTEM) as tx:
                offers = await earliest_offers(tx, self.provider_id, _EXPIRED_AT_ONCE)
            over = [one for one in offers if one.expires_at <= at]
            for one in over:
                async with self._database.transaction(_SYSTEM) as tx:
                    await expire_offer(tx, one.id)
            if len(over) < _EXPIRED_AT_ONCE:
                return min((one.expires_at for one in offers if one.expires_at > at), default=None)

    async def _place(self, at: datetime) -> datetime | None:
        """Places the heads of the lines, then, while someone has room, goes on behind contacts that nobody can take.

        What lies deep is reached over several rounds. Answers when the engine wants to look again.
        """
        wakes: list[datetime] = []
        look = await self._look(at, wakes, first=True)
        ends = await self._place_page(look, at, wakes)
        self._behind = {line: max(place, self._behind.get(line, place)) for line, place in ends.items()}
        for _ in range(_DEEP_PAGES):
            if not self._behind or self.wake.is_set():
                break
            look = await self._look(at, wakes, first=False)
            self._behind = await self._place_page(look, at, wakes)
        return min(wakes, default=None)

    async def _look(self, at: datetime, wakes: list[datetime], *, first: bool) -> _Look:
        """The `first` contacts of the lines that are open, no more than could be taken, or those further behind.

        Adds to `wakes` when closed lines open.
        """
        async with self._database.transaction(_SYSTEM) as tx:
            lines = self._lines or await lines_of(tx, self.provider_id)
            self._lines, self._known = lines, frozenset(lines.queues)
            agents = await self._agents(tx, lines)
            room = Room(agents, at)
            mosts: dict[QueueId, int] = {}
            for one in lines.queues.values():
                opening = lines.openings[one.program_id]
                if is_at_work(one, opening, at):
                    mosts[one.id] = room.most(one, lines.rings(one.id))
                elif first:
                    wakes += filter(None, [opens_at(one, opening, at)])
            stretches = self._heads(mosts) if first else self._depths(mosts)
            page = await page_of(tx, lines, stretches, at)
        return _Look(lines, agents, Page(self._ready(page.works, at), page.ends))

    def _heads(self, mosts: Mapping[QueueId, int]) -> list[Stretch]:
        free = ((one, min(most, _PAGE)) for one, most in mosts.items() if most > 0)
        return [Stretch(one, priority, FRONT, most) for one, most in free for priority in Priority]

    def _depths(self, mosts: Mapping[QueueId, int]) -> list[Stretch]:
        behind = ((line, place) for line, place in self._behind.items() if mosts.get(line[0], 0) > 0)
        return [Stretch(*line, place, _PAGE) for line, place in behind]

    def _ready(self, works: Iterable[Work], at: datetime) -> list[Work]:
        self._set_aside = {one: until for one, until in self._set_aside.items() if until > at}
        return [one for one in works if one.id not in self._set_aside]

    async def _place_page(self, look: _Look, at: datetime, wakes: list[datetime]) -> dict[Line, Place]:
        """Answers the places behind which contacts wait that someone might still take; adds to `wakes`."""
        lines, works = look.lines, look.page.works
        decisions = decide_round(works, look.agents, at)
        if decisions.next_wake is not None:
            wakes.append(decisions.next_wake)
        queues = {one.id: lines.queues[one.queue_id] for one in works}
        if not await self._carry_out(decisions.made, queues):
            wakes.append(now() + _SOON)
        room = Room(agents_after(look.agents, decisions.made, works), at)
        self.queue_ids = frozenset(one.id for one in lines.queues.values() if room.most(one, lines.rings(one.id)))
        return {
            line: place
            for line, (place, last) in look.page.ends.items()
            if room.most(lines.queues[line[0]], rings_within(last.rings, reachable_seconds(last, at)))
        }

    async def _agents(self, tx: Tx, lines: Lines) -> list[AgentView]:
        found = await agents_at_work(tx, self.provider_id)
        self.agent_ids = frozenset(found)
        missing = [one for one in found if one not in self._actors]
        if missing:
            self._actors.update(await actors_of(tx, missing))
        clients = {one.client_id for one in lines.queues.values()}
        return [self._reaching(one, clients) for one in found.values() if one.id in self._actors]

    def _reaching(self, agent: AgentView, clients: Iterable[UUID]) -> AgentView:
        client_ids, program_ids = reach_of(self._actors[agent.id], clients)
        return replace(agent, client_ids=client_ids, program_ids=program_ids)

    async def _carry_out(self, decisions: Sequence[Decision], queues: Mapping[ConversationId, Queue]) -> bool:
        """Makes the offers, a few at once; answers whether none found that something had changed.

        A contact with which something is wrong is set aside for a while, so that it holds up nobody else.
        """
        turns = asyncio.Semaphore(_AT_ONCE)

        async def one(decision: Decision) -> bool:
            try:
                async with turns, self._database.transaction(_SYSTEM) as tx:
                    return await make_offer(tx, decision, queues[decision.work_id])
            except Exception as error:
                log.warning("offer_not_made", conversation_id=str(decision.work_id), error=type(error).__name__)
                self._set_aside[decision.work_id] = now() + _ASIDE
                return False

        return all(await asyncio.gather(*(one(decision) for decision in decisions)))

    async def _watch(self) -> None:
        """Notes whose desks are connected and signs off those whose desks are gone."""
        began = now()
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            try:
                await self.watch(began)
            except LOST as error:
                log.warning("router_lost_database", provider_id=str(self.provider_id), error=type(error).__name__)

    async def watch(self, began: datetime) -> None:
        """One look at the desks; nobody is signed off before they had 90 s to be seen since `began`."""
        seen, self.seen = self.seen, set()
        async with self._database.transaction(_SYSTEM) as tx:
            if seen:
                await note_seen(tx, self.provider_id, sorted(seen))
            gone = await find_gone(tx, self.provider_id, now()) if now() - began >= _UNWATCHED else []
        for person_id in (one for one in gone if one not in seen):
            async with self._database.transaction(_SYSTEM) as tx:
                await sign_off_gone(tx, person_id)
