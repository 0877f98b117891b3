"""Incidents with a client's data, and what must be done about them by when."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, NewType
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from careloom.compliance.types.retention import Moment, Words
from careloom.organizations.types import ClientId
from careloom.platform.texts.languages import Language

IncidentId = NewType("IncidentId", UUID)
DutyId = NewType("DutyId", UUID)

Title = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
Text = Annotated[str, Meta(max_length=10_000)]
Count = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Zone = Annotated[str, Meta(min_length=1, max_length=60)]
Hours = Annotated[int, Meta(ge=1, le=8_760)]
DataKinds = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=100)], ...], Meta(max_length=30)]


class Regime(StrEnum):
    """A law, or the client's contract, that says who must be told of an incident, and by when."""

    GDPR = "gdpr"
    HIPAA = "hipaa"
    CONTRACT = "contract"


Regimes = Annotated[tuple[Regime, ...], Meta(min_length=1, max_length=3)]


class Severity(StrEnum):
    """How bad an incident is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class IncidentStatus(StrEnum):
    """How far an incident is."""

    OPEN = "open"
    CONTAINED = "contained"
    CLOSED = "closed"


class Incident(Struct, frozen=True):
    """Something that went wrong with a client's data. The clock runs from `aware_at`.

    One that touches several clients is one incident for each, under the same `group_id`. `next_due_at` is the first
    deadline that is not met. Drafts of notices are in `language`.
    """

    id: IncidentId
    client_id: ClientId
    group_id: UUID
    title: str
    description: str
    severity: Severity
    status: IncidentStatus
    regimes: tuple[Regime, ...]
    data_kinds: tuple[str, ...]
    customers_estimate: int
    time_zone: str
    occurred_at: datetime | None
    aware_at: datetime
    contract_hours: int | None
    language: Language
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None
    next_due_at: datetime | None = None


class NewIncident(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An incident to register, for each of the clients that it touches.

    The clock runs from `aware_at`, or from now. The regime `contract` wants the `contract_hours` that the clients'
    contract gives. Notices are drafted in `language`, or in the one that the request asks for.
    """

    client_ids: Annotated[tuple[ClientId, ...], Meta(min_length=1, max_length=100)]
    title: Title
    description: Text = ""
    severity: Severity = Severity.MEDIUM
    regimes: Regimes
    data_kinds: DataKinds = ()
    customers_estimate: Count = 0
    time_zone: Zone = "UTC"
    occurred_at: Moment | None = None
    aware_at: Moment | None = None
    contract_hours: Hours | None = None
    language: Language | None = None


class IncidentChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is better known by now; what is left out stays. Duties and deadlines follow."""

    title: Title | UnsetType = UNSET
    description: Text | UnsetType = UNSET
    severity: Severity | UnsetType = UNSET
    contained: bool | UnsetType = UNSET
    regimes: Regimes | UnsetType = UNSET
    data_kinds: DataKinds | UnsetType = UNSET
    customers_estimate: Count | UnsetType = UNSET
    time_zone: Zone | UnsetType = UNSET
    occurred_at: Moment | None | UnsetType = UNSET
    aware_at: Moment | UnsetType = UNSET
    contract_hours: Hours | UnsetType = UNSET


class Duty(Struct, frozen=True):
    """A step of the protocol, or a notice to `recipient` with its draft. `waived`: it was judged not to be needed."""

    id: DutyId
    key: str
    required: bool
    recipient: str | None
    draft: str | None
    due_at: datetime | None
    done_at: datetime | None
    done_by: str | None
    waived: bool
    note: str | None


class Settling(Struct, frozen=True, forbid_unknown_fields=True):
    """A duty is done, or `waived` with the reason; `note` says what was done, to whom it was sent and how."""

    note: Words
    waived: bool = False


class NoticeText(Struct, frozen=True, forbid_unknown_fields=True):
    """A notice's text as a person wrote it."""

    text: Annotated[str, Meta(min_length=1, max_length=20_000)]


class NewDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """The language of a draft that is made anew."""

    language: Language


class Entry(Struct, frozen=True):
    """A line of an incident's timeline; `text` is in the reader's language, but for what people wrote."""

    id: UUID
    at: datetime
    by: str
    kind: str
    text: str


class NewEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A line to add by hand."""

    text: Words


class IncidentFile(Struct, frozen=True):
    """An incident with its duties in order and its timeline, newest first."""

    incident: Incident
    duties: tuple[Duty, ...]
    entries: tuple[Entry, ...]
