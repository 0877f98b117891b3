"""Locks: whoever holds one waits only for what comes after it, so nobody waits in a circle."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from careloom.conversations.commands.held import hold_conversation
from careloom.identity.commands.people import change_person
from careloom.identity.events import PersonChanged
from careloom.identity.types import PersonChanges, PersonId
from careloom.platform.access import Actor
from careloom.platform.database.transactions import Database, Tx
from careloom.platform.eventlog.consumer import Consumer, ConsumerRunner
from careloom.platform.hub import Hub
from careloom.routing.commands.agent import hold_agent
from careloom.routing.commands.offers import make_offer
from careloom.routing.commands.presence import note_seen
from careloom.routing.core.decision import Candidate, Decision, Reason
from careloom.routing.jobs.agents import follow_person
from careloom.routing.types import AcceptMode, Presence
from tests.routing.floor import SYSTEM, Floor

WAITING = "SELECT 1 FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()"


def person(agent: Actor) -> PersonId:
    assert agent.person_id is not None
    return PersonId(agent.person_id)


async def begun(floor: Floor, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """`work` in a task of its own, as far as it gets: done, or waiting for a lock."""
    task = asyncio.create_task(work)
    async with asyncio.timeout(60):
        while not task.done() and not await floor.desk.rows(WAITING):  # noqa: ASYNC110 - the database knows
            await asyncio.sleep(0.005)
    return task


async def sign_out(database: Database, agent: Actor) -> None:
    async with database.transaction(SYSTEM) as tx:
        await change_person(tx, SYSTEM, person(agent), PersonChanges(active=False))


async def test_noting_whose_desks_are_there_waits_for_nobody(floor: Floor) -> None:
    ada, bo = await floor.available("Ada"), await floor.available("Bo")
    provider_id = floor.desk.provider.id
    async with floor.database.transaction(SYSTEM) as tx:
        assert await hold_agent(tx, person(ada))
        async with asyncio.timeout(60), floor.database.transaction(SYSTEM) as other:
            await note_seen(other, provider_id, [person(ada), person(bo)])
    rows = await floor.desk.rows("SELECT person_id FROM agent_profile WHERE last_seen_at IS NOT NULL")
    assert [row.person_id for row in rows] == [bo.person_id]


async def test_following_one_person_holds_nothing_while_it_waits_for_the_next(floor: Floor) -> None:
    ada, bo = await floor.available("Ada"), await floor.available("Bo")
    one = await floor.arrive()
    await floor.pool.round()
    mine, other = (ada, bo) if await floor.offered(ada) else (bo, ada)
    await floor.accept(mine)
    await floor.consume()
    for agent in (mine, other):
        await sign_out(floor.database, agent)
    chosen = Candidate(person(other), 0, 0, 0.0, 0.0)
    decision = Decision(one.id, person(other), AcceptMode.OFFER, 600, Reason.ONLY_ONE, chosen, None, 0.0, 0.0)
    offering: list[asyncio.Task[Any]] = []

    async def offer() -> bool:
        async with floor.database.transaction(SYSTEM) as tx:
            return await make_offer(tx, decision, floor.queue)

    async def follow(tx: Tx, event: PersonChanged) -> bool:
        locked = await follow_person(tx, event)
        if event.person_id == mine.person_id and not offering:
            offering.append(await begun(floor, offer()))
        return locked

    hub = Hub(floor.database.links)
    runner = ConsumerRunner(floor.database, hub, Consumer("locks", {PersonChanged: follow}))
    while (await runner.run_batch())[0]:
        pass
    await asyncio.gather(*offering)
    assert [await floor.state(agent) for agent in (ada, bo)] == [("offline", "deactivated")] * 2
    await floor.check()


async def test_going_offline_locks_what_one_has_and_is_offered_by_id(floor: Floor) -> None:
    ada = await floor.available("Ada")
    held = await floor.arrive()
    await floor.pool.round()
    await floor.accept(ada)
    offered = await floor.arrive()
    await floor.pool.round()
    assert [each.conversation_id for each in await floor.offered(ada)] == [offered.id]
    assert held.id < offered.id
    async with floor.database.transaction(SYSTEM) as tx:
        await hold_conversation(tx, SYSTEM, held.id)
        leaving = await begun(floor, floor.be(ada, Presence.OFFLINE))
        assert not leaving.done()
        await hold_conversation(tx, SYSTEM, offered.id)
    await leaving
    assert await floor.state(ada) == ("offline", None)
    await floor.check()
