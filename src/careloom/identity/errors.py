"""What can go wrong when someone signs in or is set up."""

from careloom.platform.errors import CareloomError, ConflictError, ForbiddenError, InvalidInputError, NotSignedInError


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


class RoleNameTakenError(ConflictError):
    """The provider has a role of this name already."""

    path = "/name"


class RoleHeldError(ConflictError):
    """People hold this role; name another that takes its place."""

    path = "/replacement"


class RoleNamedError(ConflictError):
    """Rules name this role: of an identity provider, a group or a sign-in policy. Change them first."""


class RoleChangedError(ConflictError):
    """Someone else has changed this role meanwhile; look at it again."""

    path = "/version"


class UserNameTakenError(ConflictError):
    """Someone of this provider has this userName already."""


class GroupNameTakenError(ConflictError):
    """This provider has a group of this displayName already."""


class UnknownMemberError(InvalidInputError):
    """A member of the group is nobody of this provider; make the users first."""


class BeyondDirectoryError(ForbiddenError):
    """This is more than the directory's token may decide over; someone who may more must do it here."""


class StaleVersionError(CareloomError):
    """This has changed since; read it again."""

    status = 412


class ApiKeyExpiredError(NotSignedInError):
    """This API key has expired; make a new one."""


class UnfinishedSignInError(NotSignedInError):
    """Finish signing in first: the second factor is still missing."""


class WrongCodeError(CareloomError):
    """The code is not right, or was used before; wait for the next one."""

    status = 400
    path = "/code"


class WrongPasskeyError(CareloomError):
    """The passkey was not accepted; try again, or sign in another way."""

    status = 400


class OldSignInError(ForbiddenError):
    """This changes how you sign in, and your sign-in is too long ago for that: sign out, in again, and repeat it."""


class NotProvenError(ForbiddenError):
    """That does not show who you are; try again."""

    path = "/proof"


class OldProofError(ForbiddenError):
    """Your sign-in is too long ago for this: sign out, in again, and repeat it within five minutes."""


class GlassOpenError(ConflictError):
    """This session has emergency access already; end that first."""


class NothingToAddError(ConflictError):
    """Your grants give you this access already."""


class StillOpenError(ConflictError):
    """This emergency access is still under way; review it when it is over."""


class ReviewedError(ConflictError):
    """This was reviewed already; load it again."""


class OwnGlassError(ConflictError):
    """Another person has to review this."""


class SsoFailedError(CareloomError):
    """The identity provider did not answer as it should; ask whoever runs it, or try again."""

    status = 400


class SsoOnlyError(ForbiddenError):
    """Your organization signs in by single sign-on only; choose it on the sign-in page."""
