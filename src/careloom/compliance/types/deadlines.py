"""What of compliance must be done, or looked at, by when."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from careloom.organizations.types import ClientId


class DeadlineKind(StrEnum):
    """What is due: the answer to a data subject, a step or notice of an incident, the review of an emergency access, a
    hold before it ends, a purge that left something, the second person's word on the end of a client's keys.
    """

    REQUEST = "request"
    DUTY = "duty"
    REVIEW = "review"
    HOLD = "hold"
    PURGE = "purge"
    SHREDDING = "shredding"


class Overdue(Struct, frozen=True):
    """How many deadlines are over; `more` where there are more than were counted."""

    count: int
    more: bool


class Deadline(Struct, frozen=True):
    """Something that is due and not done.

    `id` is its own: of the request, duty, access, hold, purge or shredding; `incident_id` that of a duty's incident.
    `what` says which: a kind of request, the key of a duty, the scope of a hold, a class of data. `words` are people's:
    the incident's title, whose access it was, why there is a hold.
    """

    kind: DeadlineKind
    id: UUID
    client_id: ClientId
    due_at: datetime
    what: str | None = None
    words: str | None = None
    incident_id: UUID | None = None
