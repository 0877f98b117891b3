"""A real web server of the whole application on a free port, for tests that need sockets."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, Generator

import uvicorn
from litestar import Litestar

from careloom.platform.runtime import Runtime
from careloom.platform.web.server import server_config
from tests.application import application


class Server:
    """Where a running server is reached, and the application that it serves."""

    def __init__(self, port: int, app: Litestar) -> None:
        self.port = port
        self.http = f"http://127.0.0.1:{port}"
        self.ws = f"ws://127.0.0.1:{port}"
        self.app = app


class _Uvicorn(uvicorn.Server):
    """Says when it has started, ends when told to; otherwise uvicorn looks ten times a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.running = asyncio.Event()
        self.enough = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def main_loop(self) -> None:
        await self.on_tick(0)
        self.running.set()
        await self.enough.wait()


@contextlib.asynccontextmanager
async def running_server(runtime: Runtime) -> AsyncGenerator[Server]:
    """Serves the application, with its hub listening and its tail reading, until the context ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    with application(runtime) as app:
        server = _Uvicorn(server_config(app, timeout_graceful_shutdown=1))
        running = [asyncio.create_task(one) for one in (runtime.hub.run(), server.serve(sockets=[listener]))]
        async with asyncio.timeout(60):
            for ready in (runtime.hub.ready, server.running, app.state.tail.ready):
                await ready.wait()
        try:
            yield Server(listener.getsockname()[1], app)
        finally:
            server.enough.set()
            hub, serving = running
            await serving
            hub.cancel()
            await asyncio.gather(hub, return_exceptions=True)
            listener.close()
