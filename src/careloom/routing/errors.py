"""What routing refuses."""

from careloom.platform.errors import ConflictError


class OfferGoneError(ConflictError):
    """This contact is no longer offered to you."""


class NameTakenError(ConflictError):
    """There is one of this name already."""

    path = "/name"
