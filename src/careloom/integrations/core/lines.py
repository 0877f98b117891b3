"""JSON lines, our own format: one customer or conversation a line."""

from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from careloom.integrations.core.entries import MAX_ENTRY_BYTES, CustomerEntry, Entry, Item
from careloom.integrations.core.reasons import reason_of
from careloom.platform.texts.text import say

_decoder = msgspec.json.Decoder(Entry)


def read_lines(file: BinaryIO) -> Iterator[Item]:
    """The entries of the file, with their line numbers; what cannot be read becomes an item with a reason."""
    for number, line in enumerate(whole_lines(file), 1):
        if line is None:
            yield Item(number, None, say("The line is longer than {most} MB.", most=MAX_ENTRY_BYTES // 1_000_000))
        elif line.strip(b"\xef\xbb\xbf \t\r\n"):
            yield _item(number, line)


def whole_lines(file: BinaryIO) -> Iterator[bytes | None]:
    """The lines of a file; None for one that is longer than an entry may be."""
    while line := file.readline(MAX_ENTRY_BYTES):
        if len(line) < MAX_ENTRY_BYTES or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(MAX_ENTRY_BYTES)
        yield None


def _item(number: int, line: bytes) -> Item:
    try:
        entry = _decoder.decode(line.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Item(number, None, reason_of(error))
    if isinstance(entry, CustomerEntry) and not entry.key and not entry.identities:
        return Item(number, None, say("The customer has neither a key nor an address."))
    return Item(number, entry, key=entry.key or "")
