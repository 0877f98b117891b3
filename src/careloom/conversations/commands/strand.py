"""A strand: customers' messages that arrived together for one conversation, and how the conversation stands then."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from careloom.conversations.commands.held import Held, moved, told
from careloom.conversations.commands.message import added, preview
from careloom.conversations.commands.opening import SUBJECT_LENGTH
from careloom.conversations.commands.receive import Inbound
from careloom.conversations.core.intervals import Step, first_interval, next_interval
from careloom.conversations.events import ConversationOpened, facts
from careloom.conversations.types import (
    CaseId,
    Conversation,
    ConversationId,
    Delivery,
    Interval,
    Message,
    MessageId,
    MessageKind,
    Phase,
    Priority,
    Status,
)
from careloom.customers.commands.hold import HeldCustomer
from careloom.platform.clock import now
from careloom.platform.eventlog.event import Event
from careloom.platform.ids import new_id
from careloom.platform.redaction.values import storable

JOINED: Final = frozenset({Phase.QUEUED, Phase.OFFERED, Phase.WITH_AGENT, Phase.ON_HOLD})
"""Phases in which a customer's message only adds to the conversation."""


class Strand(Struct, frozen=True, kw_only=True):
    """What is to be stored of one conversation. `before` None: it is new, in the new case of `number` where given.

    `step` is a change of phase that the messages bring, `first` the interval of a new conversation.
    """

    inbounds: Sequence[Inbound]
    before: Conversation | None
    after: Conversation
    messages: tuple[Message, ...]
    interval_seq: int
    events: tuple[Event, ...]
    step: Step | None = None
    first: Interval | None = None
    opens_case: bool = False


def strand_continued(held: Held, inbounds: Sequence[Inbound], current: Interval | None) -> Strand:
    """Adds messages to a locked, open conversation; `current` is its interval where it waits for the customer."""
    before, last, present = held.conversation, inbounds[-1], now()
    at = min(last.at, present)
    messages = _messages(before.id, before.last_seq, inbounds, present)
    step = None
    if current is not None:
        step = next_interval(
            current, Phase.WITH_AGENT, before.channel, at, queue_id=before.queue_id, agent_id=before.assignee_id
        )
    after = replace(
        before,
        last_seq=messages[-1].seq,
        unread=True,
        preview=preview(storable(last.text)),
        waiting_since=before.waiting_since or min(inbounds[0].at, present),
        language=before.language or next((one.language for one in inbounds if one.language), None),
        status=Status.OPEN,
        phase=before.phase if step is None else step.opened.phase,
        updated_at=max(at, before.updated_at),
    )
    turn = () if step is None or current is None else (moved(before, after, current, step),)
    return Strand(
        inbounds=inbounds,
        before=before,
        after=after,
        messages=messages,
        interval_seq=held.interval_seq if step is None else step.opened.seq,
        events=(*turn, *told(before, after, *(added(after, one) for one in messages))),
        step=step,
    )


def strand_opened(
    customer: HeldCustomer, inbounds: Sequence[Inbound], case: tuple[CaseId, int], *, opens_case: bool
) -> Strand:
    """A new conversation of a locked customer, waiting in the queue of its first message."""
    begun, last, present = inbounds[0], inbounds[-1], now()
    at = min(begun.at, present)
    conversation_id = ConversationId(new_id())
    messages = _messages(conversation_id, 0, inbounds, present)
    after = Conversation(
        id=conversation_id,
        client_id=begun.client_id,
        program_id=begun.program_id,
        case_id=case[0],
        case_number=case[1],
        customer_id=customer.id,
        customer_name=customer.name,
        channel=begun.channel,
        subject=storable(begun.subject or preview(begun.text))[:SUBJECT_LENGTH],
        preview=preview(storable(last.text)),
        status=Status.OPEN,
        phase=Phase.QUEUED,
        priority=Priority.NORMAL,
        language=begun.language or customer.language,
        tags=(),
        queue_id=begun.queue_id,
        assignee_id=None,
        assignee_name=None,
        disposition_id=None,
        last_seq=messages[-1].seq,
        unread=True,
        sentiment=None,
        waiting_since=at,
        due_at=begun.due_at,
        created_at=at,
        updated_at=max(at, messages[-1].at),
        resolved_at=None,
    )
    opened = ConversationOpened(**facts(after), case_id=after.case_id)
    return Strand(
        inbounds=inbounds,
        before=None,
        after=after,
        messages=messages,
        interval_seq=1,
        events=(opened, *(added(after, one) for one in messages)),
        first=first_interval(conversation_id, Phase.QUEUED, begun.channel, at, queue_id=begun.queue_id),
        opens_case=opens_case,
    )


def _messages(
    conversation_id: ConversationId, last_seq: int, inbounds: Sequence[Inbound], present: datetime
) -> tuple[Message, ...]:
    return tuple(_message(conversation_id, last_seq + place, one, present) for place, one in enumerate(inbounds, 1))


def _message(conversation_id: ConversationId, seq: int, one: Inbound, present: datetime) -> Message:
    return Message(
        id=MessageId(new_id()),
        conversation_id=conversation_id,
        seq=seq,
        kind=MessageKind.INBOUND,
        author_id=one.customer_id,
        author_name=storable(one.author_name),
        text=storable(one.text),
        html=None if one.html is None else storable(one.html),
        folded_text=None if one.folded_text is None else storable(one.folded_text),
        attachments=(),
        details=one.details,
        delivery=Delivery.NONE,
        at=min(one.at, present),
    )
