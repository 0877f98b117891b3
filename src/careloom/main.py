"""The composition root: which capabilities there are, and how one process is put together from them."""

from importlib import resources
from pathlib import Path
from typing import Any

from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import SwaggerRenderPlugin
from litestar.types import ControllerRouterHandler

from careloom import __version__
from careloom.identity import http as identity_http
from careloom.identity import jobs as identity_jobs
from careloom.organizations import http as organizations_http
from careloom.platform.eventlog.consumer import Consumer
from careloom.platform.jobs import Periodic, Task
from careloom.platform.runtime import Runtime
from careloom.platform.web import http as platform_http
from careloom.platform.web.metrics import RequestTrail
from careloom.platform.web.problem import EXCEPTION_HANDLERS
from careloom.platform.web.provide import DEPENDENCIES

ROUTERS: list[ControllerRouterHandler] = [
    platform_http.router,
    identity_http.router,
    organizations_http.router,
]


def consumers(_runtime: Runtime) -> list[Consumer]:
    """Every consumer of the event log."""
    return []


def tasks(_runtime: Runtime) -> list[Task]:
    """Every kind of background job."""
    return []


def periodic(runtime: Runtime) -> list[Periodic]:
    """Every job that runs by the clock."""
    return [*identity_jobs.periodic(runtime)]


def create_app(runtime: Runtime) -> Litestar:
    """The web application of one process."""
    state = State(
        {
            "runtime": runtime,
            "authenticate": identity_http.authenticate,
            "consumers": {one.name: one for one in consumers(runtime)},
        }
    )
    handlers: list[Any] = [*platform_http.root_handlers, Router("/api", route_handlers=ROUTERS)]
    return Litestar(
        route_handlers=handlers,
        dependencies=DEPENDENCIES,
        exception_handlers=EXCEPTION_HANDLERS,
        middleware=[RequestTrail()],
        state=state,
        request_max_body_size=runtime.settings.max_upload_bytes + 100_000,
        compression_config=CompressionConfig(backend="gzip", minimum_size=1000),
        openapi_config=OpenAPIConfig(
            title="Careloom",
            version=__version__,
            description="The API of Careloom. Sign in, or send an API key as a bearer token.",
            render_plugins=[SwaggerRenderPlugin()],
        ),
        logging_config=None,
    )


def static_folder() -> Path:
    """Where the built front end lies."""
    return Path(str(resources.files("careloom"))) / "static"
