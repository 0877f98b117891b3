"""What can go wrong with imports and exports."""

from careloom.platform.errors import CareloomError, ConflictError, InvalidInputError, NotFoundError


class ImportStateError(ConflictError):
    """The import is not at that point; load it again."""


class UnreadableFileError(InvalidInputError):
    """The file cannot be read in this format."""


class TouchedError(ConflictError):
    """Others have worked on what this import made, so it cannot be taken back as a whole."""


class HeldError(ConflictError):
    """A legal hold keeps something that this import made; it can be taken back when the hold is lifted."""


class RestoreStateError(ConflictError):
    """The restore is not at that point; load it again."""


class ExportExpiredError(NotFoundError):
    """This export has expired; ask for a new one."""


class ArchiveError(CareloomError):
    """The archive cannot be restored."""

    status = 400
