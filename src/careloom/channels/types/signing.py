"""Keys that sign a domain's mail, as values."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, NewType
from uuid import UUID

from msgspec import Meta, Struct

from careloom.organizations.types import ClientId

SigningKeyId = NewType("SigningKeyId", UUID)


class SigningAlgorithm(StrEnum):
    """The kind of a key. Every receiver checks RSA; some check Ed25519, whose keys are short."""

    RSA = "rsa"
    ED25519 = "ed25519"


Domain = Annotated[
    str,
    Meta(
        max_length=253,
        pattern=r"^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}$",
        description="A domain such as example.org, of one of the client's mail addresses.",
    ),
]


class SigningKey(Struct, frozen=True):
    """A key of a domain. Publish `record_value` as a TXT record at `record_name`, then switch the key on."""

    id: SigningKeyId
    client_id: ClientId
    domain: str
    selector: str
    algorithm: SigningAlgorithm
    record_name: str
    record_value: str
    active: bool
    made_at: datetime


class NewSigningKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key to make for a domain; it signs nothing before it is switched on."""

    client_id: ClientId
    domain: Domain
    algorithm: SigningAlgorithm = SigningAlgorithm.RSA


class SigningKeyChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether a key signs."""

    active: bool
