"""CSV files: rows of customers, or rows of messages that make conversations."""

import csv
import io
import itertools
from collections.abc import Container, Iterator, Mapping
from typing import Any, BinaryIO, Final

import msgspec

from careloom.conversations.types import MessageKind
from careloom.customers.types import AttributeField, AttributeInput
from careloom.integrations.core import values
from careloom.integrations.core.detect import ATTRIBUTE, OTHER
from careloom.integrations.core.entries import ConversationEntry, CustomerEntry, Item, Shorten
from careloom.integrations.core.fields import typed
from careloom.integrations.core.reasons import WrongValueError, reason_of
from careloom.integrations.types import ImportOptions, Target
from careloom.platform.texts.text import Text, say

_CELL: Final = 1_000_000
_KINDS: Final = {
    **dict.fromkeys(("inbound", "incoming", "in", "customer", "0"), MessageKind.INBOUND),
    **dict.fromkeys(("outbound", "outgoing", "out", "agent", "reply", "1"), MessageKind.OUTBOUND),
    **dict.fromkeys(("note", "internal", "private"), MessageKind.NOTE),
}
_NOBODYS: Final = say("The row has no key of its conversation.")
_ADDRESSES: Final = ("email", "phone", "handle", "external")

Row = tuple[int, dict[str, str]]


def read_sheet(
    file: BinaryIO, options: ImportOptions, schema: Mapping[str, AttributeField], shorten: Shorten
) -> Iterator[Item]:
    """The entries of a CSV file, with the line at which each begins; what is no row becomes an item with a reason."""
    if options.target is Target.CUSTOMERS:
        for found in _read(file, options):
            yield found if isinstance(found, Item) else _customer(found, schema)
    else:
        apart = _apart(_read(file, options))
        file.seek(0)
        yield from _conversations(_read(file, options), apart, shorten)


def _read(file: BinaryIO, options: ImportOptions) -> Iterator[Row | Item]:
    text = io.TextIOWrapper(file, options.encoding, errors="replace", newline="")
    csv.field_size_limit(_CELL)
    reader = csv.reader(text, delimiter=options.delimiter)
    header: list[str] | None = None
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            yield Item(line, None, say("The row cannot be read. Is a quotation mark left open?"))
            continue
        if not any(cells):
            continue
        if header is None:
            header = cells
        else:
            pairs = zip(options.fields, cells, strict=False)
            named = {field: cell.replace("\x00", "").strip() for field, cell in pairs if field and cell.strip()}
            wrong = _wrong(cells, len(header), options.encoding)
            yield (line, named) if wrong is None else Item(line, None, wrong, named.get("key", ""))
    text.detach()


def _wrong(cells: list[str], width: int, encoding: str) -> Text | None:
    if len(cells) > width:
        return _too_wide(len(cells), width)
    return _undecoded(encoding) if any("\ufffd" in cell for cell in cells) else None


def _too_wide(found: int, head: int) -> Text:
    return say("The row has {found} columns, the first line {head}.", found=found, head=head)


def _undecoded(encoding: str) -> Text:
    return say("The row holds characters that are not {encoding}; choose its encoding.", encoding=encoding)


def _customer(row: Row, schema: Mapping[str, AttributeField]) -> Item:
    line, cells = row
    key = cells.get("key", "")
    try:
        name = cells.get("name") or " ".join(filter(None, (cells.get("first_name"), cells.get("last_name"))))
        plain: dict[str, Any] = {
            "type": "customer",
            "key": key or None,
            "name": name,
            "language": values.language(cells.get("language")),
            "created_at": values.moment(cells["created_at"]) if "created_at" in cells else None,
            "identities": [{"kind": kind, "value": cells[kind]} for kind in _ADDRESSES if kind in cells],
            "attributes": _attributes(cells, schema),
        }
        others = {name.removeprefix(OTHER): cell for name, cell in cells.items() if name.startswith(OTHER)}
        return Item(line, msgspec.convert(plain, CustomerEntry), key=key, fields=others)
    except (ValueError, msgspec.ValidationError) as error:
        return Item(line, None, reason_of(error), key)


def _attributes(cells: Mapping[str, str], schema: Mapping[str, AttributeField]) -> AttributeInput:
    found: dict[str, Any] = {}
    for field, cell in cells.items():
        if field.startswith(ATTRIBUTE):
            name = field.removeprefix(ATTRIBUTE)
            known = schema.get(name)
            found[name] = cell if known is None else typed(known, cell)
    return found


def _key_of(row: Row | Item) -> str:
    return row.key if isinstance(row, Item) else row[1].get("key", "")


def _together(rows: Iterator[Row | Item]) -> Iterator[tuple[str, Iterator[Row | Item]]]:
    """Rows of one key that follow each other; one that cannot even be told whose it is goes with those above it."""
    above = ""

    def whose(row: Row | Item) -> str:
        nonlocal above
        above = _key_of(row) or (above if isinstance(row, Item) else "")
        return above

    return itertools.groupby(rows, whose)


def _apart(rows: Iterator[Row | Item]) -> frozenset[str]:
    """The keys whose rows stand at more than one place."""
    seen: set[str] = set()
    again: set[str] = set()
    for key, _ in _together(rows):
        (again if key in seen else seen).add(key)
    return frozenset(again - {""})


def _conversations(rows: Iterator[Row | Item], apart: Container[str], shorten: Shorten) -> Iterator[Item]:
    """A conversation is taken whole or not at all: half of one would look as if that were all."""
    for key, group in _together(rows):
        if not key:
            yield from (row if isinstance(row, Item) else Item(row[0], None, _NOBODYS) for row in group)
            continue
        some = list(group)
        broken = [row for row in some if isinstance(row, Item)]
        whole = [row for row in some if not isinstance(row, Item)]
        yield from broken
        if not whole:
            continue
        if key in apart:
            scattered = say(
                "Rows of this conversation stand apart, so nothing of it is taken; sort the file by its key."
            )
            yield Item(whole[0][0], None, scattered, key)
        elif broken:
            wrong = say(
                "Row {row} of this conversation cannot be read, so nothing of it is taken; mend it and import again.",
                row=broken[0].row,
            )
            yield Item(whole[0][0], None, wrong, key)
        else:
            yield _conversation(whole[0][0], key, [row for _, row in whole], shorten)


def _conversation(line: int, key: str, rows: list[dict[str, str]], shorten: Shorten) -> Item:
    first = {name: value for row in reversed(rows) for name, value in row.items()}
    try:
        plain: dict[str, Any] = {
            "type": "conversation",
            "key": key,
            "customer": {
                "key": first.get("customer_key"),
                "name": first.get("customer_name", ""),
                "identities": [
                    {"kind": kind, "value": first[f"customer_{kind}"]}
                    for kind in ("email", "phone")
                    if f"customer_{kind}" in first
                ],
            },
            "channel": values.channel(first["channel"]) if "channel" in first else None,
            "subject": shorten(first.get("subject", ""), 1000),
            "status": values.status(first.get("status", "resolved")),
            "priority": values.priority(first.get("priority", "")),
            "language": values.language(first.get("language")),
            "tags": values.tags(first.get("tags", ""), shorten),
            "created_at": values.moment(first["created_at"]) if "created_at" in first else None,
            "resolved_at": values.moment(first["resolved_at"]) if "resolved_at" in first else None,
            "messages": [_message(row, first, shorten) for row in rows if row.get("message_text")],
        }
        return Item(line, msgspec.convert(plain, ConversationEntry), key=key)
    except (ValueError, msgspec.ValidationError) as error:
        return Item(line, None, reason_of(error), key)


def _message(row: Mapping[str, str], first: Mapping[str, str], shorten: Shorten) -> dict[str, Any]:
    word = row.get("message_kind", "inbound").lower()
    if word not in _KINDS:
        choices = ("inbound", "outbound", "note")
        told = say("“{value}” is no kind of message; use one of: {choices}.", value=word, choices=choices)
        raise WrongValueError(told)
    at = row.get("message_at") or first.get("created_at")
    if at is None:
        raise WrongValueError(say("A message has no time; say which column holds it."))
    return {
        "kind": _KINDS[word],
        "author": shorten(row.get("message_author", ""), 200),
        "text": row["message_text"],
        "at": values.moment(at),
    }
