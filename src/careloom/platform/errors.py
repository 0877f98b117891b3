"""Errors that carry an HTTP status and what to tell people; the docstring of a subclass is its message.

`InvalidInputError("At most {count} files.", count=5)`: an English template and its values. Whoever answers a request
renders it in the reader's language, so templates are literals that stand in every catalogue of `platform.texts`.
"""

import inspect
import re
from typing import Final, LiteralString
from uuid import UUID

from msgspec import Struct

from careloom.platform.texts.text import Text, Value, verbatim

_WORDS: Final = re.compile(r"(?<!^)(?=[A-Z])")


class FieldError(Struct, frozen=True):
    """One thing that is wrong with an input: where (`/path/to/field`) and what to do."""

    path: str
    message: LiteralString | Text

    @property
    def text(self) -> Text:
        """The message as a text."""
        return as_text(self.message)


class CareloomError(Exception):
    """Something went wrong."""

    status = 500
    path: str | None = None
    """The field that an error of this kind is always about."""
    about: UUID | None = None
    """The id of the one thing that stands in the way, where there is one that the reader may see."""

    def __init__(self, detail: LiteralString | Text = "", errors: tuple[FieldError, ...] = (), **values: Value) -> None:
        self.text = as_text(detail, values) if detail else Text(" ".join(_doc(type(self)).split()), values)
        self.errors = (FieldError(self.path, self.text),) if self.path and not errors else errors
        super().__init__(self.detail)

    @property
    def detail(self) -> str:
        """What is told, in English: for logs and the terminal."""
        return str(self.text)

    @property
    def title(self) -> str:
        """The first line of the class's docstring: the general message for this kind of error, a template itself."""
        return _doc(type(self)).splitlines()[0]

    @property
    def code(self) -> str:
        """What programs know this kind of error by, whatever the language: the class's name, `email_taken`."""
        return _WORDS.sub("_", type(self).__name__.strip("_").removesuffix("Error")).lower()


def as_text(message: str | Text, values: dict[str, Value] | None = None) -> Text:
    """A template with its values as a text; a text as it is."""
    return message if isinstance(message, Text) else Text(message, values or {})


def _doc(kind: type[CareloomError]) -> str:
    return inspect.cleandoc(kind.__doc__ or "")


class TerminalError(CareloomError):
    """The command cannot be carried out."""

    def __init__(self, detail: str = "") -> None:
        """`detail` is English: whoever starts processes and runs commands reads it on the terminal, nobody else."""
        super().__init__(verbatim(detail) if detail else "")


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


class StoppingError(CareloomError):
    """This process is about to stop; send the request to another one."""

    status = 503


class UnsupportedMediaError(CareloomError):
    """Files of this type are not accepted."""

    status = 415


class TooManyRequestsError(CareloomError):
    """Too many attempts; wait a moment and try again."""

    status = 429

    def __init__(self, detail: LiteralString | Text = "", retry_after: int = 30) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
