"""Reads who may be given a conversation."""

from uuid import UUID

from careloom.conversations.queries.conversation import get_conversation
from careloom.identity.queries.actors import people_who_may
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.routing.queries.presence import presences
from careloom.routing.types import Assignable, Presence


async def list_assignable(tx: Tx, actor: Actor, conversation_id: UUID) -> list[Assignable]:
    """People whom the actor sees and who may answer the conversation, by name; raises NotFoundError."""
    one = await get_conversation(tx, actor, conversation_id)
    people = await people_who_may(
        tx, Permission.CONVERSATIONS_REPLY, client_id=one.client_id, program_id=one.program_id
    )
    states = await presences(tx, [person.id for person in people])
    return [
        Assignable(person.id, person.name, states[person.id].state if person.id in states else Presence.OFFLINE)
        for person in people
        if person.provider_id is not None
    ]
