"""What happens to imports and exports."""

from uuid import UUID

from careloom.platform.access import Permission
from careloom.platform.eventlog.event import Event


class ImportChanged(Event, frozen=True, kw_only=True):
    """An import got further: `done` of `total` entries of the file (`total` 0: not known yet). Told to those alone who
    may import into the program.
    """

    import_id: UUID
    program_id: UUID
    state: str
    done: int
    total: int
    needs: Permission = Permission.DATA_IMPORT


class ExportChanged(Event, frozen=True, kw_only=True):
    """An export got further: `done` of `total` tables. Told to those alone who may export the whole client."""

    export_id: UUID
    state: str
    done: int
    total: int
    needs: Permission = Permission.DATA_EXPORT
