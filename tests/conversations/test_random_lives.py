"""Whatever happens to conversations, in whatever order: the database's facts stay whole."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from careloom.conversations.commands import lifecycle, reply, turns
from careloom.conversations.commands.dispositions import create_disposition
from careloom.conversations.commands.notes import add_note
from careloom.conversations.commands.receive import receive_message
from careloom.conversations.types import QueueId, Status
from careloom.organizations.types import Channel
from careloom.platform.database.transactions import Database
from careloom.platform.errors import CareloomError
from careloom.platform.ids import new_id
from tests.conversations.desk import SYSTEM, Desk, check_invariants, make_desk
from tests.effort import EFFORT
from tests.postgres import FreshDatabase

STEPS = (
    "inbound",
    "repeat",
    "enter",
    "offer",
    "take_back",
    "give_first",
    "give_second",
    "release",
    "transfer_queue",
    "transfer_person",
    "hold",
    "unhold",
    "pending",
    "open",
    "reply",
    "note",
    "end",
    "abandon",
    "wrap_up",
    "reopen",
)


class Life:
    """One conversation and what may be done to it; refusals are part of life."""

    def __init__(self, desk: Desk, channel: Channel) -> None:
        self.desk = desk
        self.channel = channel
        self.queues = [QueueId(new_id()), QueueId(new_id())]

    async def begin(self) -> None:
        self.customer = await self.desk.customer(f"{new_id().hex}@example.org")
        self.other = await self.desk.world.agent(self.desk.provider, self.desk.client, name="Cy Agent")
        self.inbound = self.desk.inbound(self.customer, channel=self.channel)
        self.id = (await self.desk.receive(self.inbound)).conversation.id
        self.disposition = await self.desk.do(
            create_disposition, self.desk.client.id, None, "Solved", actor=SYSTEM, resolved=True
        )

    async def step(self, name: str) -> None:
        before = await self._state()
        try:
            await self.act(name)
            refused = False
        except CareloomError:
            refused = True
        if refused or name == "repeat":
            assert await self._state() == before
        async with self.desk.database.transaction(SYSTEM) as tx:
            await check_invariants(tx)

    async def act(self, name: str) -> None:
        do, one, desk = self.desk.do, self.id, self.desk
        if name == "inbound":
            self.inbound = desk.inbound(self.customer, channel=self.channel, conversation_id=one)
        if name in ("inbound", "repeat"):
            return await do(receive_message, self.inbound, actor=SYSTEM)
        actions: dict[str, Any] = {
            "enter": lambda: do(lifecycle.enter_queue, one, self.queues[0], None, actor=SYSTEM),
            "offer": lambda: do(lifecycle.offer_to, one, desk.agent.id, actor=SYSTEM),
            "take_back": lambda: do(lifecycle.take_offer_back, one, actor=SYSTEM),
            "give_first": lambda: do(lifecycle.give_to, one, desk.agent.id, desk.agent.name),
            "give_second": lambda: do(lifecycle.give_to, one, self.other.id, self.other.name),
            "release": lambda: do(lifecycle.release, one, self.queues[1]),
            "transfer_queue": lambda: do(lifecycle.transfer, one, note="n", queue_id=self.queues[1]),
            "transfer_person": lambda: do(
                lifecycle.transfer, one, note="", person_id=self.other.id, person_name=self.other.name
            ),
            "hold": lambda: do(turns.hold, one, on=True),
            "unhold": lambda: do(turns.hold, one, on=False),
            "pending": lambda: do(turns.set_status, one, Status.PENDING),
            "open": lambda: do(turns.set_status, one, Status.OPEN),
            "reply": lambda: do(reply.reply, one, "an answer"),
            "note": lambda: do(add_note, one, "a note"),
            "end": lambda: do(lifecycle.end_contact, one),
            "abandon": lambda: do(lifecycle.abandon, one, actor=SYSTEM),
            "wrap_up": lambda: do(lifecycle.wrap_up, one, self.disposition.id, "over"),
            "reopen": lambda: do(turns.reopen, one),
        }
        return await actions[name]()

    async def _state(self) -> Any:
        counts = (
            "SELECT (SELECT count(*) FROM message), (SELECT count(*) FROM conversation_interval), "
            "(SELECT count(*) FROM event_log), (SELECT max(c.updated_at) FROM conversation c)"
        )
        async with self.desk.database.transaction(SYSTEM) as tx:
            return tuple((await tx.execute(text(counts))).one())


@settings(
    max_examples=12 * EFFORT,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    channel=st.sampled_from([Channel.CHAT, Channel.EMAIL]),
    steps=st.lists(st.sampled_from(STEPS), min_size=5, max_size=18),
)
def test_any_order_of_steps_leaves_whole_facts(
    fresh_database: FreshDatabase, channel: Channel, steps: list[str]
) -> None:
    async def live() -> None:
        database = Database(fresh_database.url, pool_size=2)
        life = Life(await make_desk(database), channel)
        await life.begin()
        for name in steps:
            await life.step(name)
        await database.close()

    asyncio.run(live())


async def test_at_once_from_all_sides_facts_stay_whole(database: Database) -> None:
    desk = await make_desk(database)
    life = Life(desk, Channel.CHAT)
    await life.begin()

    async def attempt(name: str) -> None:
        try:
            await life.act(name)
        except CareloomError:
            return

    await asyncio.gather(*(attempt(name) for name in STEPS * 2))
    async with database.transaction(SYSTEM) as tx:
        await check_invariants(tx)
