"""A real web server of a stage's application on a free port of loopback: sockets need one."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, Generator

import uvicorn

from careloom.evidence.isolation.stage import Stage
from careloom.platform.web.server import server_config


class _Server(uvicorn.Server):
    """Leaves signals to the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@contextlib.asynccontextmanager
async def serving(stage: Stage) -> AsyncGenerator[str]:
    """Serves the stage until the context ends; answers host and port."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = _Server(server_config(stage.app, timeout_graceful_shutdown=1))
    hub = asyncio.create_task(stage.runtime.hub.run())
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        async with asyncio.timeout(30):
            await stage.runtime.hub.ready.wait()
            await stage.app.state.tail.ready.wait()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
        hub.cancel()
        await asyncio.gather(hub, return_exceptions=True)
        listener.close()
