"""The tree of MIME parts of a mail, read in one pass per level and within bounds."""

from __future__ import annotations

import binascii
import re

from msgspec import Struct

from careloom.channels.core.email.headers import base64_bytes, decode_value, split_fields, split_parameters
from careloom.channels.core.email.mail import Limits

_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n|\A\r?\n")

_REST_OF_MARK = re.compile(rb"(--)?[ \t]*(?:\r?\n|\r|\Z)")
_NEWLINE = 10


class Part(Struct, frozen=True):
    """One MIME part. `body` is still transfer-encoded; `children` are there for a multipart that could be split."""

    fields: tuple[tuple[str, bytes], ...]
    media_type: str
    parameters: dict[str, str]
    body: bytes
    children: tuple[Part, ...]

    def raw(self, name: str) -> bytes | None:
        """Return the first raw value of a header, or None."""
        return next((value for key, value in self.fields if key == name), None)

    def value(self, name: str) -> str:
        """Return the first decoded value of a header, or an empty text."""
        raw = self.raw(name)
        return decode_value(raw) if raw is not None else ""

    def content(self) -> bytes:
        """Return the body with its transfer encoding undone, as far as it can be."""
        encoding = self.value("content-transfer-encoding").lower().strip(" ;\"'")
        if encoding == "base64":
            return base64_bytes(self.body)
        if encoding == "quoted-printable":
            return binascii.a2b_qp(self.body)
        return self.body


class MimeReader:
    """Reads one mail; `truncated` says whether a bound was hit."""

    def __init__(self, limits: Limits) -> None:
        """Start with the whole budget of parts."""
        self.limits = limits
        self.parts_left = limits.max_parts
        self.truncated = False

    def read(self, data: bytes, depth: int = 0, default_type: str = "text/plain") -> Part:
        """Return the tree of a mail or part; children beyond the bounds stay unsplit in `body`."""
        self.parts_left -= 1
        block, body = self._split_head(data)
        fields, more = split_fields(block, self.limits.max_headers)
        self.truncated = self.truncated or more
        declared = next((decode_value(value) for name, value in fields if name == "content-type"), "")
        media_type, parameters = split_parameters(declared)
        if not re.fullmatch(r"[\w.+-]{1,100}/[\w.+-]{1,100}", media_type):
            media_type = "text/plain" if declared.lower().strip() in ("text", "plain") else default_type
        children: list[Part] = []
        if media_type.startswith("multipart/"):
            child_type = "message/rfc822" if media_type == "multipart/digest" else "text/plain"
            children = self._read_children(body, parameters.get("boundary", ""), depth, child_type)
        return Part(tuple(fields), media_type, parameters, body, tuple(children))

    def _split_head(self, data: bytes) -> tuple[bytes, bytes]:
        data = data.removeprefix(b"\xef\xbb\xbf")
        match = _BLANK_LINE.search(data)
        block, body = (data[: match.start()], data[match.end() :]) if match else (data, b"")
        if len(block) > self.limits.max_header_bytes:
            self.truncated = True
            block = block[: self.limits.max_header_bytes]
        return block, body

    def _read_children(self, body: bytes, boundary: str, depth: int, child_type: str) -> list[Part]:
        if depth >= self.limits.max_depth:
            self.truncated = True
            return []
        children: list[Part] = []
        for piece in _pieces(body, boundary, self.parts_left + 1):
            if self.parts_left <= 0:
                self.truncated = True
                break
            children.append(self.read(piece, depth + 1, child_type))
        return children


def _pieces(body: bytes, boundary: str, most: int) -> list[bytes]:
    """Cut a multipart body at its boundary lines; a missing or wrong boundary is taken from the body itself."""
    marks = _marks(body, boundary.rstrip().encode("utf-8", "replace")) if boundary.strip() else []
    if not marks:
        found = re.search(
            rb"^--([^\s-][^\r\n]{0,98}|-+[^\s-][^\r\n]{0,90})[ \t]*\r?\ncontent-", body, re.IGNORECASE | re.MULTILINE
        )
        marks = _marks(body, found[1].rstrip()) if found else []
    pieces: list[bytes] = []
    for number, (_, end, closing) in enumerate(marks):
        if closing or len(pieces) >= most:
            break
        stop = marks[number + 1][0] if number + 1 < len(marks) else len(body)
        pieces.append(body[end:stop])
    return pieces


def _marks(body: bytes, boundary: bytes) -> list[tuple[int, int, bool]]:
    """Return (start, end, closing?) of each boundary line; the line break before it belongs to it."""
    mark = b"--" + boundary
    marks: list[tuple[int, int, bool]] = []
    behind = 0
    at = body.find(mark)
    while at >= 0:
        rest = _REST_OF_MARK.match(body, at + len(mark))
        if rest is None or not (at == 0 or body[at - 1] == _NEWLINE):
            at = body.find(mark, at + 1)
            continue
        start = at - 2 if body[max(0, at - 2) : at] == b"\r\n" else max(0, at - 1)
        marks.append((max(start, behind), rest.end(), rest[1] is not None))
        behind = rest.end()
        at = body.find(mark, behind)
    return marks
