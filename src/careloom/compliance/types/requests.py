"""Requests of data subjects: to see what is held on them, to have it erased."""

from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from msgspec import Struct

from careloom.compliance.types.retention import Moment, Words
from careloom.customers.types import CustomerId
from careloom.organizations.types import ClientId

RequestId = NewType("RequestId", UUID)


class RequestKind(StrEnum):
    """What a data subject asks for."""

    ACCESS = "access"
    ERASURE = "erasure"


class RequestStatus(StrEnum):
    """How far a request is. waiting: something must be kept for now, it goes on by itself."""

    RECEIVED = "received"
    VERIFIED = "verified"
    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


class Kept(Struct, frozen=True):
    """Something that an erasure left, and why: `legal_hold`, `open_case`, `billing_facts`, `proof_of_consent`."""

    what: str
    why: str
    count: int
    lasts: bool


class Outcome(Struct, frozen=True):
    """Proof of what was done: rows by table, what was kept, a digest over the ids, and what a last look found."""

    counts: dict[str, int]
    kept: tuple[Kept, ...]
    digest: str
    left_over: dict[str, int]
    at: datetime


class PrivacyRequest(Struct, frozen=True):
    """A request of a data subject, from its arrival to its answer. `origin` says how it arrived.

    `customer_name`, and whether the customer is erased, are told where requests are read, to those who may see them.
    """

    id: RequestId
    client_id: ClientId
    kind: RequestKind
    customer_id: CustomerId
    status: RequestStatus
    origin: str
    received_at: datetime
    due_at: datetime
    extended_why: str | None
    opened_by: str
    verified_how: str | None
    verified_by: str | None
    verified_at: datetime | None
    carried_out_by: str | None
    answer: str | None
    outcome: Outcome | None
    export_bytes: int | None
    export_sha256: str | None
    export_until: datetime | None
    closed_at: datetime | None
    customer_name: str | None = None
    customer_erased: bool = False


class NewPrivacyRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A request to register; the month runs from `received_at`, which is now where it is not given."""

    client_id: ClientId
    customer_id: CustomerId
    kind: RequestKind
    origin: Words
    received_at: Moment | None = None


class Correction(Struct, frozen=True, forbid_unknown_fields=True):
    """When a request arrived after all."""

    received_at: Moment


class Verification(Struct, frozen=True, forbid_unknown_fields=True):
    """How it was checked that the request comes from the customer."""

    how: Words


class Extension(Struct, frozen=True, forbid_unknown_fields=True):
    """Why two months more are needed; the customer must be told within the first."""

    reason: Words


class Refusal(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a request is refused."""

    reason: Words
