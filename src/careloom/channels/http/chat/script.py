"""The widget's script, for pages of any origin."""

import asyncio
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State

from careloom.platform.errors import NotFoundError
from careloom.platform.web.static import PRECOMPRESSED, StaticFolder

_HEADERS = {
    "Cache-Control": "public, max-age=300, stale-while-revalidate=86400",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@get("/widget.js", include_in_schema=False, opt={PRECOMPRESSED: True})
async def get_script(request: Request[Any, Any, State]) -> Response[bytes]:
    """The built script; pages look for a newer one every five minutes."""
    files: StaticFolder = request.app.state.static_folder
    try:
        found = await asyncio.to_thread(files.find, "widget.js")
    except NotFoundError:
        raise NotFoundError("The widget is not built: run `make web` and start again.") from None
    return found.response(request, _HEADERS)


handlers = [get_script]
