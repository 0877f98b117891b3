"""A conversation locked for the rest of the transaction: its row, its changes of phase, its events."""

from collections.abc import Collection
from datetime import datetime
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Uuid, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from careloom.conversations.core.intervals import Step, next_interval
from careloom.conversations.errors import ConversationErasedError
from careloom.conversations.events import (
    ConversationAssigned,
    ConversationChanged,
    ConversationReopened,
    ConversationResolved,
    MessageAdded,
    PhaseChanged,
    facts,
)
from careloom.conversations.queries.conversation import COLUMNS, current_interval, read_conversation, visible
from careloom.conversations.tables.contact import conversation, conversation_interval
from careloom.conversations.types import Conversation, ConversationId, Interval, Phase, QueueId, Status
from careloom.identity.types import PersonId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.prepared import Prepared
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.eventlog.event import Event, publish

_INNER = (conversation.c.last_inbound_seq, conversation.c.read_seq, conversation.c.interval_seq)
_QUIET: Final = frozenset({"updated_at", "last_seq", "last_inbound_seq", "read_seq", "interval_seq", "assignee_name"})
_INSERT_INTERVAL: Final = conversation_interval.insert()
_HOLD_MANY: Final = Prepared(
    select(*COLUMNS, *_INNER)
    .where(conversation.c.id == func.any(bindparam("ids", type_=ARRAY(Uuid))))
    .order_by(conversation.c.id)
    .with_for_update(),
    planned_anew=True,
)
_TOLD: Final = tuple(name for name in Conversation.__struct_fields__ if name not in _QUIET)
_told: Final = attrgetter(*_TOLD)
_BY_MESSAGE: Final = frozenset({"preview", "unread", "waiting_since", "due_at"})


class Held(Struct, frozen=True):
    """A conversation whose row is locked, with the counters that stay inside."""

    conversation: Conversation
    last_inbound_seq: int
    read_seq: int
    interval_seq: int


async def hold_conversation(
    tx: Tx, actor: Actor, conversation_id: UUID, permission: Permission = Permission.CONVERSATIONS_READ
) -> Held:
    """Locks the conversation until the transaction ends.

    Raises NotFoundError where the actor may not see it, ForbiddenError where `permission` is lacking.
    """
    statement = select(*COLUMNS, *_INNER).where(conversation.c.id == conversation_id)
    seen = visible(actor) if permission is not Permission.MESSAGES_INGEST else visible(actor, permission)
    row = (await tx.execute(statement.where(seen).with_for_update())).one_or_none()
    if row is None:
        raise NotFoundError
    held = _held(row)
    one = held.conversation
    actor.require(permission, client_id=one.client_id, program_id=one.program_id)
    return held


async def hold_conversations(tx: Tx, ids: Collection[ConversationId]) -> list[Held]:
    """Locks those of these conversations that the transaction sees, in the order that all keep.

    For commands that check the access to each.
    """
    if not ids:
        return []
    return [_held(row) for row in await _HOLD_MANY.rows(tx, ids=list(ids))]


def require_words(held: Held) -> None:
    """Raises ConversationErasedError where a conversation's words were erased: new ones would never be."""
    if held.conversation.erased_at is not None:
        raise ConversationErasedError


async def change(tx: Tx, held: Held, at: datetime, **values: Any) -> Held:
    """Writes `values` and `updated_at` to the locked row; answers it as it is now."""
    one = held.conversation
    statement = (
        update(conversation)
        .where(conversation.c.client_id == one.client_id, conversation.c.id == one.id)
        .values(updated_at=max(at, one.updated_at), **values)
        .returning(*COLUMNS, *_INNER)
    )
    return _held((await tx.execute(statement)).one())


async def move(
    tx: Tx,
    held: Held,
    phase: Phase,
    at: datetime,
    *,
    queue_id: QueueId | None,
    agent_id: PersonId | None = None,
    **values: Any,
) -> Held:
    """Closes the open interval, opens one in `phase`, writes `values`, and publishes PhaseChanged.

    Raises PhaseRefusedError where the lifecycle does not allow it, ConversationErasedError where nothing leads on.
    """
    require_words(held)
    one = held.conversation
    current = await current_interval(tx, one.client_id, one.id)
    step = next_interval(current, phase, one.channel, at, queue_id=queue_id, agent_id=agent_id)
    await _write(tx, one.client_id, step)
    after = await change(tx, held, at, phase=phase, queue_id=queue_id, interval_seq=step.opened.seq, **values)
    await publish(tx, moved(one, after.conversation, current, step))
    return after


def moved(before: Conversation, after: Conversation, current: Interval, step: Step) -> PhaseChanged:
    """The event of a change of phase by `step` from the interval `current`."""
    opened = step.opened
    waited = 0.0 if before.waiting_since is None else (opened.began_at - before.waiting_since).total_seconds()
    return PhaseChanged(
        **facts(after),
        interval_seq=opened.seq,
        phase=opened.phase,
        agent_id=opened.agent_id,
        at=opened.began_at,
        previous=current.phase,
        previous_queue_id=current.queue_id,
        previous_agent_id=current.agent_id,
        previous_began_at=current.began_at,
        waited_seconds=max(0.0, waited),
    )


async def open_interval(tx: Tx, client_id: UUID, interval: Interval, previous_ended_at: datetime | None) -> None:
    """Stores an interval that is still open."""
    values = {
        "client_id": client_id,
        "conversation_id": interval.conversation_id,
        "seq": interval.seq,
        "phase": interval.phase,
        "queue_id": interval.queue_id,
        "agent_id": interval.agent_id,
        "began_at": interval.began_at,
        "ended_at": interval.ended_at,
        "previous_ended_at": previous_ended_at,
    }
    await tx.execute(_INSERT_INTERVAL, values)


async def tell(tx: Tx, before: Conversation, after: Conversation, *further: Event) -> None:
    """Publishes what differs between `before` and `after`, then `further`."""
    await publish(tx, *told(before, after, *further))


def told(before: Conversation, after: Conversation, *further: Event) -> tuple[Event, ...]:
    """The events of what differs between `before` and `after`, then `further`."""
    events: list[Event] = []
    changed = _differences(before, after)
    if any(isinstance(event, MessageAdded) for event in further) and _BY_MESSAGE.issuperset(changed):
        changed = ()
    if after.assignee_id != before.assignee_id:
        events.append(ConversationAssigned(**facts(after), previous_id=before.assignee_id))
    if after.status is Status.RESOLVED and before.status is not Status.RESOLVED:
        events.append(ConversationResolved(**facts(after), disposition_id=after.disposition_id))
    if before.status is Status.RESOLVED and after.status is not Status.RESOLVED:
        events.append(ConversationReopened(**facts(after)))
    if changed:
        events.append(ConversationChanged(**facts(after), changed=changed))
    return (*events, *further)


def _differences(before: Conversation, after: Conversation) -> tuple[str, ...]:
    return tuple(name for name, old, new in zip(_TOLD, _told(before), _told(after), strict=True) if old != new)


async def _write(tx: Tx, client_id: UUID, step: Step) -> None:
    table = conversation_interval.c
    closing = update(conversation_interval).where(
        table.client_id == client_id,
        table.conversation_id == step.closed.conversation_id,
        table.seq == step.closed.seq,
    )
    await tx.execute(closing.values(ended_at=step.closed.ended_at))
    await open_interval(tx, client_id, step.opened, step.closed.ended_at)


def _held(row: Any) -> Held:
    return Held(
        conversation=read_conversation(row),
        last_inbound_seq=row.last_inbound_seq,
        read_seq=row.read_seq,
        interval_seq=row.interval_seq,
    )
