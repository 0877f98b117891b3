"""A conversation's way from queue to resolution, one step a function.

Whoever calls `enter_queue`, `offer_to`, `take_offer_back`, `give_to`, `release`, `transfer` or `abandon` has checked
that the actor may assign work; the steps of the agent's own work check it here.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from careloom.conversations.commands.held import Held, change, hold_conversation, move, tell
from careloom.conversations.commands.journal import add_event, audit_move, remember
from careloom.conversations.commands.message import added
from careloom.conversations.commands.notes import write_note
from careloom.conversations.core.phases import HELD, LIVE_CHANNELS, OVER, WAITING
from careloom.conversations.errors import NotUnassignedError, StatusRefusedError
from careloom.conversations.tables.desk import disposition
from careloom.conversations.types import (
    Conversation,
    DispositionId,
    Message,
    Phase,
    QueueId,
    Status,
)
from careloom.customers.types import TimelineKind
from careloom.identity.types import PersonId
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, InvalidInputError

_REPLY = Permission.CONVERSATIONS_REPLY
_NOBODY: dict[str, Any] = {"assignee_id": None, "assignee_name": None}
_REOPENED: dict[str, Any] = {"status": Status.OPEN, "resolved_at": None, "disposition_id": None}
_NO_WAIT: dict[str, Any] = {"waiting_since": None, "due_at": None}


async def enter_queue(
    tx: Tx, actor: Actor, conversation_id: UUID, queue_id: QueueId, due_at: datetime | None
) -> Conversation:
    """Puts a waiting conversation into a queue, or gives it another promise there. Raises PhaseRefusedError."""
    held = await hold_conversation(tx, actor, conversation_id)
    before = held.conversation
    at = now()
    if before.phase is Phase.QUEUED and before.queue_id == queue_id:
        held = await change(tx, held, at, due_at=due_at)
    else:
        held = await _queue(tx, held, queue_id, at, due_at)
    await tell(tx, before, held.conversation)
    return held.conversation


async def offer_to(tx: Tx, actor: Actor, conversation_id: UUID, agent_id: PersonId) -> Conversation:
    """Offers a queued conversation to an agent; raises PhaseRefusedError where it is not queued any more."""
    held = await hold_conversation(tx, actor, conversation_id)
    before = held.conversation
    held = await move(tx, held, Phase.OFFERED, now(), queue_id=before.queue_id, agent_id=agent_id)
    await tell(tx, before, held.conversation)
    return held.conversation


async def take_offer_back(tx: Tx, actor: Actor, conversation_id: UUID) -> Conversation:
    """Returns an offered conversation to its queue; does nothing where it is not offered any more."""
    held = await hold_conversation(tx, actor, conversation_id)
    before = held.conversation
    if before.phase is not Phase.OFFERED:
        return before
    held = await move(tx, held, Phase.QUEUED, now(), queue_id=before.queue_id)
    await tell(tx, before, held.conversation)
    return held.conversation


async def give_to(
    tx: Tx,
    actor: Actor,
    conversation_id: UUID,
    person_id: PersonId,
    person_name: str,
    *,
    only_if_unassigned: bool = False,
) -> Conversation:
    """Gives the conversation to an agent, over a transfer where another has it; nothing where they have it already.

    Raises NotUnassignedError where another has it and `only_if_unassigned`.
    """
    held = await hold_conversation(tx, actor, conversation_id)
    before = held.conversation
    if before.phase in HELD:
        if before.assignee_id == person_id:
            return before
        if only_if_unassigned:
            raise NotUnassignedError("{name} has this conversation.", name=before.assignee_name or "")
    held, messages = await assign(tx, actor, held, person_id, person_name, now())
    await tell(tx, before, held.conversation, *(added(held.conversation, one) for one in messages))
    return held.conversation


async def assign(
    tx: Tx, actor: Actor, held: Held, person_id: PersonId, person_name: str, at: datetime
) -> tuple[Held, list[Message]]:
    """Moves a locked conversation to an agent and adds the event `assigned`; publishes nothing but the phases."""
    one = held.conversation
    if one.phase in HELD:
        held = await move(tx, held, Phase.TRANSFERRED, at, queue_id=one.queue_id, agent_id=one.assignee_id)
    values: dict[str, Any] = {"assignee_id": person_id, "assignee_name": person_name}
    if one.status is not Status.OPEN:
        values |= _REOPENED
    values["last_seq"] = one.last_seq + 1
    held = await move(tx, held, Phase.WITH_AGENT, at, queue_id=one.queue_id, agent_id=person_id, **values)
    noted = await add_event(tx, actor, held.conversation, one.last_seq + 1, "assigned", at, name=person_name)
    return held, [noted]


async def release(
    tx: Tx, actor: Actor, conversation_id: UUID, queue_id: QueueId | None, due_at: datetime | None = None
) -> Conversation:
    """Takes the conversation from its agent and returns it to a queue (None: the one it came from)."""
    held = await hold_conversation(tx, actor, conversation_id)
    before = held.conversation
    held = await _queue(tx, held, queue_id or before.queue_id, now(), due_at)
    await tell(tx, before, held.conversation)
    return held.conversation


async def transfer(
    tx: Tx,
    actor: Actor,
    conversation_id: UUID,
    *,
    note: str,
    queue_id: QueueId | None = None,
    queue_name: str = "",
    person_id: PersonId | None = None,
    person_name: str = "",
    due_at: datetime | None = None,
) -> Conversation:
    """Hands the conversation to a queue or to a person, with an event that all see and a note for agents.

    Raises InvalidInputError unless exactly one of the two is named, PhaseRefusedError where it cannot move.
    """
    if (queue_id is None) == (person_id is None):
        raise InvalidInputError("Name either a queue or a person.")
    held = await hold_conversation(tx, actor, conversation_id)
    before, at = held.conversation, now()
    if person_id is not None and before.phase in HELD and before.assignee_id == person_id:
        raise StatusRefusedError("This person has this conversation already.")
    if before.phase in HELD:
        held = await move(tx, held, Phase.TRANSFERRED, at, queue_id=before.queue_id, agent_id=before.assignee_id)
    if person_id is not None:
        values: dict[str, Any] = {"assignee_id": person_id, "assignee_name": person_name, **_REOPENED}
        held = await move(tx, held, Phase.WITH_AGENT, at, queue_id=before.queue_id, agent_id=person_id, **values)
        details = {"name": person_name}
    else:
        held = await _queue(tx, held, queue_id, at, due_at)
        details = {"queue": queue_name}
    messages = [await add_event(tx, actor, before, before.last_seq + 1, "transferred", at, **details)]
    if note.strip():
        messages.append(await write_note(tx, actor, before, before.last_seq + 2, note, at))
    held = await change(tx, held, at, last_seq=messages[-1].seq)
    await tell(tx, before, held.conversation, *(added(held.conversation, one) for one in messages))
    await audit_move(tx, actor, "conversation.transfer", before, held.conversation)
    return held.conversation


async def end_contact(tx: Tx, actor: Actor, conversation_id: UUID, by: str = "agent") -> Conversation:
    """The contact is over for `by` (agent, visitor or system): wrap-up follows; nothing where it is over already.

    Whoever leaves a live channel before an agent had them has abandoned it. Raises PhaseRefusedError.
    """
    permission = _REPLY if by == "agent" else Permission.CONVERSATIONS_READ
    held = await hold_conversation(tx, actor, conversation_id, permission)
    before, at = held.conversation, now()
    if before.phase in OVER or before.phase is Phase.AFTER_CALL_WORK:
        return before
    seq = before.last_seq + 1
    if before.phase in WAITING and before.channel in LIVE_CHANNELS:
        held = await _abandon(tx, held, at, last_seq=seq)
    else:
        values: dict[str, Any] = {**_NO_WAIT, "status": Status.OPEN, "last_seq": seq}
        held = await move(
            tx, held, Phase.AFTER_CALL_WORK, at, queue_id=before.queue_id, agent_id=before.assignee_id, **values
        )
    ended = await add_event(tx, actor, before, seq, "ended", at, by=by)
    await tell(tx, before, held.conversation, added(held.conversation, ended))
    if not actor.is_system:
        await audit_move(tx, actor, "conversation.end", before, held.conversation)
    return held.conversation


async def abandon(tx: Tx, actor: Actor, conversation_id: UUID) -> Conversation:
    """The customer left a live channel before an agent had them; nothing where the contact is over already."""
    held = await hold_conversation(tx, actor, conversation_id)
    before = held.conversation
    if before.phase in OVER:
        return before
    held = await _abandon(tx, held, now())
    await tell(tx, before, held.conversation)
    return held.conversation


async def wrap_up(
    tx: Tx, actor: Actor, conversation_id: UUID, disposition_id: DispositionId, note: str | None = None
) -> Conversation:
    """Ends the agent's work with an outcome: the conversation is resolved.

    Raises StatusRefusedError where it is so already, InvalidInputError for a disposition of another program.
    """
    held = await hold_conversation(tx, actor, conversation_id, _REPLY)
    before, at = held.conversation, now()
    if before.phase is Phase.ENDED:
        raise StatusRefusedError("This conversation is resolved already.")
    await _check_disposition(tx, before, disposition_id)
    messages: list[Message] = []
    if note and note.strip():
        messages.append(await write_note(tx, actor, before, before.last_seq + 1, note, at))
    if before.phase not in OVER and before.phase is not Phase.AFTER_CALL_WORK:
        seq = before.last_seq + len(messages) + 1
        messages.append(await add_event(tx, actor, before, seq, "ended", at, by="agent"))
    values: dict[str, Any] = {
        **_NO_WAIT,
        "status": Status.RESOLVED,
        "resolved_at": at,
        "disposition_id": disposition_id,
        "last_seq": before.last_seq + len(messages),
    }
    held = await move(tx, held, Phase.ENDED, at, queue_id=before.queue_id, **values)
    after = held.conversation
    await tell(tx, before, after, *(added(after, one) for one in messages))
    await remember(tx, after, TimelineKind.CONVERSATION_ENDED, at, actor.name)
    await audit_move(tx, actor, "conversation.wrap_up", before, after)
    return after


async def _queue(tx: Tx, held: Held, queue_id: QueueId | None, at: datetime, due_at: datetime | None) -> Held:
    one = held.conversation
    waiting = one.waiting_since or at
    values: dict[str, Any] = {**_NOBODY, "waiting_since": waiting, "due_at": due_at}
    values |= {"status": Status.OPEN} if one.phase not in OVER else _REOPENED
    return await move(tx, held, Phase.QUEUED, at, queue_id=queue_id, **values)


async def _abandon(tx: Tx, held: Held, at: datetime, **values: Any) -> Held:
    one = held.conversation
    values = {**_NO_WAIT, "status": Status.RESOLVED, "resolved_at": at, **values}
    held = await move(tx, held, Phase.ABANDONED, at, queue_id=one.queue_id, **values)
    await remember(tx, held.conversation, TimelineKind.CONVERSATION_ENDED, at, one.customer_name)
    return held


async def _check_disposition(tx: Tx, one: Conversation, disposition_id: DispositionId) -> None:
    table = disposition.c
    statement = select(table.id).where(
        table.client_id == one.client_id,
        table.id == disposition_id,
        table.active,
        (table.program_id.is_(None)) | (table.program_id == one.program_id),
    )
    if (await tx.execute(statement)).one_or_none() is None:
        raise InvalidInputError(errors=(FieldError("/disposition_id", "Choose an active outcome of this program."),))
