"""Reads queues."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from careloom.conversations.types import QueueId
from careloom.organizations.types import Channel, ClientId, ProgramId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.scope import within
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.wire import row_fields
from careloom.routing.core.eligibility import speaks
from careloom.routing.tables import queue
from careloom.routing.types import Queue

_READ = Permission.QUEUES_READ


def read_queue(row: Any) -> Queue:
    """A queue from its row."""
    return msgspec.convert(row_fields(row), Queue, strict=False)


async def list_queues(
    tx: Tx, actor: Actor, client_id: ClientId | None = None, limit: int = 50, after: str | None = None
) -> Page[Queue]:
    """Queues of the programs that the actor may read, by client and name."""
    actor.require_somewhere(_READ, client_id)
    table = queue.c
    statement = select(queue).where(within(actor, _READ, table.client_id, table.program_id))
    if client_id is not None:
        statement = statement.where(table.client_id == client_id)
    rows = await tx.execute(keyset(statement, [table.client_id, table.name, table.id], after, limit))
    return cut([read_queue(row) for row in rows], limit, lambda one: [one.client_id, one.name, one.id])


async def get_queue(tx: Tx, actor: Actor, queue_id: UUID) -> Queue:
    """One queue; raises NotFoundError, also where the actor may not read its program's queues."""
    found = await find_queues(tx, [queue_id])
    one = found.get(QueueId(queue_id))
    if one is None or not actor.may(_READ, client_id=one.client_id, program_id=one.program_id):
        raise NotFoundError
    return one


async def find_queues(tx: Tx, ids: Collection[UUID]) -> dict[QueueId, Queue]:
    """Those of `ids` that the transaction sees; for use by this capability, which checks what is theirs."""
    rows = await tx.execute(select(queue).where(queue.c.id.in_(list(ids))))
    return {one.id: one for one in map(read_queue, rows)}


async def line_for(
    tx: Tx,
    client_id: ClientId,
    program_id: ProgramId,
    channel: Channel,
    language: str | None,
    queue_id: QueueId | None,
) -> Queue | None:
    """The active queue `queue_id` of the client, else the one for the contact."""
    if queue_id is not None:
        named = (await find_queues(tx, [queue_id])).get(queue_id)
        if named is not None and named.client_id == client_id and named.active:
            return named
    return await queue_for(tx, client_id, program_id, channel, language)


async def queue_for(
    tx: Tx, client_id: ClientId, program_id: ProgramId, channel: Channel, language: str | None
) -> Queue | None:
    """The program's active queue for a contact, as `choose_queue` chooses it."""
    found = await active_queues(tx, [client_id], [program_id])
    return choose_queue(found.get(program_id, []), channel, language)


async def active_queues(
    tx: Tx, client_ids: Collection[ClientId], program_ids: Collection[ProgramId]
) -> dict[ProgramId, list[Queue]]:
    """The active queues of these programs of these clients, by name; at most 500 a program on average."""
    table = queue.c
    statement = select(queue).where(
        table.client_id.in_(list(client_ids)), table.program_id.in_(list(program_ids)), table.active
    )
    found: dict[ProgramId, list[Queue]] = {}
    for row in await tx.execute(statement.order_by(table.name, table.id).limit(500 * len(program_ids))):
        one = read_queue(row)
        found.setdefault(one.program_id, []).append(one)
    return found


def choose_queue(queues: Iterable[Queue], channel: Channel, language: str | None) -> Queue | None:
    """The first queue for a contact: one of its language, then one without, then any that takes the channel."""
    fitting = (one for one in queues if channel in one.channels)
    return min(fitting, key=lambda one: _distance(one, language), default=None)


def _distance(one: Queue, language: str | None) -> int:
    if one.language is None:
        return 1
    return 0 if language is not None and speaks((one.language,), language) else 2
