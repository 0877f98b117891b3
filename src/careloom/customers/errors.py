"""What customers refuse."""

from careloom.platform.errors import ConflictError


class IdentityTakenError(ConflictError):
    """This address belongs to another customer; merge the two if they are the same person."""


class MergeRefusedError(ConflictError):
    """These customers cannot be merged, or the merge cannot be undone, as things stand."""
