"""A floor at random: whatever people and customers do in whatever order, the promises of routing hold."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from typing import Any
from uuid import UUID

import pytest

from careloom.conversations.commands import lifecycle
from careloom.organizations.types import Channel
from careloom.platform.access import Actor
from careloom.platform.database.transactions import Database
from careloom.platform.errors import CareloomError
from careloom.routing.commands import assignment, offers
from careloom.routing.types import AcceptMode, NewCapacity, Presence, Transfer
from tests.routing.floor import Floor, make_floor

STEPS = 70
CHAT, MAIL = 2, 2


class RandomFloor:
    """Random acts of agents and customers; `act` does one, refusals are part of life."""

    def __init__(self, floor: Floor, agents: list[Actor], chance: random.Random) -> None:
        self.floor = floor
        self.agents = agents
        self.chance = chance
        self.by_hand: set[UUID] = set()

    async def act(self) -> None:
        acts = [
            (10, self.arrive),
            (2, self.presence),
            (6, self.round),
            (4, self.accept),
            (2, self.decline),
            (1, self.miss),
            (1, self.leave),
            (1, self.take),
            (2, self.transfer),
            (4, self.end),
            (4, self.wrap_up),
            (1, self.floor.consume),
        ]
        (act,) = self.chance.choices([one for _, one in acts], [weight for weight, _ in acts])
        try:
            await act()
        except CareloomError:
            return

    async def arrive(self) -> None:
        await self.floor.arrive(self.chance.choice([Channel.CHAT, Channel.EMAIL]))

    async def presence(self) -> None:
        state = self.chance.choice([*Presence, *[Presence.AVAILABLE] * 12])
        await self.floor.be(self.chance.choice(self.agents), state)

    async def round(self) -> None:
        await self.floor.pool.round()
        await self.check_capacity()

    async def accept(self) -> None:
        agent = self.chance.choice(self.agents)
        for offer in await self.floor.offered(agent):
            await self.floor.desk.do(offers.accept_offer, offer.id, actor=agent)

    async def decline(self) -> None:
        agent = self.chance.choice(self.agents)
        for offer in await self.floor.offered(agent):
            await self.floor.desk.do(offers.decline_offer, offer.id, actor=agent)

    async def miss(self) -> None:
        for offer in await self.floor.offered(self.chance.choice(self.agents)):
            await self.floor.outrun(offer.id)
            await self.floor.pool.round()

    async def leave(self) -> None:
        one = await self.any_of("phase IN ('queued', 'offered') AND channel = 'chat'")
        if one is not None:
            await self.floor.desk.do(lifecycle.end_contact, one.id, "visitor")

    async def take(self) -> None:
        one = await self.any_of("phase IN ('queued', 'offered')")
        if one is not None:
            agent = self.chance.choice(self.agents)
            self.by_hand.add(one.id)
            await self.floor.desk.do(assignment.take, one.id, actor=agent)

    async def transfer(self) -> None:
        one = await self.any_of("phase = 'with_agent'")
        if one is None:
            return
        mine = next(agent for agent in self.agents if agent.person_id == one.assignee_id)
        if self.chance.random() < 0.5:
            to = Transfer("over to you", queue_id=self.floor.queue.id)
        else:
            to = Transfer("over to you", person_id=self.chance.choice(self.agents).person_id)  # pyright: ignore[reportArgumentType]
            self.by_hand.add(one.id)
        await self.floor.desk.do(assignment.transfer, one.id, to, actor=mine)

    async def end(self) -> None:
        one = await self.any_of("phase = 'with_agent'")
        if one is not None:
            await self.floor.desk.do(lifecycle.end_contact, one.id)

    async def wrap_up(self) -> None:
        one = await self.any_of("phase = 'after_call_work'")
        if one is not None:
            await self.floor.desk.do(lifecycle.wrap_up, one.id, self.disposition)

    disposition: Any

    async def any_of(self, condition: str) -> Any:
        rows = await self.floor.desk.rows(f"SELECT id, assignee_id FROM conversation WHERE {condition} ORDER BY id")
        return self.chance.choice(rows) if rows else None

    async def check_capacity(self) -> None:
        """Counting what the router gave or offers, nobody holds more than their capacity."""
        rows = await self.floor.desk.rows(
            "SELECT coalesce(c.assignee_id, o.agent_id) AS agent_id, c.channel, c.id FROM conversation c "
            "LEFT JOIN offer o ON o.conversation_id = c.id AND o.outcome IS NULL "
            "WHERE c.phase IN ('with_agent', 'on_hold', 'after_call_work', 'offered')"
        )
        given = Counter((row.agent_id, row.channel) for row in rows if row.id not in self.by_hand)
        assert all(count <= (CHAT if channel == "chat" else MAIL) for (_, channel), count in given.items()), given


async def make_random_floor(database: Database, seed: int) -> RandomFloor:
    chance = random.Random(seed)
    mode = AcceptMode.AUTO if seed % 3 == 0 else AcceptMode.OFFER
    floor = await make_floor(database, accept_mode=mode)
    capacity = NewCapacity(chat=CHAT, email=MAIL)
    agents = [await floor.agent(name, capacity=capacity) for name in ("Ada", "Cy", "Di")]
    for agent in agents:
        await floor.be(agent, Presence.AVAILABLE)
    made = RandomFloor(floor, agents, chance)
    rows = await floor.desk.rows(
        "INSERT INTO disposition (client_id, id, name, resolved) VALUES (:client, gen_random_uuid(), 'Done', true) "
        "RETURNING id",
        client=floor.desk.client.id,
    )
    made.disposition = rows[0].id
    return made


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_in_turn_the_promises_hold(database: Database, seed: int) -> None:
    random_floor = await make_random_floor(database, seed)
    for _ in range(STEPS):
        await random_floor.act()
        await random_floor.floor.check()
    await random_floor.floor.consume()
    await random_floor.floor.check()
    assert len(await random_floor.floor.outcomes()) > 5, "hardly anything happened"


@pytest.mark.parametrize("seed", range(2))
async def test_whatever_happens_at_once_the_promises_hold(database: Database, seed: int) -> None:
    random_floor = await make_random_floor(database, 100 + seed)
    for _ in range(STEPS // 6):
        await asyncio.gather(*(random_floor.act() for _ in range(6)))
        await random_floor.floor.check()
        await random_floor.check_capacity()
    await random_floor.floor.consume()
    await random_floor.floor.check()
