"""What happens in compliance; told to those alone who may read it."""

from datetime import datetime
from uuid import UUID

from careloom.platform.access import Permission
from careloom.platform.eventlog.event import Event


class ComplianceEvent(Event, frozen=True, kw_only=True):
    """Base: `needs` is the permission without which nobody hears of it."""

    needs: Permission = Permission.COMPLIANCE_READ


class PrivacyRequestChanged(ComplianceEvent, frozen=True, kw_only=True):
    """A request of a data subject got further."""

    request_id: UUID


class RetentionChanged(ComplianceEvent, frozen=True, kw_only=True):
    """A rule, a hold or the record of a purge changed."""

    kind: str


class IncidentChanged(ComplianceEvent, frozen=True, kw_only=True):
    """An incident was registered, or something was done about it."""

    incident_id: UUID


class IncidentDeadlineNear(ComplianceEvent, frozen=True, kw_only=True):
    """A duty of an incident is due within `hours`, or overdue (0), and not done; told to who may settle it."""

    needs: Permission = Permission.COMPLIANCE_WRITE
    incident_id: UUID
    duty_id: UUID
    due_at: datetime
    hours: int
    overdue: bool
