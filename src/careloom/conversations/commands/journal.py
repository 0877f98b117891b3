"""What a change leaves behind for its readers: system events, notes, and lines of the customer's timeline."""

from datetime import datetime
from typing import Any

from careloom.conversations.commands.message import Entry, insert_message
from careloom.conversations.types import Conversation, Message, MessageKind
from careloom.customers.commands.timeline import Line, add_lines
from careloom.customers.types import TimelineKind
from careloom.platform import audit
from careloom.platform.access import Actor
from careloom.platform.database.transactions import Tx


async def add_event(
    tx: Tx, actor: Actor, one: Conversation, seq: int, key: str, at: datetime, **details: str
) -> Message:
    """Stores the system event `key` as number `seq`; customers see `details` too."""
    entry = Entry(kind=MessageKind.EVENT, author_id=actor.person_id, author_name=actor.name, text=key, details=details)
    return await add_message(tx, one, seq, entry, at)


async def add_message(tx: Tx, one: Conversation, seq: int, entry: Entry, at: datetime) -> Message:
    """Stores an entry that no channel knows yet."""
    stored = await insert_message(tx, one, seq, entry, at)
    if stored is None:
        raise AssertionError("an entry without an external id is always stored")
    return stored


async def remember(tx: Tx, one: Conversation, kind: TimelineKind, at: datetime, who: str) -> None:
    """Adds a line about the conversation to its customer's timeline."""
    line = Line(
        client_id=one.client_id,
        customer_id=one.customer_id,
        kind=kind,
        at=at,
        summary=one.subject,
        channel=one.channel,
        program_id=one.program_id,
        conversation_id=one.id,
        actor_name=who,
    )
    await add_lines(tx, [line])


async def audit_move(tx: Tx, actor: Actor, action: str, before: Conversation, after: Conversation) -> None:
    """Writes who moved the conversation from where to where."""
    await audit.record(
        tx, actor, action, after.id, client_id=after.client_id, before=_plain(before), after=_plain(after)
    )


async def audit_act(tx: Tx, actor: Actor, action: str, one: Conversation, **values: object) -> None:
    """Writes what a person or key did in the conversation: ids and kinds, no texts. The system's steps are facts."""
    if not actor.is_system:
        await audit.record(tx, actor, action, one.id, client_id=one.client_id, after=values)


def _plain(one: Conversation) -> dict[str, Any]:
    names = ("status", "phase", "queue_id", "assignee_id", "assignee_name", "disposition_id")
    return {name: getattr(one, name) for name in names}
