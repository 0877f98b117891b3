"""Values as JSON, the one way for wire, event log and database."""

from collections.abc import Callable
from hashlib import sha256
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta

T = TypeVar("T")

NO_JSON: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What reading JSON raises where a stranger's bytes are none, or not of the kind that is read."""

Digest = Annotated[str, Meta(pattern="^[0-9a-f]{32}$", max_length=32)]
"""What `digest` answers, when it comes back."""

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder()


def json_text(value: object) -> str:
    """`value` as JSON text."""
    return _encoder.encode(value).decode()


def digest(value: object) -> str:
    """32 characters that are the same for the same value, and for no other."""
    return sha256(_encoder.encode(value)).hexdigest()[:32]


def from_json_text(text: str | bytes) -> Any:
    """JSON text as plain values."""
    return _decoder.decode(text)


def to_plain(value: object) -> Any:
    """A Struct as plain dicts, lists and strings, as JSON would hold it."""
    return msgspec.to_builtins(value)


def from_plain(value: object, kind: type[T]) -> T:
    """Plain values as a Struct of `kind`; raises msgspec.ValidationError."""
    return msgspec.convert(value, kind, strict=False)


def row_fields(row: Any) -> dict[str, Any]:
    """A row's columns by name, for rows with columns that need conversion from plain values."""
    return {str(key): value for key, value in row._mapping.items()}  # noqa: SLF001


def reader(kind: type[T]) -> Callable[[Any], T]:
    """A function that turns a row (any object with attributes) into a Struct of `kind`."""

    def read(row: Any) -> T:
        return msgspec.convert(row, kind, from_attributes=True)

    return read
