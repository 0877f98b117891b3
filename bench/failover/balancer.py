"""A load balancer in a few lines: hands each connection to the next server in turn, and passes over who refuses."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

_CHUNK = 65_536


@asynccontextmanager
async def balanced(port: int, servers: Sequence[int]) -> AsyncGenerator[None]:
    """Listens on `port` of loopback while the context lasts, in front of the ports `servers`."""
    turn = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal turn
        for _ in servers:
            turn += 1
            with contextlib.suppress(OSError):
                there = await asyncio.open_connection("127.0.0.1", servers[turn % len(servers)])
                await asyncio.gather(_pass_on(reader, there[1]), _pass_on(there[0], writer))
                return
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", port) as listener:
        yield
        listener.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    writer.close()
