"""The whole application for one test at a time: its routes are put together once, all that they use anew."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import AsyncGenerator, Generator
from typing import Any

import httpx
from litestar import Litestar
from litestar.datastructures import State
from msgspec.structs import replace

from careloom.main import create_app, state_of
from careloom.platform.runtime import Runtime

_idle: defaultdict[int, list[Litestar]] = defaultdict(list)
"""Applications that no test uses, by the one setting that they are built with."""


@contextlib.contextmanager
def application(runtime: Runtime) -> Generator[Litestar]:
    """The application on `runtime`, nobody else's until the context ends."""
    idle = _idle[runtime.settings.max_upload_bytes]
    app = idle.pop() if idle else create_app(runtime)
    app.state = state_of(runtime)
    routes = len(app.routes)
    yield app
    app.state = State()
    if len(app.routes) == routes:  # what a test has added to it would surprise another
        idle.append(app)


def replace_settings(runtime: Runtime, **settings: Any) -> Runtime:
    """The same runtime with other settings."""
    wanted = replace(runtime.settings, **settings)
    return Runtime(wanted, runtime.database, runtime.store, runtime.hub, runtime.secret)


@contextlib.asynccontextmanager
async def http_client(runtime: Runtime, *, seconds: float = 60) -> AsyncGenerator[httpx.AsyncClient]:
    """An HTTP client of the application on `runtime`, without a server between; failures inside are answers."""
    with application(runtime) as app:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # pyright: ignore[reportArgumentType]
        async with httpx.AsyncClient(transport=transport, base_url="http://careloom.test", timeout=seconds) as client:
            yield client
