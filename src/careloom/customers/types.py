"""Customers, their identities, consents and history as values."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, NewType
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

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
    """One attribute of a client's schema; `choices` only for `choice`.

    What is `sensitive` is stored encrypted and shown only to those who may reveal it; `exact`: its customers are found
    by its exact value, which lets whoever reads the database see whose values are equal.
    """

    key: Key
    label: Label
    kind: AttributeKind
    choices: Annotated[tuple[Label, ...], Meta(max_length=100)] = ()
    sensitive: bool = False
    exact: bool = False


class AttributeSchema(Struct, frozen=True):
    """A client's attributes in their order. `version` is another one whenever they are: who changes them says which
    they read.
    """

    items: tuple[AttributeField, ...]
    version: str


Key = Annotated[str, Meta(min_length=1, max_length=50, pattern=r"^[a-z][a-z0-9_]*$")]
Label = Annotated[str, Meta(min_length=1, max_length=100)]
Name = Annotated[str, Meta(max_length=200)]
Address = Annotated[str, Meta(min_length=1, max_length=500)]
Language = Annotated[str, Meta(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
AttributeText = Annotated[str, Meta(max_length=1000)]
AttributeInput = Annotated[dict[Key, AttributeText | float | bool | None], Meta(max_length=100)]
AttributeValue = str | float | bool | None


class Customer(Struct, frozen=True):
    """An end customer of one client. `masked` names the sensitive attributes that are kept of them, without values."""

    id: CustomerId
    client_id: ClientId
    name: str
    language: str | None
    identities: tuple[Identity, ...]
    attributes: dict[str, AttributeValue]
    created_at: datetime
    merged_into: CustomerId | None
    masked: tuple[str, ...] = ()


class RevealedAttribute(Struct, frozen=True):
    """A sensitive attribute in plain."""

    attribute: str
    value: AttributeValue


class SensitiveSearch(Struct, frozen=True, forbid_unknown_fields=True):
    """Asks for a client's customers whose sensitive attribute has exactly this value."""

    client_id: ClientId
    attribute: Key
    value: AttributeText | float | bool


class NewIdentity(Struct, frozen=True, forbid_unknown_fields=True):
    """An address to add."""

    kind: IdentityKind
    value: Address


class NewCustomer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer to make."""

    client_id: ClientId
    name: Name
    language: Language | None = None
    attributes: AttributeInput = {}
    identities: Annotated[tuple[NewIdentity, ...], Meta(max_length=20)] = ()


class CustomerChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may change on a customer; what is not set stays. `attributes` replaces those it names, None removes one."""

    name: Name | UnsetType = UNSET
    language: Language | None | UnsetType = UNSET
    attributes: AttributeInput | UnsetType = UNSET


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


class LegalBasis(StrEnum):
    """Why the client may use data for a purpose (Art. 6 GDPR)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    LEGITIMATE_INTEREST = "legitimate_interest"


class Consent(Struct, frozen=True):
    """A customer's word on a purpose over a channel (None: all channels): where it was given, on which basis, to what
    wording, and who wrote it down.
    """

    purpose: ConsentPurpose
    channel: Channel | None
    granted: bool
    source: str
    at: datetime
    id: UUID
    basis: LegalBasis = LegalBasis.CONSENT
    wording: str | None = None
    recorded_by: str = ""


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


class Attached(Struct, frozen=True):
    """What came of adding an address: who has it now, and the merge that it proved.

    `claimed`: it belongs to another customer without proof that the two are one; it is kept as a suggestion.
    """

    customer: Customer
    merge: CustomerMerge | None = None
    claimed: bool = False


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
