"""Addresses that a client no longer writes to, as values."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, NewType
from uuid import UUID

from msgspec import Meta, Struct

from careloom.channels.types import MailText
from careloom.conversations.types import ConversationId
from careloom.organizations.types import ClientId

SuppressedAddressId = NewType("SuppressedAddressId", UUID)


class SuppressionReason(StrEnum):
    """Why nothing is sent to an address, strongest first."""

    COMPLAINT = "complaint"
    HARD_BOUNCE = "hard_bounce"
    MANUAL = "manual"
    SOFT_BOUNCE = "soft_bounce"


Note = Annotated[str, Meta(max_length=500)]
GivenReason = Annotated[str, Meta(min_length=3, max_length=500, pattern=r"\S")]


class SuppressedAddress(Struct, frozen=True):
    """An address to which a client's mail is not sent, until `expires_at` (None: for good).

    `conversation_id` is the one whose mail came back or was complained of.
    """

    id: SuppressedAddressId
    client_id: ClientId
    address: str
    reason: SuppressionReason
    note: str
    conversation_id: ConversationId | None
    added_by: str
    added_at: datetime
    expires_at: datetime | None


class NewSuppressedAddress(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An address that a person takes out; `note` says why."""

    client_id: ClientId
    address: MailText
    note: GivenReason
    expires_at: datetime | None = None


class SuppressionImport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A CSV text with a column `address`, and if it likes `reason`, `note` and `expires_at`; at most 20,000 rows."""

    client_id: ClientId
    csv: Annotated[str, Meta(min_length=1, max_length=4_000_000)]


class RefusedRow(Struct, frozen=True):
    """A row that was not taken: its line in the file, from 1, and why."""

    line: int
    message: str


class ImportResult(Struct, frozen=True):
    """What became of an import: rows added, rows that were there, and the first 100 that were refused."""

    added: int
    known: int
    refused: int
    rows: tuple[RefusedRow, ...]
