"""An installation of several processes on one embedded PostgreSQL, whose killed processes are started again."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import httpx
import psutil

import careloom
from careloom.platform.settings import Settings

ROLES: tuple[str, ...] = ("web", "worker", "router", "smtp")
_RESTART_SECONDS = 0.3


def settings_in(home: Path) -> Settings:
    """Settings of a demo in `home`, on free ports."""
    web, smtp, relay = free_ports(3)
    return Settings(
        home=home,
        port=web,
        smtp_port=smtp,
        relay_port=relay,
        demo=True,
        demo_confirm="this-is-a-demo",
        log_level="warning",
    )


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nobody uses now."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports


def environment_of(settings: Settings) -> dict[str, str]:
    """The settings as a process reads them."""
    names = ("home", "port", "smtp_port", "relay_port", "demo", "demo_confirm", "log_level")
    values = {f"CARELOOM_{name.upper()}": str(getattr(settings, name)).lower() for name in names[1:]}
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CARELOOM_")}
    source = str(Path(careloom.__file__).parents[1])
    return {**kept, **values, "CARELOOM_HOME": str(settings.home), "PYTHONPATH": source}


class House:
    """Roles as processes, as a service manager keeps them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.starts: dict[str, int] = dict.fromkeys(ROLES, 0)
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._log = settings.home.parent / "house.log"

    @property
    def log(self) -> str:
        """What the processes said."""
        return self._log.read_text() if self._log.exists() else ""

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """All roles run inside; at the end they are stopped cleanly, and with the last of them PostgreSQL."""
        async with AsyncExitStack() as stack:
            file = stack.enter_context(self._log.open("ab"))
            keepers = [asyncio.create_task(self._keep(role, file.fileno())) for role in ROLES]
            try:
                async with asyncio.timeout(60):
                    await self.ready()
                yield
            finally:
                for keeper in keepers:
                    keeper.cancel()
                await asyncio.gather(*keepers, return_exceptions=True)

    async def ready(self) -> None:
        """Until the web role can serve."""
        async with httpx.AsyncClient(base_url=self.settings.base_url, trust_env=False) as http:
            while True:
                with suppress(httpx.HTTPError):
                    if (await http.get("/ready")).is_success:
                        return
                await asyncio.sleep(0.1)

    def kill(self, role: str) -> None:
        """kill -9."""
        self._processes[role].kill()

    def kill_postgres(self) -> None:
        """kill -9 of the postmaster and of all its processes."""
        family = self.postgres()
        for one in family:
            with suppress(psutil.NoSuchProcess):
                one.kill()

    def postgres(self) -> list[psutil.Process]:
        """The postmaster and its processes; empty where it does not run."""
        try:
            pid = int((self.settings.home / "postgres" / "postmaster.pid").read_text().split("\n")[0])
            postmaster = psutil.Process(pid)
            return [postmaster, *postmaster.children(recursive=True)]
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            return []

    async def _keep(self, role: str, log: int) -> None:
        while True:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "careloom.cli", "up", "--role", role),
                env=environment_of(self.settings),
                stdout=log,
                stderr=log,
            )
            self._processes[role] = process
            self.starts[role] += 1
            try:
                await process.wait()
            except asyncio.CancelledError:
                with suppress(ProcessLookupError):
                    process.terminate()
                await process.wait()
                raise
            await asyncio.sleep(_RESTART_SECONDS)
