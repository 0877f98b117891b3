"""What can go wrong when someone signs in or is set up."""

from careloom.platform.errors import CareloomError, ConflictError, ForbiddenError


class WrongPasswordError(CareloomError):
    """The e-mail address or the password is not right."""

    status = 401


class EmailTakenError(ConflictError):
    """Someone with this e-mail address exists already."""

    path = "/email"


class ForgedRequestError(ForbiddenError):
    """The X-CSRF-Token header is missing or stale; reload the page and try again."""


class GrantTooWideError(ForbiddenError):
    """You can only grant what you hold yourself."""
