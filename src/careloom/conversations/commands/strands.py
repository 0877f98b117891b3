"""Writes strands: each table in one statement."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from careloom.conversations.commands.strand import Strand
from careloom.conversations.tables.contact import care_case, conversation, conversation_interval
from careloom.conversations.tables.message import message
from careloom.conversations.types import Conversation, Interval
from careloom.customers.commands.timeline import Line, add_lines
from careloom.customers.types import TimelineKind
from careloom.platform.database.prepared import unwaited
from careloom.platform.database.rows import inserting, updating
from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.event import publish
from careloom.platform.redaction.values import storable

_OPENED: Final = (
    *("client_id", "id", "program_id", "case_id", "case_number", "customer_id", "customer_name", "channel"),
    *("subject", "preview", "status", "phase", "language", "queue_id", "last_seq", "last_inbound_seq"),
    *("interval_seq", "waiting_since", "due_at", "created_at", "updated_at"),
)
_CONTINUED: Final = (
    *("last_seq", "last_inbound_seq", "preview", "status", "phase", "language"),
    *("interval_seq", "waiting_since", "updated_at"),
)
_ID: Final = ("client_id", "id")
_insert_cases: Final = inserting(
    care_case, "client_id", "id", "program_id", "number", "customer_id", "subject", "created_at"
)
_insert_conversations: Final = inserting(conversation, *_OPENED)
_update_conversations: Final = updating(conversation, _ID, *_CONTINUED)
_close_intervals: Final = updating(conversation_interval, ("client_id", "conversation_id", "seq"), "ended_at")
_insert_intervals: Final = inserting(
    conversation_interval,
    *("client_id", "conversation_id", "seq", "phase", "queue_id", "agent_id", "began_at", "previous_ended_at"),
)
_insert_messages: Final = inserting(
    message,
    *("client_id", "conversation_id", "seq", "id", "kind", "channel", "external_id", "author_id", "author_name"),
    *("subject", "text", "html", "folded_text", "details", "at"),
)


async def write_strands(tx: Tx, strands: Sequence[Strand]) -> None:
    """Stores what the strands hold and publishes their events; conversations and customers are locked already."""
    opened = [one for one in strands if one.before is None]
    continued = [one for one in strands if one.before is not None]
    async with unwaited(tx):
        await _insert_cases(tx, [_case(one.after) for one in opened if one.opens_case])
        await _insert_conversations(tx, [_conversation(one, _OPENED) for one in opened])
        await _update_conversations(tx, [_conversation(one, (*_ID, *_CONTINUED)) for one in continued])
        await _write_intervals(tx, strands)
        await _insert_messages(tx, [row for one in strands for row in _messages(one)])
        await add_lines(tx, [_line(one) for one in opened])
        await publish(tx, *(event for one in strands for event in one.events))


async def _write_intervals(tx: Tx, strands: Sequence[Strand]) -> None:
    steps = [(one.after, one.step) for one in strands if one.step is not None]
    closed = [_interval(one, step.closed) | {"ended_at": step.closed.ended_at} for one, step in steps]
    opened = [_interval(one, step.opened) | {"previous_ended_at": step.closed.ended_at} for one, step in steps]
    first = [_interval(one.after, one.first) for one in strands if one.first is not None]
    await _close_intervals(tx, closed)
    await _insert_intervals(tx, [*opened, *first])


def _case(one: Conversation) -> dict[str, Any]:
    return {
        "client_id": one.client_id,
        "id": one.case_id,
        "program_id": one.program_id,
        "number": one.case_number,
        "customer_id": one.customer_id,
        "subject": one.subject,
        "created_at": one.created_at,
    }


def _conversation(strand: Strand, names: Iterable[str]) -> dict[str, Any]:
    inner = {"last_inbound_seq": strand.after.last_seq, "interval_seq": strand.interval_seq}
    return {name: inner[name] if name in inner else getattr(strand.after, name) for name in names}


def _interval(one: Conversation, interval: Interval) -> dict[str, Any]:
    return {
        "client_id": one.client_id,
        "conversation_id": one.id,
        "seq": interval.seq,
        "phase": interval.phase,
        "queue_id": interval.queue_id,
        "agent_id": interval.agent_id,
        "began_at": interval.began_at,
    }


def _messages(strand: Strand) -> Iterable[dict[str, Any]]:
    for inbound, stored in zip(strand.inbounds, strand.messages, strict=True):
        yield {
            "client_id": strand.after.client_id,
            "conversation_id": stored.conversation_id,
            "seq": stored.seq,
            "id": stored.id,
            "kind": stored.kind,
            "channel": inbound.channel,
            "external_id": inbound.external_id,
            "author_id": stored.author_id,
            "author_name": stored.author_name,
            "subject": None if inbound.subject is None else storable(inbound.subject),
            "text": stored.text,
            "html": stored.html,
            "folded_text": stored.folded_text,
            "details": stored.details,
            "at": stored.at,
        }


def _line(strand: Strand) -> Line:
    one = strand.after
    return Line(
        client_id=one.client_id,
        customer_id=one.customer_id,
        kind=TimelineKind.CONVERSATION_STARTED,
        at=one.created_at,
        summary=one.subject,
        channel=one.channel,
        program_id=one.program_id,
        conversation_id=one.id,
        actor_name=strand.inbounds[0].author_name,
    )
