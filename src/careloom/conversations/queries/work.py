"""What routing asks about many conversations at once: who waits, who has what, since when; all from partial indexes."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    Executable,
    Integer,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    column,
    func,
    literal_column,
    or_,
    select,
    text,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.selectable import LateralFromClause

from careloom.conversations.queries.conversation import COLUMNS, read_conversation
from careloom.conversations.tables.contact import conversation, conversation_interval
from careloom.conversations.types import Conversation, ConversationId, Phase, Priority, QueueId
from careloom.identity.types import PersonId
from careloom.organizations.types import Channel, ClientId, ProgramId
from careloom.platform.database.transactions import Tx
from careloom.platform.wire import reader

MOST_COUNTED: Final = 1000
"""Lines are counted up to here."""

Place = tuple[datetime, UUID]
"""A place in a line: when the promise ends (without one, since when the customer waits), and the id for ties."""

FRONT: Final[Place] = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))
"""The place before everyone."""


def _is(one: Column[Any], *words: str) -> ColumnElement[bool]:
    # Written out, not bound: only so does the planner see that a partial index holds all the rows.
    return one.in_([literal_column(f"'{word}'", Text) for word in words])


_C = conversation.c
_QUEUED = _C.phase == literal_column("'queued'", Text)
_OPEN = _C.status != literal_column("'resolved'", Text)
_WORKED_ON = _is(_C.phase, "with_agent", "on_hold", "after_call_work")
_ON_THE_LINE = and_(_is(_C.phase, "waiting_customer"), _is(_C.channel, "chat", "voice"))
_NOT_OFFERED = conversation_interval.c.phase != literal_column("'offered'", Text)


class Stretch(Struct, frozen=True):
    """The next `most` contacts of one priority behind a place of a queue's line."""

    queue_id: QueueId
    priority: Priority
    behind: Place
    most: int


class Waiting(Struct, frozen=True):
    """A conversation in a queue, with the agent who had it last (None: nobody yet).

    `handed_over`: that agent transferred it; `last_had_at` is when their part ended.
    """

    conversation: Conversation
    place: Place
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
    """A queue at this moment; counts end at MOST_COUNTED. `longest_wait_due_at` is what the longest waiting was
    promised.
    """

    queue_id: QueueId
    waiting: int
    longest_wait_since: datetime | None
    longest_wait_due_at: datetime | None
    with_agents: int


_LINES: Final = text(
    """
    SELECT line.queue_id,
        (SELECT count(*) FROM (
            SELECT 1 FROM conversation
            WHERE queue_id = line.queue_id AND phase IN ('queued', 'offered') LIMIT :most
        ) AS waiting) AS waiting,
        first.waiting_since AS longest_wait_since,
        first.due_at AS longest_wait_due_at,
        (SELECT count(*) FROM (
            SELECT 1 FROM conversation
            WHERE queue_id = line.queue_id AND phase IN ('with_agent', 'on_hold', 'after_call_work') LIMIT :most
        ) AS with_agents) AS with_agents
    FROM unnest(CAST(:ids AS uuid[])) AS line (queue_id)
    LEFT JOIN LATERAL (
        SELECT waiting_since, due_at FROM conversation
        WHERE queue_id = line.queue_id AND phase IN ('queued', 'offered')
        ORDER BY waiting_since LIMIT 1
    ) AS first ON true
    """
)
_read_held = reader(HeldContact)
_read_line = reader(LineNow)


async def waiting_in(tx: Tx, stretches: Sequence[Stretch]) -> list[Waiting]:
    """The contacts of these stretches, in each those with the earliest promise first. Needs a system transaction."""
    if not stretches:
        return []
    values = {
        "queue_ids": [one.queue_id for one in stretches],
        "priorities": [one.priority for one in stretches],
        "sinces": [one.behind[0] for one in stretches],
        "last_ids": [one.behind[1] for one in stretches],
        "mosts": [one.most for one in stretches],
    }
    return [_read_waiting(row) for row in await tx.execute(_WAITING, values)]


async def held_by(tx: Tx, person_ids: Sequence[PersonId]) -> list[HeldContact]:
    """What takes the room of these agents. Needs a transaction that sees it."""
    return [_read_held(row) for row in await tx.execute(_HELD, {"ids": list(person_ids)})]


async def last_worked_at(tx: Tx, person_ids: Sequence[PersonId]) -> dict[PersonId, datetime]:
    """When each agent's latest part in a contact ended; agents who are in one or never were are left out."""
    if not person_ids:
        return {}
    rows = await tx.execute(_LAST_WORKED, {"ids": list(person_ids)})
    return {row.person_id: row.ended_at for row in rows}


async def lines_now(tx: Tx, queue_ids: Collection[QueueId]) -> dict[QueueId, LineNow]:
    """Each queue at this moment. Needs a transaction that sees them."""
    if not queue_ids:
        return {}
    rows = await tx.execute(_LINES, {"ids": list(queue_ids), "most": MOST_COUNTED})
    return {one.queue_id: one for one in map(_read_line, rows)}


def _read_waiting(row: Any) -> Waiting:
    place = (row.urgent_at, row.id)
    handed_over = row.last_phase == Phase.TRANSFERRED
    return Waiting(read_conversation(row), place, row.last_agent_id, handed_over, row.last_had_at)


def _held() -> Executable:
    table = conversation.c
    statement = select(
        table.assignee_id.label("person_id"),
        table.id.label("conversation_id"),
        table.client_id,
        table.program_id,
        table.channel,
        table.phase,
    ).where(table.assignee_id == any_(bindparam("ids", type_=ARRAY(Uuid))), _OPEN, or_(_WORKED_ON, _ON_THE_LINE))
    return statement.order_by(table.id)


def _last_worked() -> Executable:
    people = func.unnest(bindparam("ids", type_=ARRAY(Uuid)))
    person = people.table_valued(column("person_id", Uuid), name="person").render_derived(name="person")
    table = conversation_interval.c
    latest = (
        select(table.ended_at)
        .where(table.agent_id == person.c.person_id, _NOT_OFFERED)
        .order_by(table.began_at.desc())
        .limit(1)
        .lateral("latest")
    )
    statement = select(person.c.person_id, latest.c.ended_at).select_from(person.join(latest, true()))
    return statement.where(latest.c.ended_at.is_not(None))


def _waiting() -> Executable:
    line = func.unnest(
        bindparam("queue_ids", type_=ARRAY(Uuid)),
        bindparam("priorities", type_=ARRAY(Text)),
        bindparam("sinces", type_=ARRAY(DateTime(timezone=True))),
        bindparam("last_ids", type_=ARRAY(Uuid)),
        bindparam("mosts", type_=ARRAY(Integer)),
    ).table_valued(
        column("queue_id", Uuid),
        column("priority", Text),
        column("since", DateTime(timezone=True)),
        column("last_id", Uuid),
        column("most", Integer),
        name="line",
    )
    line = line.render_derived(name="line")
    table = conversation.c
    behind = tuple_(table.urgent_at, table.id) > tuple_(line.c.since, line.c.last_id)
    waiting = (
        select(*COLUMNS, table.urgent_at)
        .where(table.queue_id == line.c.queue_id, table.priority == line.c.priority, _QUEUED, behind)
        .order_by(table.urgent_at, table.id)
        .limit(line.c.most)
        .lateral("waiting")
    )
    last = _last_part(waiting)
    return select(
        waiting,
        last.c.agent_id.label("last_agent_id"),
        last.c.phase.label("last_phase"),
        last.c.ended_at.label("last_had_at"),
    ).select_from(line.join(waiting, true()).join(last, true(), isouter=True))


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


# Made once: building a statement costs more than sending it.
_HELD: Final = _held()
_LAST_WORKED: Final = _last_worked()
_WAITING: Final = _waiting()
