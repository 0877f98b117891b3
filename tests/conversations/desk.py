"""A desk for tests: one client with a program, an agent, and short-hands for what happens there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import text

from careloom.conversations.commands import receive
from careloom.conversations.commands.receive import Inbound, Received
from careloom.conversations.types import ConversationId, QueueId
from careloom.customers.commands.recognise import recognise
from careloom.customers.types import Customer, IdentityKind
from careloom.identity.types import Person
from careloom.organizations.types import Channel, Client, Program, Provider
from careloom.platform.access import Actor, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database, Tx
from careloom.platform.ids import new_id
from tests.world import World

SYSTEM = system_actor("test")


class Desk:
    """What most tests of conversations start from; made by `make_desk`."""

    def __init__(self, world: World, provider: Provider, client: Client, program: Program) -> None:
        self.world = world
        self.database = world.database
        self.provider = provider
        self.client = client
        self.program = program
        self.queue_id = QueueId(new_id())

    agent: Person
    actor: Actor

    async def customer(self, email: str = "ada@example.org", name: str = "Ada") -> Customer:
        async with self.database.transaction(SYSTEM) as tx:
            return await recognise(tx, SYSTEM, self.client.id, IdentityKind.EMAIL, email, name=name)

    def inbound(self, customer: Customer, message: str = "hello", **more: Any) -> Inbound:
        values: dict[str, Any] = {
            "client_id": self.client.id,
            "program_id": self.program.id,
            "channel": Channel.CHAT,
            "external_id": new_id().hex,
            "customer_id": customer.id,
            "author_name": customer.name,
            "text": message,
            "at": now(),
        }
        return Inbound(**(values | more))

    async def receive(self, inbound: Inbound) -> Received:
        async with self.database.transaction(SYSTEM) as tx:
            return await receive.receive_message(tx, SYSTEM, inbound)

    async def write(self, customer: Customer, message: str = "hello", **more: Any) -> Received:
        return await self.receive(self.inbound(customer, message, **more))

    async def opened(self, message: str = "hello", **more: Any) -> ConversationId:
        """A new conversation of a new customer."""
        customer = await self.customer(f"{new_id().hex}@example.org")
        return (await self.write(customer, message, **more)).conversation.id

    async def do(self, command: Any, *arguments: Any, actor: Actor | None = None, **named: Any) -> Any:
        """Runs one command in a transaction, as the agent unless another actor is given."""
        who = actor or self.actor
        async with self.database.transaction(who) as tx:
            return await command(tx, who, *arguments, **named)

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        async with self.database.transaction(SYSTEM) as tx:
            return list((await tx.execute(text(statement), values)).all())

    async def events(self) -> list[tuple[str, dict[str, Any]]]:
        return [(row.type, row.data) for row in await self.rows("SELECT type, data FROM event_log ORDER BY id")]


async def make_desk(database: Database, **program: Any) -> Desk:
    world = World(database)
    provider = await world.provider()
    client = await world.client()
    desk = Desk(world, provider, client, await world.program(client, provider, **program))
    desk.agent = await world.agent(provider, client, name="Bo Agent")
    desk.actor = await world.actor(desk.agent)
    return desk


async def check_invariants(tx: Tx) -> None:
    """What must hold of every conversation after every operation."""
    gaps = "SELECT conversation_id FROM message GROUP BY 1 HAVING max(seq) <> count(*) OR min(seq) <> 1"
    assert (await tx.execute(text(gaps))).all() == []
    counted = "(SELECT count(*) FROM message m WHERE m.conversation_id = c.id)"
    last = f"SELECT id FROM conversation c WHERE last_seq <> {counted}"
    assert (await tx.execute(text(last))).all() == []
    open_ones = (
        "SELECT conversation_id FROM conversation_interval GROUP BY 1 "
        "HAVING count(*) FILTER (WHERE ended_at IS NULL) <> 1 OR max(seq) <> count(*)"
    )
    assert (await tx.execute(text(open_ones))).all() == []
    torn = (
        "SELECT a.conversation_id FROM conversation_interval a JOIN conversation_interval b "
        "ON b.conversation_id = a.conversation_id AND b.seq = a.seq + 1 WHERE a.ended_at IS DISTINCT FROM b.began_at"
    )
    assert (await tx.execute(text(torn))).all() == []
    mirrored = (
        "SELECT c.id FROM conversation c JOIN conversation_interval i "
        "ON i.conversation_id = c.id AND i.ended_at IS NULL "
        "WHERE c.phase <> i.phase OR c.interval_seq <> i.seq OR c.queue_id IS DISTINCT FROM i.queue_id "
        "OR (c.status = 'resolved') <> (c.phase IN ('ended', 'abandoned')) "
        "OR (c.status = 'pending') <> (c.phase = 'waiting_customer') "
        "OR (c.phase IN ('with_agent', 'on_hold', 'waiting_customer', 'after_call_work') "
        "AND c.assignee_id IS DISTINCT FROM i.agent_id) "
        "OR (c.phase IN ('queued', 'offered') AND c.assignee_id IS NOT NULL)"
    )
    assert (await tx.execute(text(mirrored))).all() == []


def superuser(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(url, autocommit=True)


def ids(rows: list[Any]) -> list[UUID]:
    return [row.id for row in rows]
