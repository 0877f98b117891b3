"""A floor for tests: one queue with agents, contacts that arrive, and rounds of the dispatcher."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from careloom.conversations.commands import receive
from careloom.conversations.queries.conversation import get_conversation
from careloom.conversations.types import Conversation, ConversationId
from careloom.identity.types import Role, ScopeKind
from careloom.organizations.types import Channel
from careloom.platform.access import Actor, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database
from careloom.platform.eventlog.consumer import ConsumerRunner
from careloom.platform.hub import Hub
from careloom.platform.ids import new_id
from careloom.routing.commands import offers, presence
from careloom.routing.commands.enqueue import enqueue
from careloom.routing.commands.profiles import set_profile
from careloom.routing.commands.queues import create_queue
from careloom.routing.commands.skills import create_skill
from careloom.routing.jobs.agents import AGENTS
from careloom.routing.jobs.figures import FIGURES
from careloom.routing.jobs.pool import Pool
from careloom.routing.queries.figures import quarter_of
from careloom.routing.queries.offers import my_offers
from careloom.routing.types import (
    NewAgentProfile,
    NewCapacity,
    NewQueue,
    NewSkill,
    Offer,
    OfferId,
    Presence,
    Queue,
    Skill,
)
from tests.conversations.desk import Desk, check_invariants, make_desk

SYSTEM = system_actor("test")


async def begin_early() -> None:
    """Waits for the next quarter hour where this one is about to end: the board counts by them, and by days of them."""
    left = quarter_of(now()) + timedelta(minutes=15) - now()
    if left < timedelta(seconds=30):
        await asyncio.sleep(left.total_seconds())


class Floor:
    """What tests of routing start from; made by `make_floor`."""

    queue: Queue

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.database = desk.database
        self.pool = Pool(desk.database, desk.provider.id)
        hub = Hub(desk.database.links)
        self._consumers = [ConsumerRunner(desk.database, hub, one) for one in (AGENTS, FIGURES)]

    async def make_queue(self, name: str = "Care", **more: Any) -> Queue:
        desk = self.desk
        # No offer's time is over because a machine is busy.
        values: dict[str, Any] = {"channels": (Channel.CHAT, Channel.EMAIL), "offer_seconds": 600, **more}
        new = NewQueue(desk.client.id, desk.program.id, desk.provider.id, name, **values)
        async with self.database.transaction(SYSTEM) as tx:
            return await create_queue(tx, SYSTEM, new)

    async def agent(self, name: str, **more: Any) -> Actor:
        """An agent of the client with a profile; offline."""
        person = await self.desk.world.agent(self.desk.provider, self.desk.client, name=name)
        profile = NewAgentProfile(**{"languages": ("en",), **more})  # pyright: ignore[reportArgumentType]
        async with self.database.transaction(SYSTEM) as tx:
            await set_profile(tx, SYSTEM, person.id, profile)
        return await self.desk.world.actor(person)

    async def available(self, name: str, chat: int = 3, **more: Any) -> Actor:
        agent = await self.agent(name, capacity=NewCapacity(chat=chat), **more)
        await self.be(agent, Presence.AVAILABLE)
        return agent

    async def lead(self, name: str = "Lea Lead") -> Actor:
        desk = self.desk
        person = await desk.world.person(
            Role.TEAM_LEAD, ScopeKind.CLIENT, desk.client.id, provider=desk.provider, name=name
        )
        return await desk.world.actor(person)

    async def planner(self) -> Actor:
        """Someone who sets queues up."""
        desk = self.desk
        person = await desk.world.person(
            Role.ACCOUNT_MANAGER, ScopeKind.CLIENT, desk.client.id, provider=desk.provider, name="Pat Manager"
        )
        return await desk.world.actor(person)

    async def make_skill(self, name: str) -> Skill:
        async with self.database.transaction(SYSTEM) as tx:
            return await create_skill(tx, SYSTEM, NewSkill(self.desk.provider.id, name))

    async def be(self, agent: Actor, state: Presence) -> None:
        await self.desk.do(presence.set_presence, state, actor=agent)

    async def arrive(self, channel: Channel = Channel.CHAT, **more: Any) -> Conversation:
        """A new contact of a new customer, put into its queue as channels do."""
        customer = await self.desk.customer(f"{new_id().hex}@example.org")
        inbound = self.desk.inbound(customer, channel=channel, **more)
        async with self.database.transaction(SYSTEM) as tx:
            received = await receive.receive_message(tx, SYSTEM, inbound)
            await enqueue(tx, SYSTEM, received.conversation, None)
        return await self.now(received.conversation.id)

    async def now(self, conversation_id: ConversationId) -> Conversation:
        async with self.database.transaction(SYSTEM) as tx:
            return await get_conversation(tx, SYSTEM, conversation_id)

    async def offered(self, agent: Actor) -> list[Offer]:
        async with self.database.transaction(agent) as tx:
            return await my_offers(tx, agent)

    async def accept(self, agent: Actor) -> Conversation:
        (offer,) = await self.offered(agent)
        return await self.desk.do(offers.accept_offer, offer.id, actor=agent)

    async def outrun(self, offer_id: OfferId) -> None:
        """Lets an offer's time be over."""
        await self.desk.rows(
            "UPDATE offer SET expires_at = now() - interval '1 second' WHERE id = :id RETURNING id", id=offer_id
        )

    async def state(self, agent: Actor) -> tuple[str, str | None]:
        rows = await self.desk.rows(
            "SELECT state, reason FROM agent_state WHERE person_id = :id AND ended_at IS NULL", id=agent.person_id
        )
        return (rows[0].state, rows[0].reason) if rows else ("", None)

    async def outcomes(self) -> list[str]:
        return [str(row.outcome) for row in await self.desk.rows("SELECT outcome FROM offer ORDER BY offered_at")]

    async def consume(self) -> None:
        """Lets the consumers take in all that has happened."""
        for runner in self._consumers:
            while (await runner.run_batch())[0]:
                pass

    async def check(self) -> None:
        """What must hold at any time."""
        async with self.database.transaction(SYSTEM) as tx:
            await check_invariants(tx)
            for statement in _BROKEN:
                assert (await tx.execute(text(statement))).all() == [], statement


_TWICE = "SELECT 1 FROM offer WHERE outcome IS NULL GROUP BY {} HAVING count(*) > 1"
_BROKEN = (
    _TWICE.format("conversation_id"),
    _TWICE.format("agent_id"),
    """SELECT 'gap' FROM agent_state a JOIN agent_state b ON b.person_id = a.person_id AND b.seq = a.seq + 1
    WHERE a.ended_at IS DISTINCT FROM b.began_at""",
    """SELECT 'not one open' FROM agent_state GROUP BY person_id
    HAVING count(*) FILTER (WHERE ended_at IS NULL) <> 1 OR max(seq) <> count(*)""",
    """SELECT 'offered to nobody' FROM conversation c
    LEFT JOIN offer o ON o.conversation_id = c.id AND o.outcome IS NULL WHERE c.phase = 'offered' AND o.id IS NULL""",
    """SELECT 'offered to someone away' FROM offer o
    JOIN agent_state s ON s.person_id = o.agent_id AND s.ended_at IS NULL
    WHERE o.outcome IS NULL AND s.state <> 'available'""",
)


async def make_floor(database: Database, **queue: Any) -> Floor:
    floor = Floor(await make_desk(database))
    floor.queue = await floor.make_queue(**queue)
    return floor
