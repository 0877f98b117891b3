"""Reads a file in its format: entries, and reasons for what is none."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from careloom.customers.types import AttributeField
from careloom.integrations.core.chatwoot import read_chatwoot
from careloom.integrations.core.entries import Item, Shorten
from careloom.integrations.core.lines import read_lines
from careloom.integrations.core.mailbox import count_threads, read_mailbox
from careloom.integrations.core.sheet import read_sheet
from careloom.integrations.core.zendesk import read_zendesk
from careloom.integrations.types import Format, ImportOptions


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
    file: BinaryIO, kind: Format, options: ImportOptions, schema: Mapping[str, AttributeField], shorten: Shorten
) -> int:
    """How many items a file holds, refused ones among them; of a mailbox without reading its mails whole.

    Raises UnreadableFileError for a file that is not of the format at all.
    """
    file.seek(0)
    if kind is Format.MBOX:
        return count_threads(file)
    return sum(1 for _ in read_items(file, kind, options, schema, shorten))
