"""Reads a file in its format: entries, and reasons for what is none."""

import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, Final, cast

from careloom.customers.types import AttributeField
from careloom.integrations.core.chatwoot import read_chatwoot
from careloom.integrations.core.entries import Item, Shorten
from careloom.integrations.core.lines import read_lines
from careloom.integrations.core.mailbox import count_threads, read_mailbox
from careloom.integrations.core.sheet import read_sheet
from careloom.integrations.core.zendesk import read_zendesk
from careloom.integrations.types import Format, ImportOptions

_CHUNK: Final = 1_000_000


class HaltedError(Exception):
    """Whoever asked for the count does not want it any more."""


def read_items(
    file: BinaryIO, kind: Format, options: ImportOptions, schema: Mapping[str, AttributeField], shorten: Shorten
) -> Iterator[Item]:
    """What a file holds, from its start; the same file and options give the same items in the same order.

    `shorten` cuts texts that are longer than an entry may hold.

    Raises UnreadableFileError for a file that is not of the format at all.
    """
    file.seek(0)
    match kind:
        case Format.CSV:
            return read_sheet(file, options, schema, shorten)
        case Format.LINES:
            return read_lines(file)
        case Format.MBOX:
            return read_mailbox(file, options, shorten)
        case Format.ZENDESK:
            return read_zendesk(file, shorten)
        case Format.CHATWOOT:
            return read_chatwoot(file, options, schema, shorten)


def count_items(
    file: BinaryIO,
    kind: Format,
    options: ImportOptions,
    schema: Mapping[str, AttributeField],
    shorten: Shorten,
    halted: Callable[[], bool],
) -> int:
    """How many items a file holds, refused ones among them; of a mailbox without reading its mails whole. `halted` is
    asked at each megabyte and each item.

    Raises UnreadableFileError for a file that is not of the format at all, HaltedError.
    """
    file.seek(0)
    watched = cast("BinaryIO", io.BufferedReader(_Watched(file, halted), _CHUNK))
    if kind is Format.MBOX:
        return count_threads(watched)
    found = 0
    for _ in read_items(watched, kind, options, schema, shorten):
        found += 1
        if halted():
            raise HaltedError
    return found


class _Watched(io.RawIOBase):
    """A file that is read no further once `halted` says so; whoever closes this leaves the file open."""

    def __init__(self, file: BinaryIO, halted: Callable[[], bool]) -> None:
        self._file, self._halted = file, halted

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: Any, /) -> int:
        if self._halted():
            raise HaltedError
        into = memoryview(buffer)
        found = self._file.read(len(into))
        into[: len(found)] = found
        return len(found)
