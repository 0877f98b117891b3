"""The first look at a file: what it seems to be, and how it is to be read."""

import codecs
from collections.abc import Sequence
from itertools import zip_longest

from msgspec import Struct
from msgspec.structs import replace

from careloom.customers.types import AttributeField
from careloom.integrations.core.accept import clean
from careloom.integrations.core.detect import (
    ATTRIBUTE,
    decode_start,
    first_rows,
    guess_delimiter,
    guess_encoding,
    guess_fields,
    guess_format,
    guess_target,
)
from careloom.integrations.types import Column, Format, ImportOptions
from careloom.platform.errors import FieldError, InvalidInputError
from careloom.platform.redaction.redact import redact
from careloom.platform.redaction.types import Policy

_READ, _SHOWN = 1000, 80
_HIDDEN = "•••"


class Look(Struct, frozen=True):
    """What a file seems to be; `columns` of CSV files only."""

    format: Format
    options: ImportOptions
    columns: tuple[Column, ...]


def look_at(name: str, sample: bytes) -> Look:
    """Guesses from the file's name and its start."""
    kind = guess_format(name, sample)
    if kind is not Format.CSV:
        return Look(kind, ImportOptions(source=kind.value), ())
    encoding = guess_encoding(sample)
    delimiter = guess_delimiter(decode_start(sample, encoding))
    rows = first_rows(sample, encoding, delimiter, 1)
    target = guess_target(rows[0] if rows else [])
    options = ImportOptions(target=target, encoding=encoding, delimiter=delimiter, source=kind.value)
    return Look(kind, options, columns_of(sample, kind, options))


def guessed_options(look: Look, schema: Sequence[AttributeField], own_addresses: Sequence[str]) -> ImportOptions:
    """The options with a guess of what each column holds; of a mailbox, of which addresses are the brand's own."""
    if look.format is Format.MBOX:
        return replace(look.options, own_addresses=look.options.own_addresses or tuple(own_addresses))
    names = [one.name for one in look.columns]
    return replace(look.options, fields=guess_fields(names, look.options.target, schema)[:300])


def check_options(options: ImportOptions) -> None:
    """Raises InvalidInputError for an encoding that nothing knows, or a sign that cannot separate columns."""
    try:
        b"a".decode(options.encoding, "replace")
        codecs.getincrementaldecoder(options.encoding)("replace").decode(b"a")
    except (LookupError, UnicodeError, ValueError):
        words = "Not known; utf-8, utf-16, windows-1252 and iso-8859-1 are usual."
        raise InvalidInputError(errors=(FieldError("/options/encoding", words),)) from None
    if options.delimiter in '"\r\n\0 ':
        raise InvalidInputError(errors=(FieldError("/options/delimiter", "Use one of , ; | or a tab."),))


def shown(
    columns: tuple[Column, ...], options: ImportOptions, policy: Policy, schema: Sequence[AttributeField]
) -> tuple[Column, ...]:
    """Columns with the start of their first values as the client's policy lets them be stored; of sensitive attributes
    nothing.
    """
    sensitive = {f"{ATTRIBUTE}{one.key}" for one in schema if one.sensitive}
    fields = zip_longest(columns, options.fields[: len(columns)])

    def told(words: str) -> str:
        return redact(policy, words).text[:_SHOWN]

    return tuple(
        Column(told(one.name), tuple(_HIDDEN if field in sensitive else told(each) for each in one.samples))
        for one, field in fields
    )


def columns_of(sample: bytes, kind: Format, options: ImportOptions) -> tuple[Column, ...]:
    """The columns of a CSV file with their first values, read as `options` say."""
    if kind is not Format.CSV:
        return ()
    try:
        rows = first_rows(sample, options.encoding, options.delimiter)
    except LookupError:
        return ()
    if not rows:
        return ()
    return tuple(
        Column(clean(name[:_READ]), tuple(clean(row[place][:_READ]) for row in rows[1:] if place < len(row)))
        for place, name in enumerate(rows[0][:300])
    )
