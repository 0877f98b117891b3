"""Errors that carry an HTTP status; the docstring of a subclass is its message."""

import inspect

from msgspec import Struct


class FieldError(Struct, frozen=True):
    """One thing that is wrong with an input: where (`/path/to/field`) and what to do."""

    path: str
    message: str


class CareloomError(Exception):
    """Something went wrong."""

    status = 500
    path: str | None = None
    """The field that an error of this kind is always about."""

    def __init__(self, detail: str = "", errors: tuple[FieldError, ...] = ()) -> None:
        self.detail = detail or inspect.cleandoc(type(self).__doc__ or "")
        self.errors = (FieldError(self.path, self.detail),) if self.path and not errors else errors
        super().__init__(self.detail)

    @property
    def title(self) -> str:
        """The class's docstring: the general message for this kind of error."""
        return inspect.cleandoc(type(self).__doc__ or "").splitlines()[0]


class InvalidInputError(CareloomError):
    """The request is not valid; see the errors for what to change."""

    status = 400


class NotSignedInError(CareloomError):
    """Sign in first."""

    status = 401


class ForbiddenError(CareloomError):
    """You may not do this."""

    status = 403


class NotFoundError(CareloomError):
    """There is no such thing, or it is not yours to see."""

    status = 404


class ConflictError(CareloomError):
    """This contradicts what is stored; load it again and retry."""

    status = 409


class TooLargeError(CareloomError):
    """This is larger than allowed."""

    status = 413


class UnsupportedMediaError(CareloomError):
    """Files of this type are not accepted."""

    status = 415


class TooManyRequestsError(CareloomError):
    """Too many attempts; wait a moment and try again."""

    status = 429

    def __init__(self, detail: str = "", retry_after: int = 30) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
