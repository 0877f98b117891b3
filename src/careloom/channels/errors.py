"""What channels refuse."""

from careloom.platform.errors import ConflictError


class AddressTakenError(ConflictError):
    """This address is in use already."""

    path = "/address"


class AddressSuppressedError(ConflictError):
    """Mail to it is suppressed. Write to another address, or have it removed in Set-up, Suppression."""


class NotByConsentError(ConflictError):
    """This mailbox is not connected by consent. Name the provider's consent page under Sign-in, and save."""


class SecretUnreadableError(ConflictError):
    """The kept client secret cannot be read any more. Enter it again, and save."""


class ConsentPageError(ConflictError):
    """Name the consent page by https, or one that lies in CARELOOM_MAILBOX_NETWORKS."""


class ConsentOverError(ConflictError):
    """This attempt to connect is over, or was begun in another session. Begin again."""


class NotSentAgainError(ConflictError):
    """Only mail that waits, failed or came back is sent again."""


class NotReportedError(ConflictError):
    """Only answers on channels other than mail are reported; what becomes of mail its servers tell."""
