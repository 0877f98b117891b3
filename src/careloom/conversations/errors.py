"""What conversations refuse."""

from careloom.platform.errors import ConflictError


class StatusRefusedError(ConflictError):
    """The conversation cannot take this status now."""


class AlreadySentError(ConflictError):
    """This reply has been sent; it can no longer be recalled."""


class NotUnassignedError(ConflictError):
    """Someone else has this conversation."""
