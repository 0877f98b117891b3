"""A real web server of the whole application on a free port, for tests that need sockets."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, Generator

import uvicorn

from careloom.main import create_app
from careloom.platform.runtime import Runtime


class Server:
    """Where a running server is reached."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.http = f"http://127.0.0.1:{port}"
        self.ws = f"ws://127.0.0.1:{port}"


class _Quiet(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@contextlib.asynccontextmanager
async def running_server(runtime: Runtime) -> AsyncGenerator[Server]:
    """Serves the application, with its hub listening, until the context ends."""
    hub = asyncio.create_task(runtime.hub.run())
    await runtime.hub.ready.wait()
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        create_app(runtime),
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=256_000,
        ws_ping_interval=None,
        access_log=False,
        log_config=None,
        lifespan="on",
        timeout_graceful_shutdown=1,
    )
    server = _Quiet(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    try:
        yield Server(listener.getsockname()[1])
    finally:
        server.should_exit = True
        await serving
        hub.cancel()
        await asyncio.gather(hub, return_exceptions=True)
        listener.close()
