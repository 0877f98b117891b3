"""What agents change beside the conversation's course: its labels, what they have read, views of their own."""

from typing import Any
from uuid import UUID

from msgspec import UNSET
from sqlalchemy import delete, func, update

from careloom.conversations.commands.held import change, hold_conversation, require_words, tell
from careloom.conversations.events import MessagesRead, facts
from careloom.conversations.queries.conversation import get_conversation
from careloom.conversations.tables.contact import conversation
from careloom.conversations.tables.desk import mention, saved_view
from careloom.conversations.types import (
    Conversation,
    ConversationChanges,
    ConversationId,
    SavedView,
    ViewFilter,
    ViewId,
)
from careloom.organizations.queries import as_stored
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.schema import Writer
from careloom.platform.database.transactions import Tx, widened
from careloom.platform.errors import ConflictError, ForbiddenError, NotFoundError
from careloom.platform.hub import send_signal
from careloom.platform.ids import new_id
from careloom.platform.redaction.values import storable
from careloom.platform.wire import to_plain

_MOST_VIEWS = 100
_WORDS = frozenset({"subject", "tags"})
"""What may name a customer: the audit trail, which outlives them, says that it changed, not how."""


async def change_conversation(
    tx: Tx, actor: Actor, conversation_id: UUID, changes: ConversationChanges
) -> Conversation:
    """Changes priority, language, tags or subject; tags are kept once each, in the order given.

    Raises ConversationErasedError.
    """
    held = await hold_conversation(tx, actor, conversation_id, Permission.CONVERSATIONS_WRITE)
    require_words(held)
    before = held.conversation
    wanted = {name: getattr(changes, name) for name in changes.__struct_fields__}
    values: dict[str, Any] = {name: value for name, value in wanted.items() if value is not UNSET}
    if "tags" in values:
        values["tags"] = list(dict.fromkeys(storable(tag) for tag in values["tags"]))
    values = await as_stored(tx, before.client_id, conversation, values, Writer.STAFF)
    held = await change(tx, held, before.updated_at, **values)
    after = held.conversation
    await tell(tx, before, after)
    old, new = ({name: getattr(one, name) for name in values if name not in _WORDS} for one in (before, after))
    if words := sorted(_WORDS & values.keys()):
        new["fields"] = words
    await audit.record(tx, actor, "conversation.change", after.id, client_id=after.client_id, before=old, after=new)
    return after


async def tell_typing(tx: Tx, actor: Actor, conversation_id: UUID, *, typing: bool) -> None:
    """Tells the customer, and whoever looks at the conversation now, that the actor types, or stopped.

    Raises NotFoundError, ForbiddenError.
    """
    one = await get_conversation(tx, actor, ConversationId(conversation_id))
    actor.require(Permission.CONVERSATIONS_REPLY, client_id=one.client_id, program_id=one.program_id)
    signal = {
        "kind": "typing",
        "who": "agent",
        "client_id": str(one.client_id),
        "conversation_id": str(one.id),
        "person_id": str(actor.person_id),
        "name": actor.name,
        "typing": typing,
    }
    await send_signal(tx, signal)


async def mark_read(tx: Tx, actor: Actor, conversation_id: UUID, seq: int) -> Conversation:
    """Notes that the actor has read up to `seq`: their mentions are seen.

    The conversation counts as read when its agent has read it, or anyone where nobody has it.
    """
    held = await hold_conversation(tx, actor, conversation_id)
    before = held.conversation
    seq = min(seq, before.last_seq)
    table = mention.c
    seen = update(mention).where(
        table.client_id == before.client_id,
        table.conversation_id == before.id,
        table.person_id == actor.person_id,
        table.seq <= seq,
        table.seen_at.is_(None),
    )
    await tx.execute(seen.values(seen_at=func.now()))
    may = actor.may(Permission.CONVERSATIONS_REPLY, client_id=before.client_id, program_id=before.program_id)
    if not may or before.assignee_id not in (None, actor.person_id) or seq <= held.read_seq:
        return before
    held = await change(tx, held, before.updated_at, read_seq=seq)
    await tell(tx, before, held.conversation, MessagesRead(**facts(held.conversation), seq=seq))
    return held.conversation


async def create_view(tx: Tx, actor: Actor, name: str, filter_: ViewFilter) -> SavedView:
    """Keeps a named filter for the actor; raises ConflictError beyond 100."""
    person_id = _person(actor)
    table = saved_view.c
    # One's own views are one's own also with a key that is held to clients and so does not see its person.
    async with widened(tx):
        statement = saved_view.select().with_only_columns(func.count()).where(table.person_id == person_id)
        if (await tx.execute(statement)).scalar_one() >= _MOST_VIEWS:
            raise ConflictError("You have {count} views; delete one first.", count=_MOST_VIEWS)
        view = SavedView(ViewId(new_id()), storable(name), filter_)
        await tx.execute(
            saved_view.insert().values(
                person_id=person_id, id=view.id, name=view.name, filter=to_plain(filter_), made_at=now()
            )
        )
    return view


async def delete_view(tx: Tx, actor: Actor, view_id: UUID) -> None:
    """Forgets one of the actor's own views; raises NotFoundError."""
    table = saved_view.c
    statement = delete(saved_view).where(table.id == view_id, table.person_id == _person(actor))
    async with widened(tx):
        if (await tx.execute(statement.returning(table.id))).one_or_none() is None:
            raise NotFoundError


def _person(actor: Actor) -> UUID:
    if actor.person_id is None:
        raise ForbiddenError("Only a person keeps views.")
    return actor.person_id
