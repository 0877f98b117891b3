"""What channels refuse."""

from careloom.platform.errors import ConflictError


class AddressTakenError(ConflictError):
    """This address is in use already."""

    path = "/address"
