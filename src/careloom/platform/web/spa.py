"""The built front end: hashed assets for ever, one page for every other path."""

import asyncio
import mimetypes
from pathlib import Path
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from careloom.platform.errors import NotFoundError

_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "connect-src 'self' ws: wss:; frame-src 'self' blob: data:; object-src 'none'; base-uri 'self'; "
    "frame-ancestors 'self'; form-action 'self'"
)
_FOREVER = "public, max-age=31536000, immutable"
_MISSING = "The front end is not built: run `make web` and start again."


def handlers(folder: Path) -> list[Any]:
    """Handlers that serve `folder`."""

    @get("/assets/{name:str}", include_in_schema=False)
    async def asset(name: FromPath[str]) -> Response[bytes]:
        """A built file whose name changes with its content."""
        return await asyncio.to_thread(_file, folder / "assets", name, _FOREVER)

    @get(["/", "/{path:path}"], include_in_schema=False)
    async def page(path: FromPath[str] = "") -> Response[bytes]:
        """The one page; a few files at the root by their own names."""
        name = str(path).strip("/")
        if name.startswith(("api/", "chat/")) or name in ("api", "chat"):
            raise NotFoundError("There is no such address.")
        if name and "/" not in name and (folder / name).is_file():
            return await asyncio.to_thread(_file, folder, name, "no-cache")
        index = folder / "index.html"
        if not index.is_file():
            return Response(_MISSING.encode(), status_code=503, media_type="text/plain")
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache", "X-Frame-Options": "SAMEORIGIN"}
        content = await asyncio.to_thread(index.read_bytes)
        return Response(content, media_type="text/html; charset=utf-8", headers=headers)

    return [asset, page]


def _file(folder: Path, name: str, caching: str) -> Response[bytes]:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise NotFoundError("There is no such file.")
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Response(path.read_bytes(), media_type=kind, headers={"Cache-Control": caching})
