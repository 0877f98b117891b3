"""Notes between agents, with mentions."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from careloom.conversations.commands.held import change, hold_conversation, require_words, tell
from careloom.conversations.commands.journal import add_message, audit_act
from careloom.conversations.commands.message import Entry, added
from careloom.conversations.commands.privacy import cleaned_words, keep_originals
from careloom.conversations.events import PersonMentioned, facts
from careloom.conversations.tables.desk import mention
from careloom.conversations.types import Conversation, Message, MessageKind
from careloom.identity.queries.actors import actors_of
from careloom.identity.queries.people import names_of
from careloom.identity.types import PersonId
from careloom.platform.access import Actor, Permission, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx, set_scope
from careloom.platform.errors import FieldError, InvalidInputError


async def add_note(
    tx: Tx, actor: Actor, conversation_id: UUID, text: str, mentions: Sequence[PersonId] = ()
) -> Message:
    """Adds a note for agents; each person in `mentions` finds the conversation in their list.

    Raises InvalidInputError for an empty note, or a person who may not see the conversation or whom the actor
    does not see,
    ConversationErasedError.
    """
    if not text.strip():
        raise InvalidInputError(errors=(FieldError("/text", "Write something."),))
    held = await hold_conversation(tx, actor, conversation_id, Permission.CONVERSATIONS_NOTE)
    require_words(held)
    before, at = held.conversation, now()
    people = tuple(dict.fromkeys(mentions))
    await _check(tx, actor, before, people)
    note = await write_note(tx, actor, before, before.last_seq + 1, text, at)
    held = await change(tx, held, at, last_seq=note.seq)
    after = held.conversation
    if people:
        keys = {"client_id": after.client_id, "conversation_id": after.id, "seq": note.seq, "at": at}
        await tx.execute(mention.insert(), [{**keys, "person_id": one} for one in people])
    named = [PersonMentioned(**facts(after), person_id=one, seq=note.seq) for one in people]
    await tell(tx, before, after, added(after, note), *named)
    await audit_act(tx, actor, "conversation.note", after, message_id=note.id, mentions=people)
    return note


async def write_note(tx: Tx, actor: Actor, one: Conversation, seq: int, text: str, at: datetime) -> Message:
    """Stores a note as number `seq`, for agents only, as the client's policy lets it be stored."""
    words = await cleaned_words(tx, one.client_id, text.strip())
    entry = Entry(kind=MessageKind.NOTE, author_id=actor.person_id, author_name=actor.name, text=words.text)
    note = await add_message(tx, one, seq, entry, at)
    await keep_originals(tx, one.client_id, one.id, note.id, words.taken)
    return note


async def _check(tx: Tx, actor: Actor, one: Conversation, people: tuple[PersonId, ...]) -> None:
    if not people:
        return
    seen = await names_of(tx, people)
    await set_scope(tx, system_actor("mentions"))
    actors = await actors_of(tx, [*seen])
    await set_scope(tx, actor)
    reach = {"client_id": one.client_id, "program_id": one.program_id}
    for index, person in enumerate(people):
        found = actors.get(person)
        if found is None or not found.may(Permission.CONVERSATIONS_READ, **reach):
            detail = "This person may not see the conversation."
            raise InvalidInputError(errors=(FieldError(f"/mentions/{index}", detail),))
