"""Whose turn it is while an agent has a conversation: hold, waiting for the customer, open again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from careloom.conversations.commands.held import Held, hold_conversation, move, tell
from careloom.conversations.commands.journal import add_event, audit_move, remember
from careloom.conversations.commands.message import added
from careloom.conversations.core.phases import OVER
from careloom.conversations.errors import StatusRefusedError
from careloom.conversations.types import Conversation, Phase, Status
from careloom.customers.types import TimelineKind
from careloom.identity.types import PersonId
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx

_REPLY = Permission.CONVERSATIONS_REPLY
_NOBODY: dict[str, Any] = {"assignee_id": None, "assignee_name": None}
_REOPENED: dict[str, Any] = {"status": Status.OPEN, "resolved_at": None, "disposition_id": None}
_NO_WAIT: dict[str, Any] = {"waiting_since": None, "due_at": None}


async def hold(tx: Tx, actor: Actor, conversation_id: UUID, *, on: bool) -> Conversation:
    """Puts the customer on hold or takes them off it; nothing where they are so already."""
    held = await hold_conversation(tx, actor, conversation_id, _REPLY)
    before = held.conversation
    phase = Phase.ON_HOLD if on else Phase.WITH_AGENT
    if before.phase is phase:
        return before
    if not on and before.phase is not Phase.ON_HOLD:
        raise StatusRefusedError("This conversation is not on hold.")
    held = await move(tx, held, phase, now(), queue_id=before.queue_id, agent_id=before.assignee_id)
    await tell(tx, before, held.conversation)
    await audit_move(tx, actor, "conversation.hold" if on else "conversation.resume", before, held.conversation)
    return held.conversation


async def set_status(tx: Tx, actor: Actor, conversation_id: UUID, status: Status) -> Conversation:
    """Says whose turn it is: pending waits for the customer, open for us. Resolving goes through wrap-up.

    Raises StatusRefusedError where the change is not allowed.
    """
    if status is Status.RESOLVED:
        raise StatusRefusedError("A conversation is resolved by its wrap-up.")
    held = await hold_conversation(tx, actor, conversation_id, _REPLY)
    before = held.conversation
    if before.status is Status.RESOLVED:
        return await reopen(tx, actor, conversation_id)
    if before.status is status:
        raise StatusRefusedError("This conversation is in that state already.")
    if status is Status.PENDING:
        if before.phase not in (Phase.WITH_AGENT, Phase.ON_HOLD):
            raise StatusRefusedError("Take this conversation before you wait for the customer.")
        held = await wait_for_customer(tx, held, now())
    else:
        phase, agent_id = Phase.WITH_AGENT, before.assignee_id
        held = await move(tx, held, phase, now(), queue_id=before.queue_id, agent_id=agent_id, status=Status.OPEN)
    await tell(tx, before, held.conversation)
    await audit_move(tx, actor, "conversation.set_status", before, held.conversation)
    return held.conversation


async def reopen(tx: Tx, actor: Actor, conversation_id: UUID) -> Conversation:
    """Opens a resolved conversation again: a person takes it, otherwise it waits in its queue."""
    held = await hold_conversation(tx, actor, conversation_id, _REPLY)
    before, at = held.conversation, now()
    if before.phase not in OVER:
        raise StatusRefusedError("This conversation is open.")
    seq = before.last_seq + 1
    person = None if actor.person_id is None else PersonId(actor.person_id)
    values: dict[str, Any] = {**_REOPENED, **_NOBODY, "last_seq": seq}
    if person is not None:
        values |= {"assignee_id": person, "assignee_name": actor.name}
        held = await move(tx, held, Phase.WITH_AGENT, at, queue_id=before.queue_id, agent_id=person, **values)
    else:
        held = await move(tx, held, Phase.QUEUED, at, queue_id=before.queue_id, waiting_since=at, **values)
    noted = await add_event(tx, actor, before, seq, "reopened", at)
    after = held.conversation
    await tell(tx, before, after, added(after, noted))
    await remember(tx, after, TimelineKind.CONVERSATION_REOPENED, at, actor.name)
    await audit_move(tx, actor, "conversation.reopen", before, after)
    return after


async def wait_for_customer(tx: Tx, held: Held, at: datetime, **values: Any) -> Held:
    """Moves a locked conversation that an agent has to waiting for the customer."""
    one = held.conversation
    values = {**_NO_WAIT, "status": Status.PENDING, **values}
    phase = Phase.WAITING_CUSTOMER
    return await move(tx, held, phase, at, queue_id=one.queue_id, agent_id=one.assignee_id, **values)
