"""What customers see of their conversations: where they stand, and the entries that are not notes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Integer, Uuid, column, select, tuple_, values

from careloom.conversations.core.phases import OVER
from careloom.conversations.queries.messages import COLUMNS, read_message
from careloom.conversations.tables.contact import conversation
from careloom.conversations.tables.message import message
from careloom.conversations.types import ConversationId, Message, MessageKind, Phase, Status
from careloom.platform.database.transactions import Tx


class CustomerView(Struct, frozen=True):
    """A conversation as its customer sees it. `read_seq`: agents have read up to there; `messages` ascend."""

    conversation_id: ConversationId
    client_id: UUID
    status: Status
    phase: Phase
    agent_name: str | None
    last_seq: int
    read_seq: int
    messages: tuple[Message, ...]

    @property
    def ended(self) -> bool:
        """Whether the contact is over."""
        return self.status is Status.RESOLVED or self.phase in OVER or self.phase is Phase.AFTER_CALL_WORK


async def customer_views(
    tx: Tx, wanted: Mapping[tuple[UUID, UUID], int], limit: int = 200
) -> dict[ConversationId, CustomerView]:
    """The conversations `{(client, conversation): after_seq}`, each with its latest `limit` entries after `after_seq`.

    For channels that have checked whose conversations they are; what the transaction does not see is left out.
    """
    if not wanted:
        return {}
    entries = await _entries(tx, wanted, limit)
    table = conversation.c
    statement = select(
        table.client_id,
        table.id,
        table.status,
        table.phase,
        table.assignee_name,
        table.last_seq,
        table.read_seq,
    ).where(tuple_(table.client_id, table.id).in_(list(wanted)))
    return {
        row.id: CustomerView(
            conversation_id=row.id,
            client_id=row.client_id,
            status=Status(row.status),
            phase=Phase(row.phase),
            agent_name=row.assignee_name,
            last_seq=row.last_seq,
            read_seq=row.read_seq,
            messages=tuple(entries.get(row.id, ())),
        )
        for row in await tx.execute(statement)
    }


async def visible_before(tx: Tx, client_id: UUID, conversation_id: UUID, seq: int) -> int:
    """The number of the last entry before `seq` that the customer sees; 0 where there is none."""
    table = message.c
    statement = (
        select(table.seq)
        .where(
            table.client_id == client_id,
            table.conversation_id == conversation_id,
            table.seq < seq,
            table.kind != MessageKind.NOTE,
        )
        .order_by(table.seq.desc())
        .limit(1)
    )
    return (await tx.execute(statement)).scalar_one_or_none() or 0


async def _entries(tx: Tx, wanted: Mapping[tuple[UUID, UUID], int], limit: int) -> dict[UUID, list[Message]]:
    asked = values(
        column("client_id", Uuid), column("conversation_id", Uuid), column("after_seq", Integer), name="asked"
    ).data([(*key, after_seq) for key, after_seq in wanted.items()])
    table = message.c
    latest = (
        select(*COLUMNS)
        .where(
            table.client_id == asked.c.client_id,
            table.conversation_id == asked.c.conversation_id,
            table.seq > asked.c.after_seq,
            table.kind != MessageKind.NOTE,
        )
        .order_by(table.seq.desc())
        .limit(limit)
        .lateral("latest")
    )
    found: dict[UUID, list[Message]] = {}
    row: Any
    for row in await tx.execute(select(latest).select_from(asked).join(latest, latest.c.seq > 0)):
        found.setdefault(row.conversation_id, []).append(read_message(row))
    for messages in found.values():
        messages.sort(key=lambda one: one.seq)
    return found
