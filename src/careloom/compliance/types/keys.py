"""Clients' keys as they are shown: never the keys themselves."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, NewType
from uuid import UUID

from msgspec import Meta, Struct

from careloom.compliance.types.retention import Words
from careloom.integrations.types import Archives
from careloom.organizations.types import ClientId

RotationId = NewType("RotationId", UUID)
ShreddingId = NewType("ShreddingId", UUID)
ClientName = Annotated[str, Meta(max_length=120, description="The client's name, typed by whoever means it.")]


class RotationState(StrEnum):
    """How far a rotation is: sealing anew, waiting until nobody can write with the old version, or done."""

    RENEWING = "renewing"
    WAITING = "waiting"
    DONE = "done"


class Rotation(Struct, frozen=True):
    """A new version of a client's key, and how much of the old ones' was sealed anew with it.

    It looks twice: at once, and an hour later. `place` is what it looks through, empty while it waits. `seen`,
    `renewed` and `broken` (unreadable as they are) count values and files.
    """

    id: RotationId
    client_id: ClientId
    version: int
    state: RotationState
    look: int
    place: str
    seen: int
    renewed: int
    broken: int
    begun_by: str
    begun_at: datetime
    finished_at: datetime | None


class Shredding(Struct, frozen=True):
    """Somebody wants a client's keys destroyed; another person has to confirm it before `until`."""

    id: ShreddingId
    client_id: ClientId
    reason: str
    asked_by_id: UUID | None
    asked_by: str
    asked_at: datetime
    until: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None


class ClientKeyState(Struct, frozen=True):
    """What is known of a client's key. No `version`: it has none yet, or they were destroyed (`shredded_at`).

    `kept` counts the versions that can still open something; `archives` says what was handed over of the client.
    """

    client_id: ClientId
    client_name: str
    version: int | None
    master: str | None
    made_at: datetime | None
    kept: int
    shredded_at: datetime | None
    rotation: Rotation | None
    shredding: Shredding | None
    archives: Archives


class NewShredding(Struct, frozen=True, forbid_unknown_fields=True):
    """Asks to destroy a client's keys. `reason` says by which contract or law."""

    client_name: ClientName
    reason: Words


class Confirmation(Struct, frozen=True, forbid_unknown_fields=True):
    """Confirms what another asked for."""

    client_name: ClientName
