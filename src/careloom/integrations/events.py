"""What happens to imports and exports."""

from uuid import UUID

from careloom.platform.eventlog.event import Event


class ImportChanged(Event, frozen=True, kw_only=True):
    """An import got further: `done` of `total` entries of the file (`total` 0: not known yet)."""

    import_id: UUID
    state: str
    done: int
    total: int


class ExportChanged(Event, frozen=True, kw_only=True):
    """An export got further: `done` of `total` tables."""

    export_id: UUID
    state: str
    done: int
    total: int
