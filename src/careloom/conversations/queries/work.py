"""What routing asks about many conversations at once: who waits, who has what, since when; all from partial indexes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    Text,
    Uuid,
    Values,
    and_,
    column,
    literal_column,
    or_,
    select,
    text,
    true,
    tuple_,
    values,
)
from sqlalchemy.sql.selectable import LateralFromClause

from careloom.conversations.queries.conversation import COLUMNS, read_conversation
from careloom.conversations.tables.contact import conversation, conversation_interval
from careloom.conversations.types import Conversation, ConversationId, Phase, QueueId
from careloom.identity.types import PersonId
from careloom.organizations.types import Channel, ClientId, ProgramId
from careloom.platform.database.transactions import Tx
from careloom.platform.wire import reader

MOST_COUNTED: Final = 1000
"""Lines are counted up to here."""

Place = tuple[datetime, UUID]
"""A place in a line: since when, and the id that breaks ties."""

FRONT: Final[Place] = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))
"""The place before everyone."""


def _is(one: Column[Any], *words: str) -> ColumnElement[bool]:
    # Written out, not bound: only so does the planner see that a partial index holds all the rows.
    return one.in_([literal_column(f"'{word}'", Text) for word in words])


_C = conversation.c
_QUEUED = _C.phase == literal_column("'queued'", Text)
_HURRIED = _is(_C.priority, "urgent", "high")
_OPEN = _C.status != literal_column("'resolved'", Text)
_WORKED_ON = _is(_C.phase, "with_agent", "on_hold", "after_call_work")
_ON_THE_LINE = and_(_is(_C.phase, "waiting_customer"), _is(_C.channel, "chat", "voice"))
_NOT_OFFERED = conversation_interval.c.phase != literal_column("'offered'", Text)


class Waiting(Struct, frozen=True):
    """A conversation in a queue, with the agent who had it last (None: nobody yet).

    `handed_over`: that agent transferred it; `last_had_at` is when their part ended.
    """

    conversation: Conversation
    last_agent_id: PersonId | None
    handed_over: bool
    last_had_at: datetime | None


class HeldContact(Struct, frozen=True):
    """A conversation that takes an agent's room: it is worked on, or its customer is on the line."""

    person_id: PersonId
    conversation_id: ConversationId
    client_id: ClientId
    program_id: ProgramId
    channel: Channel
    phase: Phase


class LineNow(Struct, frozen=True):
    """A queue at this moment; counts end at MOST_COUNTED."""

    queue_id: QueueId
    waiting: int
    longest_wait_since: datetime | None
    with_agents: int


_LINES: Final = text(
    """
    SELECT line.queue_id,
        (SELECT count(*) FROM (
            SELECT 1 FROM conversation
            WHERE queue_id = line.queue_id AND phase IN ('queued', 'offered') LIMIT :most
        ) AS waiting) AS waiting,
        (SELECT min(waiting_since) FROM conversation
            WHERE queue_id = line.queue_id AND phase IN ('queued', 'offered')) AS longest_wait_since,
        (SELECT count(*) FROM (
            SELECT 1 FROM conversation
            WHERE queue_id = line.queue_id AND phase IN ('with_agent', 'on_hold', 'after_call_work') LIMIT :most
        ) AS with_agents) AS with_agents
    FROM unnest(CAST(:ids AS uuid[])) AS line (queue_id)
    """
)
_read_held = reader(HeldContact)
_read_line = reader(LineNow)


async def waiting_in(tx: Tx, places: Mapping[QueueId, Place], limit: int) -> list[Waiting]:
    """The next `limit` of each queue behind a place, longest waiting first. Needs a system transaction."""
    if not places:
        return []
    line = _line(places)
    table = conversation.c
    behind = tuple_(table.waiting_since, table.id) > tuple_(line.c.since, line.c.last_id)
    return await _waiting(tx, line, [behind], limit)


async def hurried_in(tx: Tx, queue_ids: Collection[QueueId], limit: int) -> list[Waiting]:
    """The first `limit` of each queue with high or urgent priority. Needs a system transaction."""
    if not queue_ids:
        return []
    return await _waiting(tx, _line(dict.fromkeys(queue_ids, FRONT)), [_HURRIED], limit)


async def held_by(tx: Tx, person_ids: Sequence[PersonId]) -> list[HeldContact]:
    """What takes the room of these agents. Needs a transaction that sees it."""
    table = conversation.c
    statement = select(
        table.assignee_id.label("person_id"),
        table.id.label("conversation_id"),
        table.client_id,
        table.program_id,
        table.channel,
        table.phase,
    ).where(table.assignee_id.in_(person_ids), _OPEN, or_(_WORKED_ON, _ON_THE_LINE))
    return [_read_held(row) for row in await tx.execute(statement.order_by(table.id))]


async def last_worked_at(tx: Tx, person_ids: Sequence[PersonId]) -> dict[PersonId, datetime]:
    """When each agent's latest part in a contact ended; agents who are in one or never were are left out."""
    if not person_ids:
        return {}
    people = values(column("person_id", Uuid), name="people").data([(one,) for one in person_ids])
    table = conversation_interval.c
    latest = (
        select(table.ended_at)
        .where(table.agent_id == people.c.person_id, _NOT_OFFERED)
        .order_by(table.began_at.desc())
        .limit(1)
        .lateral("latest")
    )
    statement = select(people.c.person_id, latest.c.ended_at).select_from(people.join(latest, true()))
    rows = await tx.execute(statement.where(latest.c.ended_at.is_not(None)))
    return {row.person_id: row.ended_at for row in rows}


async def lines_now(tx: Tx, queue_ids: Collection[QueueId]) -> dict[QueueId, LineNow]:
    """Each queue at this moment. Needs a transaction that sees them."""
    if not queue_ids:
        return {}
    rows = await tx.execute(_LINES, {"ids": list(queue_ids), "most": MOST_COUNTED})
    return {one.queue_id: one for one in map(_read_line, rows)}


def _line(places: Mapping[QueueId, Place]) -> Values:
    columns = (column("queue_id", Uuid), column("since", DateTime(timezone=True)), column("last_id", Uuid))
    return values(*columns, name="line").data([(queue_id, *place) for queue_id, place in places.items()])


async def _waiting(tx: Tx, line: Values, clauses: Sequence[Any], limit: int) -> list[Waiting]:
    table = conversation.c
    waiting = (
        select(*COLUMNS)
        .where(table.queue_id == line.c.queue_id, _QUEUED, *clauses)
        .order_by(table.waiting_since, table.id)
        .limit(limit)
        .lateral("waiting")
    )
    last = _last_part(waiting)
    statement = select(
        waiting,
        last.c.agent_id.label("last_agent_id"),
        last.c.phase.label("last_phase"),
        last.c.ended_at.label("last_had_at"),
    ).select_from(line.join(waiting, true()).join(last, true(), isouter=True))
    return [
        Waiting(read_conversation(row), row.last_agent_id, row.last_phase == Phase.TRANSFERRED, row.last_had_at)
        for row in await tx.execute(statement)
    ]


def _last_part(waiting: LateralFromClause) -> LateralFromClause:
    table = conversation_interval.c
    return (
        select(table.agent_id, table.phase, table.ended_at)
        .where(
            and_(table.client_id == waiting.c.client_id, table.conversation_id == waiting.c.id),
            table.agent_id.is_not(None),
            _NOT_OFFERED,
        )
        .order_by(table.seq.desc())
        .limit(1)
        .lateral("last_part")
    )
