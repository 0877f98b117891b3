"""The dispatcher of one pool: a provider's agents, and the contacts that may come to them."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.exc import DBAPIError, OperationalError

from careloom.conversations.queries.work import FRONT, Place
from careloom.conversations.types import ConversationId, QueueId
from careloom.identity.queries.actors import actors_of
from careloom.identity.types import PersonId
from careloom.organizations.types import ProviderId
from careloom.platform.access import Actor, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database, Tx
from careloom.platform.loops import pause
from careloom.routing.commands.offers import expire_offer, make_offer
from careloom.routing.commands.presence import find_gone, note_seen, sign_off_gone
from careloom.routing.core.agent import AgentView
from careloom.routing.core.decision import Decision
from careloom.routing.core.round import decide_round, is_room_left
from careloom.routing.core.work import Work
from careloom.routing.queries.offers import earliest_offers
from careloom.routing.queries.snapshot import (
    Lines,
    agents_at_work,
    hurried_works,
    lines_of,
    reach_of,
    works_behind,
)
from careloom.routing.types import Queue

log = structlog.get_logger()

TICK: Final = timedelta(seconds=5)
"""How long a pool sleeps at most: what no event told is seen then."""

_PAGE: Final = 100
_DEEP_PAGES: Final = 3
_AT_ONCE: Final = 4
_EXPIRED_AT_ONCE: Final = 100
_SOON: Final = timedelta(milliseconds=50)
_ASIDE: Final = timedelta(seconds=10)
_WATCH_SECONDS: Final = 15.0
_UNWATCHED: Final = timedelta(seconds=90)
_LOST: Final = (OperationalError, DBAPIError, OSError)
_SYSTEM = system_actor("router")


class _Page(Struct, frozen=True):
    """Works to place, and where the lines go on behind them."""

    lines: Lines
    works: list[Work]
    following: dict[QueueId, Place]


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
        self._actors: dict[PersonId, Actor] = {}
        self._behind: dict[QueueId, Place] = {}
        self._set_aside: dict[ConversationId, datetime] = {}
        self._looked_at = now()

    def forget_queues(self) -> None:
        """Queues have changed."""
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
        """Ends offers whose time is over and places what waits; answers when to look again unless woken."""
        at = now()
        if at - self._looked_at > TICK:
            self._lines, self._looked_at = None, at
        expiry = await self._expire(at)
        wake = await self._place(now())
        return min(one for one in (expiry, wake, at + TICK) if one is not None)

    async def _dispatch(self) -> None:
        while True:
            self.wake.clear()
            try:
                until = await self.round()
            except _LOST as error:
                log.warning("router_lost_database", provider_id=str(self.provider_id), error=type(error).__name__)
                until = now() + timedelta(seconds=0.5)
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
        page = await self._front(at)
        deeper = await self._place_page(page, at, wakes)
        self._behind = {one: max(place, self._behind.get(one, place)) for one, place in page.following.items()}
        for _ in range(_DEEP_PAGES):
            if not (deeper and self._behind) or self.wake.is_set():
                break
            page = await self._next(at)
            deeper = await self._place_page(page, at, wakes)
            self._behind = page.following
        return min(wakes, default=None)

    async def _place_page(self, page: _Page, at: datetime, wakes: list[datetime]) -> bool:
        """Answers whether someone still has room for what lies behind the page; adds to `wakes`."""
        if not page.works:
            return False
        async with self._database.transaction(_SYSTEM) as tx:
            agents = await self._agents(tx, page.lines)
        decisions = decide_round(page.works, agents, at)
        if decisions.next_wake is not None:
            wakes.append(decisions.next_wake)
        queues = {one.id: page.lines.queues[one.queue_id] for one in page.works}
        if not await self._carry_out(decisions.made, queues):
            wakes.append(now() + _SOON)
        behind = (page.lines.queues[one] for one in page.following)
        asks = {(channel, one.accept_mode) for one in behind for channel in one.channels}
        return is_room_left(page.works, agents, decisions.made, asks)

    async def _front(self, at: datetime) -> _Page:
        async with self._database.transaction(_SYSTEM) as tx:
            lines = self._lines or await lines_of(tx, self.provider_id)
            self._lines, self.queue_ids = lines, frozenset(lines.queues)
            hurried = await hurried_works(tx, lines, _PAGE, at)
            works, following = await works_behind(tx, lines, dict.fromkeys(lines.queues, FRONT), _PAGE, at)
        return _Page(lines, self._in_order([*hurried, *works], at), following)

    async def _next(self, at: datetime) -> _Page:
        async with self._database.transaction(_SYSTEM) as tx:
            lines = self._lines or await lines_of(tx, self.provider_id)
            places = {one: place for one, place in self._behind.items() if one in lines.queues}
            works, following = await works_behind(tx, lines, places, _PAGE, at)
        return _Page(lines, self._in_order(works, at), following)

    def _in_order(self, works: Iterable[Work], at: datetime) -> list[Work]:
        self._set_aside = {one: until for one, until in self._set_aside.items() if until > at}
        return list({one.id: one for one in works if one.id not in self._set_aside}.values())

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
            except _LOST as error:
                log.warning("router_lost_database", provider_id=str(self.provider_id), error=type(error).__name__)

    async def watch(self, began: datetime) -> None:
        """One look at the desks; nobody is signed off before they had 90 s to be seen since `began`."""
        seen, self.seen = self.seen, set()
        async with self._database.transaction(_SYSTEM) as tx:
            if seen:
                await note_seen(tx, self.provider_id, sorted(seen))
            gone = await find_gone(tx, self.provider_id, now()) if now() - began >= _UNWATCHED else []
        for person_id in gone:
            async with self._database.transaction(_SYSTEM) as tx:
                await sign_off_gone(tx, person_id)
