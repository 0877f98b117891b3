"""What happens to organizations."""

from uuid import UUID

from careloom.platform.eventlog.event import Event


class OrganizationChanged(Event, frozen=True, kw_only=True):
    """A provider, site, client, program or team was made or changed; `kind` names which."""

    kind: str
    id: UUID
