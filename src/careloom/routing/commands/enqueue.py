"""Puts a contact into the queue where it waits for an agent."""

from careloom.conversations.commands import lifecycle
from careloom.conversations.types import Conversation, QueueId
from careloom.platform.access import Actor, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.routing.queries.promises import due_at
from careloom.routing.queries.queues import line_for


async def enqueue(tx: Tx, actor: Actor, conversation: Conversation, queue_id: QueueId | None) -> None:
    """Lets a waiting conversation wait in `queue_id`, or in its program's queue for the channel and language.

    Sets the queue's promise as `due_at`; the change of phase that it publishes wakes the router. A program
    without a queue leaves the conversation unassigned and in none. Raises PhaseRefusedError where it does not wait.
    """
    one = conversation
    chosen = await line_for(tx, one.client_id, one.program_id, one.channel, one.language, queue_id)
    if chosen is None:
        return
    system = system_actor(actor.name, one.client_id)
    due = await due_at(tx, chosen, one.channel, one.waiting_since or now())
    await lifecycle.enter_queue(tx, system, one.id, chosen.id, due)
