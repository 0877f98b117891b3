"""What happens to people."""

from uuid import UUID

from careloom.platform.eventlog.event import Event


class PersonChanged(Event, frozen=True, kw_only=True):
    """A person was made or changed, or their grants were."""

    person_id: UUID


class SignedOut(Event, frozen=True, kw_only=True):
    """A person ended their last session; they alone are told."""

    person_id: UUID
