"""People give conversations to each other. Their judgement may go beyond an agent's capacity; the engine never does."""

from typing import Final

from careloom.conversations.commands import lifecycle
from careloom.conversations.commands.notes import add_note
from careloom.conversations.queries.conversation import get_conversation
from careloom.conversations.types import Conversation, ConversationId, QueueId
from careloom.identity.queries.actors import actors_of
from careloom.identity.queries.people import names_of
from careloom.identity.types import PersonId
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, ForbiddenError, InvalidInputError, NotFoundError
from careloom.routing.commands.offers import withdraw
from careloom.routing.commands.wide import wide
from careloom.routing.queries.promises import due_at
from careloom.routing.queries.queues import get_queue
from careloom.routing.types import Assignment, Queue, Transfer

_REPLY: Final = Permission.CONVERSATIONS_REPLY
_ASSIGN: Final = Permission.CONVERSATIONS_ASSIGN


async def take(tx: Tx, actor: Actor, conversation_id: ConversationId) -> Conversation:
    """Gives the conversation to the actor.

    Raises NotFoundError, ForbiddenError, and NotUnassignedError where another has it and the actor may not assign.
    """
    before = await get_conversation(tx, actor, conversation_id)
    owner = {"client_id": before.client_id, "program_id": before.program_id}
    actor.require(_REPLY, **owner)
    if actor.person_id is None:
        raise ForbiddenError("Only people can take a conversation.")
    me = PersonId(actor.person_id)
    only = not actor.may(_ASSIGN, **owner)
    after = await lifecycle.give_to(tx, actor, before.id, me, actor.name, only_if_unassigned=only)
    await withdraw(tx, after.id, taken_by=me)
    await _audit(tx, actor, "conversation.take", before, after)
    return after


async def assign(tx: Tx, actor: Actor, conversation_id: ConversationId, to: Assignment) -> Conversation:
    """Gives the conversation to someone who may answer it; raises NotFoundError, ForbiddenError, InvalidInputError."""
    before = await get_conversation(tx, actor, conversation_id)
    actor.require(_ASSIGN, client_id=before.client_id, program_id=before.program_id)
    name = await _name_of_worker(tx, actor, before, to.person_id)
    after = await lifecycle.give_to(tx, actor, before.id, to.person_id, name)
    await withdraw(tx, after.id, taken_by=to.person_id)
    await _audit(tx, actor, "conversation.assign", before, after)
    if to.note and to.note.strip():
        await add_note(tx, actor, after.id, to.note)
        after = await get_conversation(tx, actor, after.id)
    return after


async def transfer(tx: Tx, actor: Actor, conversation_id: ConversationId, to: Transfer) -> Conversation:
    """Hands a conversation to a queue of its client that the actor sees, or to a person; one's own, one that nobody
    has, or with the permission to assign anyone's.

    Raises NotFoundError, ForbiddenError, InvalidInputError.
    """
    before = await get_conversation(tx, actor, conversation_id)
    owner = {"client_id": before.client_id, "program_id": before.program_id}
    mine = before.assignee_id is None or before.assignee_id == actor.person_id
    actor.require(_REPLY if mine else _ASSIGN, **owner)
    if (to.queue_id is None) == (to.person_id is None):
        raise InvalidInputError("Name either a queue or a person.")
    if to.person_id is not None:
        name = await _name_of_worker(tx, actor, before, to.person_id)
        after = await lifecycle.transfer(tx, actor, before.id, note=to.note, person_id=to.person_id, person_name=name)
    else:
        queue = await _queue(tx, actor, before, to.queue_id)
        due = await due_at(tx, queue, before.channel, before.waiting_since or now())
        after = await lifecycle.transfer(
            tx, actor, before.id, note=to.note, queue_id=queue.id, queue_name=queue.name, due_at=due
        )
    await withdraw(tx, after.id, taken_by=to.person_id)
    return after


async def _name_of_worker(tx: Tx, actor: Actor, one: Conversation, person_id: PersonId) -> str:
    seen = await names_of(tx, [person_id])
    async with wide(tx, actor):
        found = (await actors_of(tx, [*seen])).get(person_id)
    if found is None or not found.may(_REPLY, client_id=one.client_id, program_id=one.program_id):
        raise InvalidInputError(errors=(FieldError("/person_id", "This person does not work for this program."),))
    return found.name


async def _queue(tx: Tx, actor: Actor, one: Conversation, queue_id: QueueId | None) -> Queue:
    """An active queue of the conversation's client that the actor sees, whichever provider works it."""
    try:
        found = None if queue_id is None else await get_queue(tx, actor, queue_id)
    except NotFoundError:
        found = None
    if found is None or not found.active or found.client_id != one.client_id:
        raise InvalidInputError(errors=(FieldError("/queue_id", "Choose an active queue of the same client."),))
    return found


async def _audit(tx: Tx, actor: Actor, action: str, before: Conversation, after: Conversation) -> None:
    if before.assignee_id != after.assignee_id:
        values = [{"assignee_id": one.assignee_id, "assignee_name": one.assignee_name} for one in (before, after)]
        await audit.record(tx, actor, action, after.id, client_id=after.client_id, before=values[0], after=values[1])
