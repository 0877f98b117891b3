"""Mail addresses, chat widgets and what arrives through them as values."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, NewType
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from careloom.conversations.types import ConversationId, MessageId, QueueId
from careloom.customers.types import CustomerId, IdentityKind
from careloom.organizations.types import Channel, ClientId, Color, Language, ProgramId

MailAddressId = NewType("MailAddressId", UUID)
IncomingMailId = NewType("IncomingMailId", UUID)
OutgoingMailId = NewType("OutgoingMailId", UUID)
WidgetId = NewType("WidgetId", UUID)
VisitorId = NewType("VisitorId", UUID)


MailText = Annotated[
    str, Meta(min_length=3, max_length=254, pattern=r"^[^@\s<>]+@[^@\s<>]+$", description="An e-mail address.")
]
DisplayName = Annotated[str, Meta(min_length=1, max_length=120, description="The name that customers see.")]
Signature = Annotated[str, Meta(max_length=4_000, description="What is added below each reply.")]


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


class NewMailAddress(Struct, frozen=True, forbid_unknown_fields=True):
    """A mail address to make; the client is the program's."""

    program_id: ProgramId
    address: MailText
    display_name: DisplayName
    queue_id: QueueId | None = None
    signature: Signature = ""
    active: bool = True


class MailAddressChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a mail address; the address itself stays, as threads carry it."""

    queue_id: QueueId | None | UnsetType = UNSET
    display_name: DisplayName | UnsetType = UNSET
    signature: Signature | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class MailTest(Struct, frozen=True, forbid_unknown_fields=True):
    """Where to send a test mail."""

    to: MailText


class MailTestResult(Struct, frozen=True):
    """Whether the relay took the test mail, and its answer in its own words."""

    sent: bool
    answer: str


class IncomingMail(Struct, frozen=True):
    """A mail as it was taken in. `handled_at` None: it is kept, and `error` says why it could not be handled."""

    id: IncomingMailId
    client_id: ClientId
    mail_address_id: MailAddressId
    return_path: str
    recipient: str
    received_at: datetime
    verdict: MailVerdict | None
    conversation_id: ConversationId | None
    error: str | None
    attempts: int
    handled_at: datetime | None


class WidgetTheme(Struct, frozen=True):
    """How the widget looks: a colour `#rrggbb`, the corner it sits in, and its first words."""

    color: Color = "#2f5fd0"
    position: Literal["left", "right"] = "right"
    title: Annotated[str, Meta(max_length=120)] = ""
    greeting: Annotated[str, Meta(max_length=1000)] = ""
    offline_text: Annotated[str, Meta(max_length=1000)] = ""


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


WidgetName = Annotated[str, Meta(min_length=1, max_length=120)]
PageOrigin = Annotated[
    str,
    Meta(
        max_length=255,
        pattern=r"^https?://(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[0-9]{1,5})?$",
        description="Scheme, host and port of a page, such as https://www.example.org or https://*.example.org.",
    ),
]
Origins = Annotated[tuple[PageOrigin, ...], Meta(max_length=50)]


class NewChatWidget(Struct, frozen=True, forbid_unknown_fields=True):
    """A chat widget to make; its key is made with it. `client_id` is the program's, if given at all."""

    program_id: ProgramId
    name: WidgetName
    client_id: ClientId | None = None
    queue_id: QueueId | None = None
    origins: Origins = ()
    language: Language = "en"
    theme: WidgetTheme = WidgetTheme()
    require_email: bool = False
    active: bool = True


class ChatWidgetChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a chat widget."""

    program_id: ProgramId | UnsetType = UNSET
    name: WidgetName | UnsetType = UNSET
    queue_id: QueueId | None | UnsetType = UNSET
    origins: Origins | UnsetType = UNSET
    language: Language | UnsetType = UNSET
    theme: WidgetTheme | UnsetType = UNSET
    require_email: bool | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class WidgetSecret(Struct, frozen=True):
    """What signs visitor tokens; shown once."""

    secret: str


class Visitor(Struct, frozen=True):
    """A browser, or a person whom the client vouches for by `external_id`, at one widget.

    `conversation_id` is the one that the widget shows; `read_seq` is how far the visitor has read in it.
    """

    id: VisitorId
    client_id: ClientId
    widget_id: WidgetId
    external_id: str | None
    customer_id: CustomerId | None
    conversation_id: ConversationId | None
    name: str | None
    email: str | None
    language: str | None
    page_url: str | None
    page_title: str | None
    read_seq: int


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
    language: Language | None = None
    sent_at: datetime | None = None


class MailVerdict(StrEnum):
    """What an arriving mail is."""

    MESSAGE = "message"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto_reply"
    LOOP = "loop"
