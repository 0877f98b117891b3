"""What conversations refuse."""

from careloom.platform.errors import ConflictError


class StatusRefusedError(ConflictError):
    """The conversation cannot take this status now."""


class AlreadySentError(ConflictError):
    """This reply has been sent; it can no longer be recalled."""


class FileDamagedError(ConflictError):
    """This file is not the one that was stored, so it is not handed out. Restore it from a backup."""


class ConversationErasedError(ConflictError):
    """What was said here was erased, so this conversation stays closed. A new message begins a new conversation."""


class NotUnassignedError(ConflictError):
    """Someone else has this conversation."""
