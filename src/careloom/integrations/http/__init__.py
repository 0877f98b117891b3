"""Endpoints of imports and exports, one noun a file."""

from litestar import Router

from careloom.integrations.http import exports, imports

router = Router("/", route_handlers=[*imports.handlers, *exports.handlers], tags=["data in and out"])
