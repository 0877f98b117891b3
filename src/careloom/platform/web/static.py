"""Files that never change while a browser looks: kept in memory, compressed once, told apart by a strong tag."""

import gzip
import hashlib
import mimetypes
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litestar import Request, Response

from careloom.platform.errors import NotFoundError

PRECOMPRESSED = "precompressed"
"""The option of handlers whose answers are compressed already where that helps."""

_MOST_FILES = 2_000
_LEAST_BYTES = 1_000
_PACKED_ALREADY = ("image/png", "image/jpeg", "image/webp", "font/woff2", "font/woff")


@dataclass(frozen=True)
class StaticFile:
    """A file's content, its gzip where that is smaller, and a tag that changes with the content."""

    content: bytes
    packed: bytes | None
    tag: str
    media_type: str

    def response(self, request: Request[Any, Any, Any], headers: Mapping[str, str]) -> Response[bytes]:
        """The file as the browser wants it; only that it has not changed, where it has it already."""
        packed = self.packed if _takes_gzip(request.headers.get("accept-encoding", "")) else None
        tag = f'"{self.tag}-gzip"' if packed else f'"{self.tag}"'
        every = {**headers, "ETag": tag, "Vary": "Accept-Encoding"}
        if tag in {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}:
            return Response(b"", status_code=304, headers=every)
        if packed:
            return Response(packed, media_type=self.media_type, headers={**every, "Content-Encoding": "gzip"})
        return Response(self.content, media_type=self.media_type, headers=every)


class StaticFolder:
    """The files of one folder, each read again only when it has changed on disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._known: OrderedDict[str, tuple[tuple[int, int], StaticFile]] = OrderedDict()

    def find(self, name: str) -> StaticFile:
        """The file called `name`, a path inside the folder; raises NotFoundError, also for what lies outside."""
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder) or not path.is_file():
            raise NotFoundError("There is no such file.")
        status = path.stat()
        version = (status.st_mtime_ns, status.st_size)
        known = self._known.get(name)
        if known is None or known[0] != version:
            known = version, _read(path)
            self._known[name] = known
            if len(self._known) > _MOST_FILES:
                self._known.popitem(last=False)
        return known[1]


def packed(content: bytes, level: int = 9) -> bytes:
    """The content as gzip, the same bytes each time."""
    return gzip.compress(content, level, mtime=0)


def _read(path: Path) -> StaticFile:
    content = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    smaller = packed(content) if len(content) >= _LEAST_BYTES and media_type not in _PACKED_ALREADY else None
    return StaticFile(content, smaller, hashlib.sha256(content).hexdigest()[:32], media_type)


def _takes_gzip(accepted: str) -> bool:
    for one in accepted.split(","):
        name, _, quality = one.strip().partition(";")
        if name.strip() in ("gzip", "*"):
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
