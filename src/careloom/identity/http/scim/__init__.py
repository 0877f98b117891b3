"""What directories reach: SCIM 2.0 under /scim/v2, with tokens, errors and a media type of its own."""

from typing import Any

from litestar import Router
from litestar.di import Provide

from careloom.identity.http.scim import about, groups, users
from careloom.identity.http.scim.answers import ROOT
from careloom.identity.http.scim.directory import provide_directory

_handlers: list[Any] = [*users.handlers, *groups.handlers, *about.handlers]

router = Router(
    ROOT,
    route_handlers=_handlers,
    dependencies={"directory": Provide(provide_directory)},
    include_in_schema=False,
    request_max_body_size=2_000_000,
)
"""Mounted at the root."""
