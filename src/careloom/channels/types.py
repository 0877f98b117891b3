"""Mail addresses, chat widgets and what arrives through them as values."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, NewType
from uuid import UUID

from msgspec import Meta, Struct

from careloom.conversations.types import ConversationId, MessageId, QueueId
from careloom.customers.types import CustomerId, IdentityKind
from careloom.organizations.types import Channel, ClientId, ProgramId

MailAddressId = NewType("MailAddressId", UUID)
WidgetId = NewType("WidgetId", UUID)
VisitorId = NewType("VisitorId", UUID)


class MailAddress(Struct, frozen=True):
    """An address whose mail belongs to a program. `signature` is added below each reply."""

    id: MailAddressId
    client_id: ClientId
    program_id: ProgramId
    queue_id: QueueId | None
    address: str
    display_name: str
    signature: str
    active: bool


class WidgetTheme(Struct, frozen=True):
    """How the widget looks: a colour `#rrggbb`, the corner it sits in, and its first words."""

    color: str = "#2f5fd0"
    position: str = "right"
    title: str = ""
    greeting: str = ""
    offline_text: str = ""


class ChatWidget(Struct, frozen=True):
    """A chat entry on a client's site. `key` is public; `origins` are the pages that may use it (empty: any)."""

    id: WidgetId
    client_id: ClientId
    program_id: ProgramId
    queue_id: QueueId | None
    key: str
    name: str
    origins: tuple[str, ...]
    language: str
    theme: WidgetTheme
    require_email: bool
    active: bool


class Accepted(Struct, frozen=True):
    """Where an inbound message went; `duplicate` says that it was stored before."""

    conversation_id: ConversationId
    message_id: MessageId
    customer_id: CustomerId
    seq: int
    duplicate: bool


class InboundMessage(Struct, frozen=True, forbid_unknown_fields=True):
    """A customer's message as any channel hands it in; `external_id` is unique for the client and channel."""

    program_id: ProgramId
    channel: Channel
    external_id: Annotated[str, Meta(min_length=1, max_length=500)]
    identity_kind: IdentityKind
    identity: Annotated[str, Meta(min_length=1, max_length=500)]
    text: Annotated[str, Meta(min_length=1, max_length=100_000)]
    customer_name: Annotated[str, Meta(max_length=200)] | None = None
    subject: Annotated[str, Meta(max_length=1_000)] | None = None
    language: Annotated[str, Meta(pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] | None = None
    sent_at: datetime | None = None


class MailVerdict(StrEnum):
    """What an arriving mail is."""

    MESSAGE = "message"
    BOUNCE = "bounce"
    AUTO_REPLY = "auto_reply"
    LOOP = "loop"
