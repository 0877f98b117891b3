"""What happens to people."""

from uuid import UUID

from careloom.platform.eventlog.event import Event


class PersonChanged(Event, frozen=True, kw_only=True):
    """A person was made or changed, or their grants were."""

    person_id: UUID
