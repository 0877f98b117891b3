"""Conversations that were led elsewhere, many at a time: they keep their times, authors, state and tags.

What was done elsewhere is not told as work that was done here: a conversation's life begins with the interval in which
it is when it arrives, `ended` since it was resolved, or `queued` in no queue from now on. Nothing is published, so
nothing is routed, counted or sent.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from careloom.conversations.commands.message import preview
from careloom.conversations.commands.opening import SUBJECT_LENGTH
from careloom.conversations.commands.past import ImportedMessage, Run, redacted_messages, store_runs
from careloom.conversations.commands.privacy import cleaned
from careloom.conversations.core.privacy import Taken
from careloom.conversations.tables.contact import care_case, conversation, conversation_interval
from careloom.conversations.types import (
    ConversationId,
    MessageKind,
    Phase,
    Priority,
    Status,
)
from careloom.customers.commands.timeline import Line, add_lines
from careloom.customers.types import CustomerId, TimelineKind
from careloom.organizations.commands import reserve_case_numbers
from careloom.organizations.queries import as_stored, require_served
from careloom.organizations.types import Channel, ClientId, ProgramId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.rows import insert_rows
from careloom.platform.database.transactions import Tx
from careloom.platform.ids import new_id
from careloom.platform.redaction.values import storable


class ImportedConversation(Struct, frozen=True, kw_only=True):
    """A conversation with its messages in their order, at least one."""

    id: ConversationId
    customer_id: CustomerId
    customer_name: str
    channel: Channel
    subject: str
    status: Status
    priority: Priority
    language: str | None
    tags: tuple[str, ...]
    created_at: datetime
    resolved_at: datetime | None
    messages: tuple[ImportedMessage, ...]


_CASE: Final = ("client_id", "id", "program_id", "number", "customer_id", "subject", "created_at")
_CONVERSATION: Final = (
    "client_id", "id", "program_id", "case_id", "case_number", "customer_id", "customer_name", "channel", "subject",
    "preview", "status", "phase", "priority", "language", "tags", "last_seq", "last_inbound_seq", "read_seq",
    "interval_seq", "waiting_since", "created_at", "updated_at", "resolved_at",
)  # fmt: skip
_INTERVAL: Final = ("client_id", "conversation_id", "seq", "phase", "began_at")


async def store_past(
    tx: Tx,
    actor: Actor,
    client_id: ClientId,
    program_id: ProgramId,
    imported: Sequence[ImportedConversation],
    at: datetime,
) -> None:
    """Stores each in a case of its own, as the client's policy lets its words be stored; `at` is when it is taken over.

    Raises ForbiddenError, NotFoundError, and RegionRefusedError where the client's data may not be kept here.
    """
    actor.require(Permission.DATA_IMPORT, client_id=client_id, program_id=program_id)
    await require_served(tx, client_id)
    if not imported:
        return
    redacted = [await _redacted(tx, client_id, one) for one in imported]
    imported = [one for one, _ in redacted]
    numbers = await reserve_case_numbers(tx, client_id, len(imported))
    mine = {"client_id": client_id, "program_id": program_id}
    rows = [_row(one, number, mine) for one, number in zip(imported, numbers, strict=True)]
    cases = [{**row, "id": row["case_id"], "number": row["case_number"]} for row in rows]
    await insert_rows(tx, care_case, _CASE, cases)
    await insert_rows(tx, conversation, _CONVERSATION, rows)
    await insert_rows(tx, conversation_interval, _INTERVAL, [_interval(one, client_id, at) for one in imported])
    runs = [_run(one, client_id, taken) for one, taken in redacted]
    await store_runs(tx, client_id, runs)
    await add_lines(tx, [line for one in imported for line in _timeline(one, client_id, program_id)])


async def _redacted(
    tx: Tx, client_id: ClientId, one: ImportedConversation
) -> tuple[ImportedConversation, tuple[tuple[Taken, ...], ...]]:
    """A conversation as it may be stored, and what of each message is to be kept apart."""
    messages, taken = await redacted_messages(tx, client_id, one.messages)
    plain, _ = await cleaned(tx, client_id, one)
    labels = await as_stored(tx, client_id, conversation, {"tags": one.tags})
    return replace(plain, **labels, messages=messages), taken


def _run(one: ImportedConversation, client_id: ClientId, taken: tuple[tuple[Taken, ...], ...]) -> Run:
    return Run(
        client_id=client_id,
        conversation_id=one.id,
        customer_id=one.customer_id,
        channel=one.channel,
        first=1,
        messages=one.messages,
        taken=taken,
    )


def last_change(one: ImportedConversation) -> datetime:
    """When it last changed elsewhere: as long as that stands, nobody has worked on it here."""
    return max(one.resolved_at or one.created_at, one.messages[-1].at)


def _row(one: ImportedConversation, number: int, mine: dict[str, Any]) -> dict[str, Any]:
    said = [(seq, each) for seq, each in enumerate(one.messages, 1) if each.kind is not MessageKind.NOTE]
    inbound = [seq for seq, each in said if each.kind is MessageKind.INBOUND]
    answered = max((seq for seq, each in said if each.kind is MessageKind.OUTBOUND), default=0)
    waiting = next((each.at for seq, each in said if seq > answered), None) if one.status is Status.OPEN else None
    shown = (said or [(1, one.messages[0])])[-1][1]
    last_seq = len(one.messages)
    subject = storable(one.subject or preview(one.messages[0].text))[:SUBJECT_LENGTH]
    return {
        **mine,
        "id": one.id,
        "case_id": new_id(),
        "case_number": number,
        "customer_id": one.customer_id,
        "customer_name": one.customer_name,
        "channel": one.channel,
        "subject": subject,
        "preview": preview(storable(shown.text)),
        "status": one.status,
        "phase": _phase(one),
        "priority": one.priority,
        "language": one.language,
        "tags": one.tags,
        "last_seq": last_seq,
        "last_inbound_seq": max(inbound, default=0),
        "read_seq": answered if waiting else last_seq,
        "interval_seq": 1,
        "waiting_since": waiting,
        "created_at": one.created_at,
        "updated_at": last_change(one),
        "resolved_at": one.resolved_at,
    }


def _phase(one: ImportedConversation) -> Phase:
    return Phase.ENDED if one.status is Status.RESOLVED else Phase.QUEUED


def _interval(one: ImportedConversation, client_id: ClientId, at: datetime) -> dict[str, Any]:
    began = one.resolved_at if one.status is Status.RESOLVED else at
    return {
        "client_id": client_id,
        "conversation_id": one.id,
        "seq": 1,
        "phase": _phase(one),
        "began_at": began or at,
    }


def _timeline(one: ImportedConversation, client_id: ClientId, program_id: ProgramId) -> list[Line]:
    spoke = [each for each in one.messages if each.kind is not MessageKind.NOTE]
    agents = [each.author_name for each in one.messages if each.kind is MessageKind.OUTBOUND]
    started = Line(
        client_id=client_id,
        customer_id=one.customer_id,
        kind=TimelineKind.CONVERSATION_STARTED,
        at=one.created_at,
        summary=storable(one.subject or preview(one.messages[0].text))[:SUBJECT_LENGTH],
        channel=one.channel,
        program_id=program_id,
        conversation_id=one.id,
        actor_name=storable(spoke[0].author_name if spoke else one.customer_name),
    )
    if one.resolved_at is None:
        return [started]
    who = storable(agents[-1]) if agents else None
    return [started, replace(started, kind=TimelineKind.CONVERSATION_ENDED, at=one.resolved_at, actor_name=who)]
