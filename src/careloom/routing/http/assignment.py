"""Endpoints by which people give conversations to each other."""

from typing import Annotated

from litestar import get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Struct

from careloom.conversations.types import Conversation, ConversationId
from careloom.platform.web.unit import Unit
from careloom.routing.commands import assignment as commands
from careloom.routing.queries.assignable import list_assignable
from careloom.routing.types import Assignable, Assignment, Transfer


class AssignablePeople(Struct, frozen=True):
    """Who may be given a conversation."""

    items: tuple[Assignable, ...]


@post("/conversations/{conversation_id:uuid}/take", status_code=200, summary="Take a conversation")
async def take(unit: Unit, conversation_id: FromPath[ConversationId]) -> Conversation:
    """Assigns it to you; 409 when someone else has it."""
    return await unit.write(lambda tx: commands.take(tx, unit.actor, conversation_id))


@post("/conversations/{conversation_id:uuid}/assign", status_code=200, summary="Give a conversation to someone")
async def assign(unit: Unit, conversation_id: FromPath[ConversationId], data: JSONBody[Assignment]) -> Conversation:
    """The person must work for the conversation's program."""
    return await unit.write(lambda tx: commands.assign(tx, unit.actor, conversation_id, data))


@post("/conversations/{conversation_id:uuid}/transfer", status_code=200, summary="Hand a conversation over")
async def transfer(unit: Unit, conversation_id: FromPath[ConversationId], data: JSONBody[Transfer]) -> Conversation:
    """To a queue of the same client or to a person, with a note for whoever gets it."""
    return await unit.write(lambda tx: commands.transfer(tx, unit.actor, conversation_id, data))


@get("/people/assignable", summary="Who may be given a conversation")
async def get_assignable(
    unit: Unit, conversation_id: Annotated[ConversationId, QueryParameter(description="Which conversation.")]
) -> AssignablePeople:
    """People who work for its program, with their states."""
    found = await unit.read(lambda tx: list_assignable(tx, unit.actor, conversation_id))
    return AssignablePeople(tuple(found))


handlers = [take, assign, transfer, get_assignable]
