"""Careloom as several processes of each role on one database, behind a balancer for each protocol."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from msgspec.structs import replace

from bench.failover.balancer import balanced
from bench.installation import PASSWORD, Installation, small_world
from careloom.demo.mailbox import Mailbox
from careloom.platform.settings import Settings
from tests.chaos.house import House, environment_of
from tests.ports import free_port

ADMIN = "bench@example.org"
_OF_EACH = 2


class Installed:
    """The installation: where it is reached, its processes, and its command line."""

    def __init__(self, settings: Settings, house: House) -> None:
        self._settings = settings
        self.house = house
        self.at: Installation

    def careloom(self, *words: str, given: str = "", **more: Any) -> str:
        """Runs a command of the program; answers what it printed. Raises CalledProcessError."""
        environment = environment_of(replace(self._settings, **more))
        command = [sys.executable, "-m", "careloom.cli", *words]
        done = subprocess.run(command, env=environment, input=given, capture_output=True, text=True, check=True)
        return done.stdout

    async def agents(self, count: int) -> list[str]:
        """Makes people who answer; their addresses."""
        async with httpx.AsyncClient(base_url=self.at.url, trust_env=False, timeout=60) as http:
            http.headers["Authorization"] = f"Bearer {self.at.token}"
            (
                await http.post("/api/dispositions", json={"client_id": self.at.client_id, "name": "Answered"})
            ).raise_for_status()
            emails = [f"agent{number}@example.org" for number in range(count)]
            for email in emails:
                grant = {"role": "agent", "scope": "client", "scope_id": self.at.client_id}
                person: Mapping[str, Any] = {
                    "name": "Ada Agent",
                    "email": email,
                    "password": PASSWORD,
                    "grants": [grant],
                }
                answer = await http.post("/api/people", json={**person, "provider_id": self.at.provider_id})
                answer.raise_for_status()
        return emails


@asynccontextmanager
async def installed(folder: Path, url: str | None = None, owner_url: str | None = None) -> AsyncGenerator[Installed]:
    """Two processes of each role run inside, with a small world; they are stopped cleanly at the end.

    Their database is the one at `url`, or an embedded one.
    """
    port, smtp_port = free_port(), free_port()
    settings = Settings(
        home=folder / "home",
        port=port,
        smtp_port=smtp_port,
        relay_port=free_port(),
        public_url=f"http://127.0.0.1:{port}",
        database_url=url,
        log_level="warning",
    )
    parts = {
        f"{role} {number}": replace(settings, port=free_port(), smtp_port=free_port())
        for role in ("web", "worker", "router", "smtp")
        for number in range(1, _OF_EACH + 1)
    }
    one = Installed(settings, House(settings, parts))
    await asyncio.to_thread(one.careloom, "migrate", database_owner_url=owner_url)
    await asyncio.to_thread(one.careloom, "user", "add", "--email", ADMIN, "--password-stdin", given=f"{PASSWORD}\n")
    webs = [each.port for name, each in parts.items() if name.startswith("web")]
    mails = [each.smtp_port for name, each in parts.items() if name.startswith("smtp")]
    relay = Mailbox(settings.relay_host, settings.relay_port)
    async with relay, balanced(port, webs), balanced(smtp_port, mails), one.house.running():
        one.at = await asyncio.to_thread(small_world, settings.home, port, smtp_port)
        yield one
