"""Endpoints of compliance."""

from litestar import Router

from careloom.compliance.http import deadlines, incidents, keys, requests, residency, retention

router = Router(
    "/",
    route_handlers=[
        *deadlines.handlers,
        *retention.handlers,
        *requests.handlers,
        *incidents.handlers,
        *keys.handlers,
        *residency.handlers,
    ],
    tags=["compliance"],
)
