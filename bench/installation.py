"""A whole installation in a folder of its own, for benches: `careloom up`, a small world, an API key."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from msgspec import Struct

from tests.ports import free_port

PASSWORD = "correct horse battery"
"""Everyone's."""


class Installation(Struct, frozen=True):
    """Where a running installation is reached, and what the small world in it is called."""

    home: Path
    port: int
    smtp_port: int
    token: str
    program_id: str
    address: str
    widget_key: str
    provider_id: str
    client_id: str

    @property
    def url(self) -> str:
        """The address of its web role."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def sockets(self) -> str:
        """The folder where its PostgreSQL listens."""
        return (self.home / "postgres" / "postmaster.pid").read_text().splitlines()[4]


@contextmanager
def running_installation(roles: Sequence[str] = ()) -> Generator[Installation]:
    """Starts one on free ports, with durable settings as shipped; stops and removes it at the end.

    One process does everything, or one process runs each of `roles`, which may name one more than once.
    """
    folder = Path(tempfile.mkdtemp(prefix="careloom-bench-"))
    folder.chmod(0o755)
    home, port, smtp_port = folder / "home", free_port(), free_port()
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CARELOOM_")}
    environment = {
        **kept,
        "CARELOOM_HOME": str(home),
        "CARELOOM_PORT": str(port),
        "CARELOOM_SHARED_PORT": str(roles.count("web") > 1),
        "CARELOOM_SMTP_PORT": str(smtp_port),
        "CARELOOM_LOG_LEVEL": "warning",
    }
    careloom = [sys.executable, "-m", "careloom.cli"]
    add = [*careloom, "user", "add", "--email", "bench@example.org", "--password-stdin"]
    subprocess.run(add, env=environment, input=f"{PASSWORD}\n".encode(), check=True, capture_output=True)
    log = (folder / "log").open("wb")
    parts = [["--role", role] for role in roles] or [[]]
    started = [subprocess.Popen([*careloom, "up", *part], env=environment, stdout=log, stderr=log) for part in parts]
    try:
        yield small_world(home, port, smtp_port)
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(60)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def report(
    measure: str, unit: str, ours: float, peer: float | None, peer_name: str | None, target: float | None, topic: str
) -> None:
    """Prints one measure as one line of JSON."""
    ratio = None if not peer else round(ours / peer, 3)
    values = {"topic": topic, "measure": measure, "unit": unit, "ours": round(ours, 2)}
    peers = {"peer": None if peer is None else round(peer, 2), "peer_name": peer_name, "ratio": ratio}
    print(json.dumps({**values, **peers, "target": target}), flush=True)


def small_world(home: Path, port: int, smtp_port: int) -> Installation:
    """Makes an organization, a queue and a way in by each channel, by the API at `port`."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as http:
        _wait_for(http)
        me = http.post("/api/session", json={"email": "bench@example.org", "password": PASSWORD}).json()
        http.headers["X-CSRF-Token"] = me["csrf_token"]

        def make(path: str, **values: Any) -> Any:
            answer = http.post(f"/api/{path}", json=values)
            answer.raise_for_status()
            return answer.json()

        provider = make("providers", name="Bench provider")["id"]
        client = make("clients", name="Bench client", industry="retail", color="#336699")["id"]
        program = make(
            "programs",
            client_id=client,
            name="Bench",
            time_zone="UTC",
            provider_ids=[provider],
            channels=["email", "chat", "sms"],
        )["id"]
        make(
            "queues",
            client_id=client,
            program_id=program,
            provider_id=provider,
            name="All",
            channels=["email", "chat", "sms"],
        )
        address = "care@bench.example"
        make("mail-addresses", program_id=program, address=address, display_name="Bench")
        widget = make("chat-widgets", program_id=program, name="Bench")["key"]
        token = make("api-keys", name="bench")["secret"]
    return Installation(home, port, smtp_port, token, program, address, widget, provider, client)


def _wait_for(http: httpx.Client) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if http.get("/ready").is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise TimeoutError("the installation did not start")
