"""Endpoints of compliance."""

from litestar import Router

from careloom.compliance.http import deadlines, incidents, keys, requests, retention

router = Router(
    "/",
    route_handlers=[
        *deadlines.handlers,
        *retention.handlers,
        *requests.handlers,
        *incidents.handlers,
        *keys.handlers,
    ],
    tags=["compliance"],
)
