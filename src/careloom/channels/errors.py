"""What channels refuse."""

from careloom.platform.errors import ConflictError


class AddressTakenError(ConflictError):
    """This address is in use already."""

    path = "/address"


class AddressSuppressedError(ConflictError):
    """Mail to it is suppressed. Write to another address, or have it removed in Set-up, Suppression."""


class NotSentAgainError(ConflictError):
    """Only mail that waits, failed or came back is sent again."""
