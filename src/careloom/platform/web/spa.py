"""The built front end: hashed assets for ever, one page for every other path, each page with a policy of its own."""

import asyncio
import secrets
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from careloom.platform.errors import NotFoundError
from careloom.platform.web.headers import mail_policy, page_policy
from careloom.platform.web.static import PRECOMPRESSED, StaticFile, StaticFolder

_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_AGAIN = {"Cache-Control": "no-cache"}
_ICON, _A_DAY = "favicon.svg", {"Cache-Control": "public, max-age=86400"}
"""The icon, for which browsers ask again whenever the page's title changes."""
_MISSING = "The front end is not built: run `make web` and start again."
_NONCE = b"{{nonce}}"
_MAIL = "mail.html"

_Asked = Request[Any, Any, Any]


def handlers(folder: Path) -> list[Any]:
    """Handlers that serve `folder`."""
    files = StaticFolder(folder)

    @get("/assets/{name:str}", include_in_schema=False, opt={PRECOMPRESSED: True})
    async def asset(request: _Asked, name: FromPath[str]) -> Response[bytes]:
        """A built file whose name changes with its content."""
        found = await asyncio.to_thread(files.find, f"assets/{name}")
        return found.response(request, _FOREVER)

    @get(["/", "/{path:path}"], include_in_schema=False, opt={PRECOMPRESSED: True})
    async def page(request: _Asked, path: FromPath[str] = "") -> Response[bytes]:
        """The one page; a few files at the root by their own names."""
        name = str(path).strip("/")
        if name.startswith(("api/", "chat/", "scim/")) or name in ("api", "chat", "scim"):
            raise NotFoundError("There is no such address.")
        if name and "/" not in name and name != "index.html" and (folder / name).is_file():
            return _root_file(request, await asyncio.to_thread(files.find, name), name)
        try:
            index = await asyncio.to_thread(files.find, "index.html")
        except NotFoundError:
            return Response(_MISSING.encode(), status_code=503, media_type="text/plain")
        return _page(request, index)

    return [asset, page]


def _root_file(request: _Asked, found: StaticFile, name: str) -> Response[bytes]:
    if name == _MAIL:
        policy = mail_policy(images="images" in request.query_params)
    elif name.endswith(".html"):
        policy = page_policy(secrets.token_urlsafe(16), _host(request), framed=True)
    else:
        return found.response(request, _A_DAY if name == _ICON else _AGAIN)
    return found.response(request, {**_AGAIN, "Content-Security-Policy": policy})


def _page(request: _Asked, index: StaticFile) -> Response[bytes]:
    """The one page, with the nonce that its policy asks of styles: another one each time."""
    nonce = secrets.token_urlsafe(16)
    content = index.content.replace(_NONCE, nonce.encode())
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": page_policy(nonce, _host(request))}
    return Response(content, media_type=index.media_type, headers=headers)


def _host(request: _Asked) -> str:
    return request.headers.get("host", "")
