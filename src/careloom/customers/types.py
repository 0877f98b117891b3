"""Customers, their identities, consents and history as values."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from msgspec import Struct

from careloom.organizations.types import Channel, ClientId

CustomerId = NewType("CustomerId", UUID)
IdentityId = NewType("IdentityId", UUID)
MergeId = NewType("MergeId", UUID)


class IdentityKind(StrEnum):
    """What an identity is an address of."""

    EMAIL = "email"
    PHONE = "phone"
    HANDLE = "handle"
    VISITOR = "visitor"
    EXTERNAL = "external"


class Identity(Struct, frozen=True):
    """One address of a customer. `verified` means that the client vouched for it (signed token) or the customer
    answered from it.
    """

    id: IdentityId
    kind: IdentityKind
    value: str
    verified: bool
    added_at: datetime


class AttributeKind(StrEnum):
    """The type of a client-defined attribute."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    CHOICE = "choice"


class AttributeField(Struct, frozen=True):
    """One attribute of a client's schema; `choices` only for `choice`."""

    key: str
    label: str
    kind: AttributeKind
    choices: tuple[str, ...] = ()


AttributeValue = str | float | bool | None


class Customer(Struct, frozen=True):
    """An end customer of one client."""

    id: CustomerId
    client_id: ClientId
    name: str
    language: str | None
    identities: tuple[Identity, ...]
    attributes: dict[str, AttributeValue]
    created_at: datetime
    merged_into: CustomerId | None


class CustomerRow(Struct, frozen=True):
    """A customer in a list."""

    id: CustomerId
    client_id: ClientId
    name: str
    primary_identity: str | None
    created_at: datetime


class CustomerNote(Struct, frozen=True):
    """A lasting remark on a customer, for agents only."""

    id: UUID
    author_name: str
    text: str
    at: datetime


class ConsentPurpose(StrEnum):
    """What a customer agrees or refuses to."""

    SERVICE = "service"
    SURVEY = "survey"
    MARKETING = "marketing"
    RECORDING = "recording"


class Consent(Struct, frozen=True):
    """The customer's latest word on a purpose over a channel (None: all channels), with where it came from."""

    purpose: ConsentPurpose
    channel: Channel | None
    granted: bool
    source: str
    at: datetime


class TimelineKind(StrEnum):
    """What happened at a point of the customer's history."""

    CONVERSATION_STARTED = "conversation_started"
    CONVERSATION_ENDED = "conversation_ended"
    CONVERSATION_REOPENED = "conversation_reopened"
    CHANNEL_ADDED = "channel_added"
    CUSTOMER_MERGED = "customer_merged"
    CUSTOMER_UNMERGED = "customer_unmerged"
    CONSENT_CHANGED = "consent_changed"
    ATTRIBUTE_CHANGED = "attribute_changed"
    NOTE_ADDED = "note_added"


class TimelineEntry(Struct, frozen=True):
    """One line of the timeline; `conversation_id` opens the contact behind it."""

    id: UUID
    at: datetime
    kind: TimelineKind
    channel: Channel | None
    conversation_id: UUID | None
    actor_name: str | None
    summary: str


class MergeSuggestion(Struct, frozen=True):
    """Another customer who may be the same person, with the evidence in words."""

    customer: CustomerRow
    score: float
    evidence: tuple[str, ...]


class CustomerMerge(Struct, frozen=True):
    """One merge that happened; it can be undone until the customer merged away is erased."""

    id: MergeId
    kept_id: CustomerId
    merged_id: CustomerId
    merged_name: str
    automatic: bool
    reason: str
    at: datetime
    undone_at: datetime | None
