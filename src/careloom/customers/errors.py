"""What customers refuse."""

from careloom.platform.errors import ConflictError


class IdentityTakenError(ConflictError):
    """This address belongs to another customer; merge the two if they are the same person."""


class SchemaChangedError(ConflictError):
    """Someone else has changed these details meanwhile; look at them again."""

    path = "/version"


class MergeRefusedError(ConflictError):
    """These customers cannot be merged, or the merge cannot be undone, as things stand."""
