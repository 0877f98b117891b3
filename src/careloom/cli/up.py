"""`careloom up`: everything in one process, or one role of several."""

import argparse
import asyncio
import contextlib
import gc
import socket
import sys
from collections.abc import Generator
from enum import StrEnum
from threading import Thread

import structlog
import uvicorn
import uvloop

from careloom.cli.process import allow_connections, run_loops
from careloom.cli.regions import require_served_regions
from careloom.cli.store import HomeLock, Store
from careloom.conversations.core.language import warm_up
from careloom.main import (
    consumers,
    create_app,
    loops,
    periodic,
    router_loops,
    smtp_loops,
    tasks,
    worker_loops,
)
from careloom.organizations.jobs import know_own_rules
from careloom.platform.errors import TerminalError
from careloom.platform.eventlog.consumer import ConsumerRunner
from careloom.platform.jobs import job_app, rescue_jobs
from careloom.platform.loops import Loop, keep_running
from careloom.platform.runtime import Runtime, open_runtime
from careloom.platform.settings import Settings
from careloom.platform.tls import Certificate, open_certificate
from careloom.platform.web.server import server_config

log = structlog.get_logger()


class Role(StrEnum):
    """A part of the program that can run as a process of its own."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"
    ROUTER = "router"
    SMTP = "smtp"


_LISTENING = (Role.ALL, Role.WEB, Role.SMTP)
_MAILING = (Role.ALL, Role.WEB, Role.WORKER)
"""What speaks to the relay: the worker, and the web with mails of people who try an address."""
_DRAIN_SECONDS = 5


class PortInUseError(TerminalError):
    """A port is taken."""


def declare(parser: argparse.ArgumentParser) -> None:
    """The options of `careloom up`."""
    parser.add_argument("--role", type=Role, choices=list(Role), default=Role.ALL, help="which part to run")


def run(options: argparse.Namespace) -> int:
    """Runs until a signal; answers 0 after a clean stop."""
    settings: Settings = options.settings
    role: Role = options.role
    certificate = open_certificate(settings) if role in _LISTENING else None
    lock = HomeLock(settings.home)
    with lock.held(alone=role is Role.ALL):
        check_ports(settings, role)
        store = Store(settings)
        try:
            store.open()
            require_served_regions(settings, store.url, files=role is not Role.ROUTER, relay=role in _MAILING)
            uvloop.run(serve(settings, store, role, certificate=certificate))
        finally:
            if lock.is_last():
                store.close()
    return 0


def check_ports(settings: Settings, role: Role) -> None:
    """Raises PortInUseError where another program listens on a port that `role` needs."""
    if role in (Role.ALL, Role.WEB):
        _opened("CARELOOM_PORT", settings.host, settings.port, shared=settings.shared_port).close()
    if role in (Role.ALL, Role.SMTP):
        _opened("CARELOOM_SMTP_PORT", settings.smtp_host, settings.smtp_port).close()


def _opened(name: str, host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A socket bound to a port that the setting `name` chooses; raises PortInUseError."""
    opened = socket.socket(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0], socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        opened.bind((host, port))
    except OSError as error:
        opened.close()
        raise PortInUseError(
            f"Port {port} on {host} cannot be opened ({error.strerror}). Stop the other program that uses it, "
            f"or choose another port with {name}."
        ) from None
    return opened


async def serve(
    settings: Settings,
    store: Store,
    role: Role,
    more: dict[str, Loop] | None = None,
    certificate: Certificate | None = None,
) -> None:
    """Runs `role` on an open store until a signal; `more` loops run beside it."""
    allow_connections()
    runtime = open_runtime(settings, store.url, 20 if role is Role.ALL else 10, certificate)
    if role in _LISTENING:
        Thread(target=warm_up, daemon=True).start()
    wanted = {**_loops(runtime, role), **(more or {})}
    spare_the_collector()
    if certificate is not None:
        wanted["certificate"] = certificate.follow
    if store.embedded is not None:
        wanted["postgres"] = store.keep_running
    try:
        await know_own_rules(runtime.database)
        await run_loops(wanted, runtime.stopping, drain_seconds(settings, role))
    finally:
        await runtime.database.close()


def drain_seconds(settings: Settings, role: Role) -> int:
    """How long a stopping process serves on: as a rule only where another one can take over."""
    if settings.drain_seconds is not None:
        return settings.drain_seconds
    return _DRAIN_SECONDS if role is Role.WEB and not settings.shared_port else 0


def spare_the_collector() -> None:
    """Lets the garbage collector look at what requests leave behind, not again and again at the program itself."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)


def _loops(runtime: Runtime, role: Role) -> dict[str, Loop]:
    found = loops(runtime)
    if role in (Role.ALL, Role.WEB):
        found["web"] = lambda: _serve_web(runtime)
    if role in (Role.ALL, Role.WORKER):
        found["jobs"] = lambda: _work(runtime)
        found.update(worker_loops(runtime))
        for consumer in consumers(runtime):
            found[f"consumer:{consumer.name}"] = ConsumerRunner(runtime.database, runtime.hub, consumer).run
    if role in (Role.ALL, Role.ROUTER):
        found.update(router_loops(runtime))
    if role in (Role.ALL, Role.SMTP):
        found.update(smtp_loops(runtime))
    return found


async def _work(runtime: Runtime) -> None:
    app = job_app(runtime.database.links, tasks(runtime), periodic(runtime))
    async with app.open_async():
        rescuing = asyncio.create_task(keep_running("rescue", lambda: rescue_jobs(app)))
        try:
            await app.run_worker_async(concurrency=4, delete_jobs="successful")
        finally:
            rescuing.cancel()


class _Server(uvicorn.Server):
    """A server that leaves signals to the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Signals are handled by `run_loops`."""
        yield


async def _serve_web(runtime: Runtime) -> None:
    settings, certificate = runtime.settings, runtime.certificate
    config = server_config(create_app(runtime), certificate=certificate, timeout_graceful_shutdown=5)
    listening = _opened("CARELOOM_PORT", settings.host, settings.port, shared=settings.shared_port)
    server = _Server(config)
    try:
        await server.serve([listening])
    except asyncio.CancelledError:
        server.should_exit = True
        await server.shutdown([listening])
        raise


def announce(settings: Settings) -> None:
    """Prints where people reach the running installation."""
    print(f"\n  Careloom is running at {settings.base_url}\n  Stop it with Ctrl-C.\n", flush=True, file=sys.stdout)
