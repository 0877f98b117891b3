"""What a file to import holds, whatever its format: customers, and conversations with their messages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from careloom.conversations.types import Language, MessageKind, Priority, Status, Tag
from careloom.customers.types import AttributeInput, ConsentPurpose, Name, NewIdentity
from careloom.organizations.types import Channel
from careloom.platform.texts.text import Text

Key = Annotated[str, Meta(min_length=1, max_length=300)]
LongText = Annotated[str, Meta(max_length=100_000)]
Words = Annotated[str, Meta(max_length=200)]
Identities = Annotated[tuple[NewIdentity, ...], Meta(max_length=20)]

Shorten = Callable[[str, int], str]
"""At most so many characters of a text, as it may be stored where something is cut off."""


class PastNote(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A lasting remark on a customer."""

    text: Annotated[str, Meta(min_length=1, max_length=20_000)]
    author: Words = ""
    at: datetime


class PastConsent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A consent that was given or withdrawn elsewhere."""

    purpose: ConsentPurpose
    channel: Channel | None = None
    granted: bool
    source: Annotated[str, Meta(min_length=1, max_length=500)]
    at: datetime


class CustomerEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="customer"):
    """A customer. `key` is theirs in the other system; without one the first address stands for it."""

    key: Key | None = None
    name: Name = ""
    language: Language | None = None
    created_at: datetime | None = None
    identities: Identities = ()
    attributes: AttributeInput = {}
    notes: Annotated[tuple[PastNote, ...], Meta(max_length=1000)] = ()
    consents: Annotated[tuple[PastConsent, ...], Meta(max_length=1000)] = ()


def combined(first: CustomerEntry, other: CustomerEntry) -> CustomerEntry:
    """One customer whom two entries name: `first`, with what it lacks of `other`."""
    return CustomerEntry(
        key=first.key,
        name=first.name or other.name,
        language=first.language or other.language,
        created_at=first.created_at or other.created_at,
        identities=tuple(dict.fromkeys((*first.identities, *other.identities))),
        attributes={**other.attributes, **first.attributes},
        notes=(*first.notes, *other.notes),
        consents=(*first.consents, *other.consents),
    )


class CustomerOf(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose a conversation is: known by `key` or by an address, made where nobody is."""

    key: Key | None = None
    name: Name = ""
    language: Language | None = None
    identities: Identities = ()


class PastFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of a message; `content` is base64 in JSON."""

    name: Annotated[str, Meta(min_length=1, max_length=300)]
    content: bytes


class PastMessage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One message: inbound from the customer, outbound to them, or a note among agents."""

    kind: MessageKind
    author: Words = ""
    subject: Annotated[str, Meta(max_length=1000)] | None = None
    text: LongText = ""
    html: Annotated[str, Meta(max_length=1_000_000)] | None = None
    at: datetime
    files: Annotated[tuple[PastFile, ...], Meta(max_length=50)] = ()


class ConversationEntry(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="conversation"
):
    """A conversation with its messages in their order. `key` is its own in the other system."""

    key: Key
    customer: CustomerOf
    channel: Channel | None = None
    subject: Annotated[str, Meta(max_length=1000)] = ""
    status: Status = Status.RESOLVED
    priority: Priority = Priority.NORMAL
    language: Language | None = None
    tags: Annotated[tuple[Tag, ...], Meta(max_length=20)] = ()
    created_at: datetime | None = None
    resolved_at: datetime | None = None
    messages: Annotated[tuple[PastMessage, ...], Meta(min_length=1, max_length=5000)]


Entry = CustomerEntry | ConversationEntry


class Item(Struct, frozen=True):
    """What stands at `row` of the file: an entry, or None and why it cannot be one. `notes`: what was left out.

    `fields`: what the other system knows of a customer in fields of its own, by their names there, as JSON values;
    `homeless`: the names of those that the client has no attribute for.
    """

    row: int
    entry: Entry | None
    reason: Text | None = None
    key: str = ""
    notes: tuple[Text, ...] = ()
    fields: dict[str, Any] = {}
    homeless: tuple[str, ...] = ()


MAX_ENTRY_BYTES = 40_000_000
