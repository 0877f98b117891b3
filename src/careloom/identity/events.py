"""What happens to people."""

from datetime import datetime
from uuid import UUID

from careloom.platform.access import Permission
from careloom.platform.eventlog.event import Event


class PersonChanged(Event, frozen=True, kw_only=True):
    """A person was made or changed, or their grants were."""

    person_id: UUID


class RoleChanged(Event, frozen=True, kw_only=True):
    """A provider's own role was made, changed or removed: its holders may do other things now."""

    role_id: UUID


class BreakGlassBegun(Event, frozen=True, kw_only=True):
    """Someone has emergency access to a client; told to those who may read the client's compliance registers."""

    glass_id: UUID
    person_id: UUID
    until: datetime
    needs: Permission = Permission.COMPLIANCE_READ


class BreakGlassChanged(Event, frozen=True, kw_only=True):
    """An emergency access ended or was reviewed; told to the same."""

    glass_id: UUID
    needs: Permission = Permission.COMPLIANCE_READ


class SignedOut(Event, frozen=True, kw_only=True):
    """A person ended their last session; they alone are told."""

    person_id: UUID
