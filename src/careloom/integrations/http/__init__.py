"""Endpoints of imports, exports and restores, one noun a file."""

from litestar import Router

from careloom.integrations.http import exports, imports, restores

router = Router(
    "/", route_handlers=[*imports.handlers, *exports.handlers, *restores.handlers], tags=["data in and out"]
)
