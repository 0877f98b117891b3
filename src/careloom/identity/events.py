"""What happens to people."""

from uuid import UUID

from careloom.platform.eventlog.event import Event


class PersonChanged(Event, frozen=True, kw_only=True):
    """A person was made or changed, or their grants were."""

    person_id: UUID


class RoleChanged(Event, frozen=True, kw_only=True):
    """A provider's own role was made, changed or removed: its holders may do other things now."""

    role_id: UUID


class SignedOut(Event, frozen=True, kw_only=True):
    """A person ended their last session; they alone are told."""

    person_id: UUID
