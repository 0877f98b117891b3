"""The way of an agent's answer, as values."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from careloom.channels.types.suppression import SuppressedAddress
from careloom.conversations.types import ConversationId, Delivery


class MailRoute(Struct, frozen=True):
    """From where to where a conversation's next mail goes; `problem` says why it cannot.

    `suppressed` is there where the address is on the client's suppression list.
    """

    sender: str | None
    recipient: str | None
    problem: str | None
    suppressed: SuppressedAddress | None


class Reported(StrEnum):
    """How far a channel's program brought an answer. sent: handed on; delivered: to the customer's device."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


class DeliveryReport(Struct, frozen=True, forbid_unknown_fields=True):
    """What became of an answer on a channel that a program serves; a failure has a `reason`, nothing else has one."""

    delivery: Reported
    reason: Annotated[str, Meta(max_length=500)] = ""


class AnswerDelivery(Struct, frozen=True):
    """How far an answer got, as it is known now."""

    conversation_id: ConversationId
    seq: int
    delivery: Delivery
