"""The least that durable intake can be, to compare with: plain PostgreSQL, and a mail listener that writes files."""

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

import psycopg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bench.steady import TEXT, rate, since
from careloom.platform.database.embedded import EmbeddedPostgres
from tests.ports import free_port

_COMMITTERS = 32

PlainConnection = psycopg.AsyncConnection[tuple[object, ...]]


@asynccontextmanager
async def plain_connections(count: int) -> AsyncGenerator[list[PlainConnection]]:
    """Connections to an embedded PostgreSQL with the same settings, that holds one table `plain`."""
    with tempfile.TemporaryDirectory(prefix="careloom-bench-") as folder:
        os.chmod(folder, 0o755)
        server = EmbeddedPostgres(Path(folder) / "postgres", {"shared_buffers": "256MB"})
        await asyncio.to_thread(server.start)
        connections = [await psycopg.AsyncConnection.connect(server.url(), autocommit=True) for _ in range(count)]
        await connections[0].execute(
            "CREATE TABLE plain (id uuid PRIMARY KEY, body text, at timestamptz DEFAULT now())"
        )
        yield connections
        for one in connections:
            await one.close()
        await asyncio.to_thread(server.stop)


async def commit_rate(seconds: float) -> float:
    """Rows a second, each committed by itself."""

    async def step(connection: PlainConnection) -> None:
        await connection.execute("INSERT INTO plain (id, body) VALUES (%s, %s)", [uuid4(), TEXT])

    async with plain_connections(_COMMITTERS) as connections:
        return await rate([partial(step, one) for one in connections], seconds)


async def notify_latencies(per_second: float, seconds: float) -> dict[str, list[float]]:
    """Milliseconds until a listener is told of a row, since it was `sent` and since its commit was `accepted`."""
    sent: dict[str, float] = {}
    accepted: dict[str, float] = {}
    told: dict[str, float] = {}
    insert = "WITH new AS (INSERT INTO plain (id, body) VALUES (%s, %s)) SELECT pg_notify('plain', %s)"
    async with plain_connections(2) as (writer, listener):
        await listener.execute("LISTEN plain")

        async def listen() -> None:
            async for one in listener.notifies():
                told[one.payload] = time.perf_counter()

        listening = asyncio.create_task(listen())
        began = time.perf_counter()
        for number in range(int(per_second * seconds)):
            await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))
            key = str(uuid4())
            sent[key] = time.perf_counter()
            await writer.execute(insert, [key, TEXT, key])
            accepted[key] = time.perf_counter()
        async with asyncio.timeout(30):
            while sent.keys() - told.keys():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    return since(told, sent=sent, accepted=accepted)


class _FileSink:
    """Stores every mail in a file of its own, flushed to disk before 250."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        """Stores one mail."""
        with (self._folder / uuid4().hex).open("wb") as file:
            file.write(envelope.original_content or b"")
            file.flush()
            os.fsync(file.fileno())
        return "250 OK"


@contextmanager
def file_sink() -> Generator[int]:
    """A listening file sink; gives its port."""
    with tempfile.TemporaryDirectory(prefix="careloom-bench-") as folder:
        port = free_port()
        controller = Controller(_FileSink(Path(folder)), hostname="127.0.0.1", port=port)
        controller.start()
        try:
            yield port
        finally:
            controller.stop()
