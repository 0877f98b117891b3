"""How long data is kept, what holds keep longer, and proof of what was removed."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, NewType
from uuid import UUID

from msgspec import Meta, Struct

from careloom.organizations.types import ClientId

HoldId = NewType("HoldId", UUID)
PurgeId = NewType("PurgeId", UUID)

Words = Annotated[str, Meta(min_length=1, max_length=2_000, pattern=r"\S")]
Moment = Annotated[datetime, Meta(tz=True)]
Days = Annotated[int, Meta(ge=1, le=36_500)]
RegionName = Annotated[str, Meta(max_length=40, pattern="^[a-z0-9-]{2,40}$")]


class DataClass(StrEnum):
    """A kind of data that has its own time: from when its age counts stands in docs/compliance.md."""

    MESSAGES = "messages"
    FILES = "files"
    RAW_MAIL = "raw_mail"
    VISITORS = "visitors"
    PROFILES = "profiles"
    EVENTS = "events"
    FACTS = "facts"
    SUPPRESSIONS = "suppressions"
    REGISTERS = "registers"


class PurgedClass(StrEnum):
    """What a record of a purge is about: a kind of data, originals of what was masked, or a client's keys."""

    MESSAGES = "messages"
    FILES = "files"
    RAW_MAIL = "raw_mail"
    VISITORS = "visitors"
    PROFILES = "profiles"
    EVENTS = "events"
    FACTS = "facts"
    SUPPRESSIONS = "suppressions"
    REGISTERS = "registers"
    ORIGINALS = "originals"
    KEYS = "keys"


class RuleSource(StrEnum):
    """Where a rule comes from."""

    CLIENT = "client"
    REGION = "region"
    NONE = "none"


class Rule(Struct, frozen=True):
    """How long a client's data of a class is kept; `days` None: until somebody decides otherwise."""

    data_class: DataClass
    days: int | None
    source: RuleSource
    version: int
    reason: str
    changed_by: str | None
    changed_at: datetime | None


class NewRule(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule to set; `days` None keeps everything. `reason` says by which law or contract."""

    days: Days | None
    reason: Words


class NewDefault(Struct, frozen=True, forbid_unknown_fields=True):
    """A region's rule to set, for clients that have none of their own; `days` None: there is none."""

    days: Days | None


class RegionDefault(Struct, frozen=True):
    """How long data of a class is kept for clients of a region that have no rule of their own."""

    region: str
    data_class: DataClass
    days: int | None


class Outlook(Struct, frozen=True):
    """What a purge would take now; `items` stops counting at 10,000 (`more`)."""

    data_class: DataClass
    days: int | None
    before: datetime | None
    items: int
    more: bool
    spared: int
    oldest: datetime | None
    newest: datetime | None


class HoldScope(StrEnum):
    """What a legal hold keeps."""

    CLIENT = "client"
    CUSTOMER = "customer"
    CASE = "case"
    CONVERSATION = "conversation"


class Hold(Struct, frozen=True):
    """A legal hold: while it stands nothing within it is removed, whatever a rule or a request says."""

    id: HoldId
    client_id: ClientId
    scope: HoldScope
    subject_id: UUID | None
    reason: str
    placed_by: str
    placed_at: datetime
    until: datetime | None
    lifted_by: str | None
    lifted_at: datetime | None
    lifted_why: str | None


class NewHold(Struct, frozen=True, forbid_unknown_fields=True):
    """A hold to place; `subject_id` names the customer, case or conversation, and nothing for the whole client."""

    client_id: ClientId
    scope: HoldScope
    reason: Words
    subject_id: UUID | None = None
    until: Moment | None = None


class Lifting(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a hold is lifted."""

    reason: Words


class Purge(Struct, frozen=True):
    """Proof of a purge: what went, by which rule, and that nothing due was left.

    `counts` are rows by table, `items` the things that were due, `digest` a running SHA-256 over their ids in order.
    `left_over` None: still running, or it was stopped.
    """

    id: PurgeId
    client_id: ClientId
    data_class: PurgedClass
    before: datetime
    rule: str
    counts: dict[str, int]
    items: int
    digest: str
    oldest: datetime | None
    newest: datetime | None
    spared: int
    left_over: int | None
    started_at: datetime
    finished_at: datetime | None
