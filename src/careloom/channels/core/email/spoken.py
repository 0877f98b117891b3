"""All that people wrote in a mail, wherever it stands: texts of every part, headers, names of files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from careloom.channels.core.email.charset import decode
from careloom.channels.core.email.headers import decode_value, parse_addressed, split_parameters
from careloom.channels.core.email.mail import Limits
from careloom.channels.core.email.mime import MimeReader, Part

ADDRESSED: Final = frozenset(
    ("from", "sender", "reply-to", "to", "cc", "bcc", "resent-from", "resent-to", "delivered-to", "errors-to")
)
"""Headers of addresses, by which people are known; what people wrote is how they are called."""
NAMED: Final = {"content-disposition": ("filename",), "content-type": ("name",)}
"""Headers that name a file, and in which parameter."""
_MACHINES: Final = frozenset(
    ("message-id", "in-reply-to", "references", "date", "mime-version", "content-transfer-encoding", "content-id")
) | {"received", "return-path", "authentication-results", "received-spf", "domainkey-signature", "thread-index"}
_OF_MACHINES: Final = ("arc-", "dkim-", "list-", "x-google-", "x-gm-", "x-ms-", "x-microsoft-", "x-received")
_LIMITS: Final = Limits()


class Said(Struct, frozen=True):
    """What a mail says, as text and as HTML; `truncated`: it has more parts or headers than are read."""

    texts: tuple[str, ...]
    markup: tuple[str, ...]
    truncated: bool


def said_in(raw: bytes) -> Said:
    """What a mail says; never raises, takes time linear in its bytes."""
    reader = MimeReader(_LIMITS)
    texts: list[str] = []
    markup: list[str] = []
    for part in _parts(reader, reader.read(raw)):
        texts += [one for one in _headers(part) if one]
        disposition, _ = split_parameters(part.value("content-disposition"))
        if part.children or part.media_type.startswith("multipart/"):
            texts += _around(part)
        elif part.media_type.startswith("text/") and disposition != "attachment":
            text = decode(part.content(), part.parameters.get("charset"))
            (markup if part.media_type == "text/html" else texts).append(text)
    return Said(tuple(texts), tuple(markup), reader.truncated)


def is_machines(header: str) -> bool:
    """Whether mail programs alone write it, and know the mail by it."""
    return header in _MACHINES or header.startswith(_OF_MACHINES)


def _parts(reader: MimeReader, part: Part, depth: int = 0) -> Iterator[Part]:
    yield part
    for child in part.children:
        yield from _parts(reader, child, depth + 1)
    if part.media_type in ("message/rfc822", "message/global"):
        if depth >= reader.limits.max_depth or reader.parts_left <= 0:
            reader.truncated = True
            return
        yield from _parts(reader, reader.read(part.content(), depth + 1), depth + 1)


def _headers(part: Part) -> Iterator[str]:
    for name, value in part.fields:
        if name in NAMED:
            parameters = split_parameters(decode_value(value))[1]
            yield from (parameters.get(one, "").replace("_", " ") for one in NAMED[name])
        elif name in ADDRESSED:
            yield from (one if isinstance(one, str) else one.name for one in parse_addressed(decode(value)))
        elif not is_machines(name):
            yield decode_value(value)


def _around(part: Part) -> list[str]:
    """What stands before the first and behind the last of a multipart's boundary lines, or all where none was found."""
    if not part.children:
        return [decode(part.body)]
    mark = b"--" + part.parameters.get("boundary", "").encode("utf-8", "replace")
    return [decode(part.body.partition(mark)[0]), decode(part.body.rpartition(mark)[2])]
