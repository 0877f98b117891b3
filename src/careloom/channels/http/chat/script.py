"""The widget's script, for pages of any origin."""

import hashlib
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State

from careloom.platform.errors import NotFoundError

_HEADERS = {
    "Cache-Control": "public, max-age=300, stale-while-revalidate=86400",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@get("/widget.js", include_in_schema=False, sync_to_thread=True)
def get_script(request: Request[Any, Any, State]) -> Response[bytes]:
    """The built script; pages look for a newer one every five minutes."""
    path: Path = request.app.state.static_folder / "widget.js"
    if not path.is_file():
        raise NotFoundError("The widget is not built: run `make web` and start again.")
    content = path.read_bytes()
    headers = {**_HEADERS, "ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(b"", status_code=304, headers=headers)
    return Response(content, media_type="text/javascript; charset=utf-8", headers=headers)


handlers = [get_script]
