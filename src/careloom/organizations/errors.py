"""What organizations refuse."""

from careloom.platform.errors import ConflictError


class PolicyChangedError(ConflictError):
    """Someone else has changed these details meanwhile; look at them again."""

    path = "/version"
