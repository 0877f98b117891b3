"""An installation of its own for one bench: role processes on an embedded PostgreSQL with durable settings."""

import asyncio
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import psycopg

import careloom
from careloom.cli.store import Store
from careloom.platform.settings import Settings


@asynccontextmanager
async def installation(roles: Sequence[str]) -> AsyncGenerator[tuple[Settings, Store]]:
    """Runs `roles` in an empty home on free ports; stops and removes everything at the end."""
    home = _new_folder()
    web, smtp, relay = _free_ports(3)
    settings = Settings(home=home / "home", port=web, smtp_port=smtp, relay_port=relay)
    processes: list[asyncio.subprocess.Process] = []
    try:
        processes += [await _start(settings, role) for role in roles]
        await _ready(settings)
        store = Store(settings)
        store.open()
        _check_durable(store)
        yield settings, store
    finally:
        for process in processes:
            with suppress(ProcessLookupError):
                process.terminate()
        await asyncio.gather(*(process.wait() for process in processes))
        shutil.rmtree(home, ignore_errors=True)


async def _start(settings: Settings, role: str) -> asyncio.subprocess.Process:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CARELOOM_")}
    environment = {
        **kept,
        "PYTHONPATH": str(Path(careloom.__file__).parents[1]),
        "CARELOOM_HOME": str(settings.home),
        "CARELOOM_PORT": str(settings.port),
        "CARELOOM_SMTP_PORT": str(settings.smtp_port),
        "CARELOOM_RELAY_PORT": str(settings.relay_port),
        "CARELOOM_LOG_LEVEL": "error",
    }
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "careloom.cli", "up", "--role", role), env=environment
    )


async def _ready(settings: Settings) -> None:
    async with httpx.AsyncClient(trust_env=False) as http, asyncio.timeout(120):
        while True:
            with suppress(httpx.HTTPError):
                if (await http.get(f"{settings.base_url}/ready")).is_success:
                    break
            await asyncio.sleep(0.1)
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection(settings.smtp_host, settings.smtp_port)
                writer.close()
                return
            await asyncio.sleep(0.1)


def _check_durable(store: Store) -> None:
    with psycopg.connect(store.url) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
            if row != ("on",):
                raise RuntimeError(f"{name} is {row}: what is measured would not be durable")


def _new_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="careloom-bench-"))
    folder.chmod(0o755)
    return folder


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports
