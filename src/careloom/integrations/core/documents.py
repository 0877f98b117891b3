"""JSON documents of other systems: one, one a line, or several files in a ZIP."""

import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Final, cast

import msgspec

from careloom.integrations.core.entries import ConversationEntry, CustomerEntry, Item
from careloom.integrations.core.lines import whole_lines
from careloom.integrations.core.reasons import reason_of
from careloom.integrations.errors import UnreadableFileError
from careloom.platform.texts.text import Text, say

MAX_DOCUMENT_BYTES: Final = 250_000_000
MAX_UNPACKED_BYTES: Final = 5_000_000_000
Json = dict[str, Any]
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)


def documents(file: BinaryIO) -> Iterator[tuple[int, str, Any]]:
    """Each document with the line where it begins and its file's name; a reason where it cannot be read.

    A document is a dict; the reason a Text. Raises UnreadableFileError for a ZIP that is none.
    """
    start = file.read(4)
    file.seek(0)
    if start != b"PK\x03\x04":
        yield from _of_text("", file)
        return
    try:
        with zipfile.ZipFile(file) as packed:
            if sum(info.file_size for info in packed.infolist()) > MAX_UNPACKED_BYTES:
                most = MAX_UNPACKED_BYTES // 1_000_000_000
                raise UnreadableFileError("The ZIP file unpacks to more than {most} GB; split it.", most=most)
            for info in sorted(packed.infolist(), key=lambda one: one.filename):
                if info.filename.endswith("/") or info.filename.rpartition("/")[2].startswith("."):
                    continue
                if info.file_size > MAX_DOCUMENT_BYTES:
                    most = MAX_DOCUMENT_BYTES // 1_000_000
                    yield 1, info.filename, say("{file} is larger than {most} MB.", file=info.filename, most=most)
                    continue
                yield from _of_text(info.filename, io.BytesIO(packed.read(info)))
    except _BROKEN as error:
        raise UnreadableFileError(_fault(error)) from None


def _fault(error: Exception) -> Text:
    """What to do about a ZIP that cannot be read: the library's own words are of one language."""
    if isinstance(error, NotImplementedError):
        return say(
            "The ZIP file is packed in a way that is not read here; pack it anew with the usual method, deflate."
        )
    if isinstance(error, RuntimeError):
        return say("The ZIP file is locked with a password; pack it anew without one.")
    return say("The ZIP file is damaged or not whole; pack it anew, or choose it once more.")


def _of_text(name: str, file: BinaryIO) -> Iterator[tuple[int, str, Any]]:
    whole = file.read(MAX_DOCUMENT_BYTES + 1)
    if len(whole) <= MAX_DOCUMENT_BYTES:
        try:
            found = msgspec.json.decode(whole.removeprefix(b"\xef\xbb\xbf"))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            found = None
        if isinstance(found, (dict, list)):
            many = cast("list[Any]", found if isinstance(found, list) else [found])
            for number, one in enumerate(many, 1):
                yield number, name, inner(one) if isinstance(one, dict) else say("This is no JSON object.")
            return
    del whole
    file.seek(0)
    for number, line in enumerate(whole_lines(file), 1):
        if line is None:
            yield number, name, say("The line is too long.")
        elif line.strip(b"\xef\xbb\xbf \t\r\n"):
            yield number, name, _line(line)


def _line(line: bytes) -> Any:
    try:
        found = msgspec.json.decode(line.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return reason_of(error)
    return inner(found) if isinstance(found, dict) else say("The line is no JSON object.")


def objects(value: Any) -> list[Json]:
    """The objects of a JSON list; everything else is left out."""
    many: list[Any] = cast("list[Any]", value) if isinstance(value, list) else []
    return [cast("Json", one) for one in many if isinstance(one, dict)]


def text(value: Any) -> str:
    """A JSON value as text; nothing for what is neither text nor a number."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


def inner(value: Any) -> Json:
    """A JSON object, or an empty one for what is none."""
    return cast("Json", value) if isinstance(value, dict) else {}


def built(
    row: int,
    key: str,
    build: Callable[[], Json],
    kind: type[CustomerEntry] | type[ConversationEntry],
    fields: Json | None = None,
) -> Item:
    """The entry that `build` makes, with the other system's own `fields`; an item with the reason where it cannot."""
    try:
        return Item(row, msgspec.convert(build(), kind), key=key, fields=fields or {})
    except (ValueError, TypeError, OverflowError, msgspec.ValidationError) as error:
        return Item(row, None, reason_of(error), key)
