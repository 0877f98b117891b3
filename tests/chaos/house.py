"""An installation of several processes on one PostgreSQL, whose killed processes are started again."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import httpx
import psutil

import careloom
from careloom.platform.settings import Settings
from tests.ports import free_port

ROLES: tuple[str, ...] = ("web", "worker", "router", "smtp")
_RESTART_SECONDS = 0.3


def settings_in(home: Path) -> Settings:
    """Settings of a demo in `home`, on free ports."""
    web, smtp, relay = free_port(), free_port(), free_port()
    return Settings(
        home=home,
        port=web,
        smtp_port=smtp,
        relay_port=relay,
        demo=True,
        demo_confirm="this-is-a-demo",
        log_level="warning",
    )


def environment_of(settings: Settings) -> dict[str, str]:
    """The settings as a process reads them."""
    plain = ("port", "smtp_port", "relay_port", "demo", "demo_confirm", "log_level")
    values = {f"CARELOOM_{name.upper()}": str(getattr(settings, name)).lower() for name in plain}
    for name in ("database_url", "database_owner_url", "public_url"):
        if getattr(settings, name) is not None:
            values[f"CARELOOM_{name.upper()}"] = str(getattr(settings, name))
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CARELOOM_")}
    source = str(Path(careloom.__file__).parents[1])
    return {**kept, **values, "CARELOOM_HOME": str(settings.home), "PYTHONPATH": source}


class House:
    """Parts as processes, as a service manager keeps them; a part is called by its role, and `web 2` is another web.

    Without `parts`, each with its settings, there is one of each role.
    """

    def __init__(self, settings: Settings, parts: Mapping[str, Settings] | None = None) -> None:
        self.settings = settings
        self.parts = dict(parts or dict.fromkeys(ROLES, settings))
        self.starts: dict[str, int] = dict.fromkeys(self.parts, 0)
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._log = settings.home.parent / "house.log"

    @property
    def log(self) -> str:
        """What the processes said."""
        return self._log.read_text() if self._log.exists() else ""

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """All parts run inside; at the end they are stopped cleanly, and with the last an embedded PostgreSQL."""
        async with AsyncExitStack() as stack:
            file = stack.enter_context(self._log.open("ab"))
            keepers = [asyncio.create_task(self._keep(part, file.fileno())) for part in self.parts]
            try:
                async with asyncio.timeout(300):
                    await self.ready()
                yield
            finally:
                for keeper in keepers:
                    keeper.cancel()
                await asyncio.gather(*keepers, return_exceptions=True)

    async def ready(self) -> None:
        """Until every web process can serve."""
        async with httpx.AsyncClient(trust_env=False) as http:
            for part, settings in self.parts.items():
                while part.startswith("web"):
                    with suppress(httpx.HTTPError):
                        if (await http.get(f"http://{settings.host}:{settings.port}/ready")).is_success:
                            break
                    await asyncio.sleep(0.1)

    def kill(self, part: str) -> None:
        """kill -9."""
        self._processes[part].kill()

    def stop(self, part: str) -> None:
        """SIGTERM, as a service manager restarts a part: it ends what it has begun, and is started again."""
        self._processes[part].terminate()

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

    async def _keep(self, part: str, log: int) -> None:
        while True:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "careloom.cli", "up", "--role", part.split(maxsplit=1)[0]),
                env=environment_of(self.parts[part]),
                stdout=log,
                stderr=log,
            )
            self._processes[part] = process
            self.starts[part] += 1
            try:
                await process.wait()
            except asyncio.CancelledError:
                with suppress(ProcessLookupError):
                    process.terminate()
                await process.wait()
                raise
            await asyncio.sleep(_RESTART_SECONDS)
