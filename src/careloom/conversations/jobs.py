"""Background work of conversations: due replies, what happens to customers, pauses."""

from uuid import UUID

from careloom.conversations.commands.customers import follow_merge, follow_name, follow_unmerge
from careloom.conversations.commands.recordings import end_pauses
from careloom.conversations.commands.reply import SEND_PENDING, send_pending
from careloom.conversations.events import ConversationResolved
from careloom.customers.events import CustomerChanged, CustomersMerged, CustomersUnmerged
from careloom.platform.access import system_actor
from careloom.platform.eventlog.consumer import Consumer, Handler
from careloom.platform.eventlog.event import Event
from careloom.platform.jobs import Task
from careloom.platform.runtime import Runtime


def tasks(runtime: Runtime) -> list[Task]:
    """Sending of a reply that was held back; its effect is once by the pending reply's own row."""

    async def run(conversation_id: str, pending_id: str) -> None:
        async with runtime.database.transaction(system_actor(SEND_PENDING)) as tx:
            await send_pending(tx, UUID(conversation_id), UUID(pending_id))

    return [Task(SEND_PENDING, run)]


def consumers(_runtime: Runtime) -> list[Consumer]:
    """Keeps conversations with the customer that they belong to; ends pauses with the contact."""
    handlers: dict[type[Event], Handler] = {
        CustomerChanged: follow_name,
        CustomersMerged: follow_merge,
        CustomersUnmerged: follow_unmerge,
    }
    return [
        Consumer("conversations.customers", handlers),
        Consumer("conversations.recordings", {ConversationResolved: end_pauses}),
    ]
