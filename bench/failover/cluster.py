"""etcd and two PostgreSQL servers under Patroni on loopback, as operators run them on machines of their own."""

import asyncio
import secrets
import signal
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from string import Template
from typing import IO, Any

import httpx
import psutil
import psycopg
from psycopg import sql

from bench.failover.tools import Tools, owned_by
from careloom.platform.database.embedded import create_roles, prepare_database
from tests.ports import free_port

SAMPLE = Path(__file__).parents[2] / "docs" / "patroni.yml"
"""The configuration that the operators' guide shows."""

_DATABASE = "careloom"
_PATIENCE_SECONDS = 120.0


class Node:
    """One server: its Patroni, and the PostgreSQL that this one runs."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.port, self.rest_port = free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def configuration(self) -> Path:
        """What Patroni reads."""
        return self.folder / "patroni.yml"

    def kill(self) -> None:
        """kill -9 of Patroni and of all processes of PostgreSQL, as when the machine loses its power."""
        assert self.process is not None
        family = [psutil.Process(self.process.pid), *_postgres(self.folder / "data")]
        for one in family:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        self.process.wait()
        psutil.wait_procs(family, 10)


class Cluster:
    """Two nodes, `a` and `b`, and what is asked of them."""

    def __init__(self, folder: Path, tools: Tools) -> None:
        self._folder = folder
        self._tools = tools
        self._passwords = {
            name: secrets.token_hex(16) for name in ("superuser", "replication", "rewind", "owner", "app")
        }
        self._etcd_port = free_port()
        self.nodes = {name: Node(name, folder / name) for name in ("a", "b")}

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Both nodes run inside, in step, with the program's roles and an empty database."""
        with (self._folder / "cluster.log").open("ab") as log:
            etcd = self._start_etcd(log)
            try:
                self.start(self.nodes["a"])
                await self.primary()
                await asyncio.to_thread(self._prepare)
                self.start(self.nodes["b"])
                await self.in_step()
                yield
            finally:
                for node in self.nodes.values():
                    _stop(node.process)
                _stop(etcd)

    def url(self, role: str) -> str:
        """The database as `role`, owner or app, by the addresses of both nodes."""
        hosts = ",".join(f"127.0.0.1:{one.port}" for one in self.nodes.values())
        return f"postgresql://careloom_{role}:{self._passwords[role]}@{hosts}/{_DATABASE}"

    @property
    def superuser_url(self) -> str:
        """The database past its policies, for the verdict, on whichever node takes writes."""
        hosts = ",".join(f"127.0.0.1:{one.port}" for one in self.nodes.values())
        return (
            f"postgresql://postgres:{self._passwords['superuser']}@{hosts}/{_DATABASE}?target_session_attrs=read-write"
        )

    def start(self, node: Node) -> None:
        """Starts a node's Patroni, as a service manager does again and again."""
        if not node.folder.exists():
            owned_by(self._tools.user, node.folder)
        node.configuration.write_text(self._configured(node))
        with (self._folder / f"{node.name}.log").open("ab") as log:
            node.process = subprocess.Popen(
                [*self._tools.patroni, str(node.configuration)],
                env=self._tools.environment,
                user=self._tools.user,
                cwd=self._folder,
                stdout=log,
                stderr=log,
            )

    async def members(self) -> dict[str, dict[str, Any]]:
        """What the nodes that answer say of all: `role` and `state` by name; empty where none answers."""
        async with httpx.AsyncClient(trust_env=False, timeout=3) as http:
            for node in self.nodes.values():
                with suppress(httpx.HTTPError, ValueError):
                    found = (await http.get(f"http://127.0.0.1:{node.rest_port}/cluster")).json()
                    return {one["name"]: one for one in found["members"]}
        return {}

    async def primary(self, other_than: str = "") -> Node:
        """The node that takes writes, once there is one that is not `other_than`."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                for name, member in (await self.members()).items():
                    if member["role"] == "leader" and member["state"] == "running" and name != other_than:
                        return self.nodes[name]
                await asyncio.sleep(0.25)

    async def in_step(self) -> None:
        """Until the replica has every confirmed commit, so that the primary may be lost."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not any(one["role"] == "sync_standby" for one in (await self.members()).values()):  # noqa: ASYNC110
                await asyncio.sleep(0.25)

    def _prepare(self) -> None:
        node = self.nodes["a"]
        login = f"postgresql://postgres:{self._passwords['superuser']}@127.0.0.1:{node.port}"
        with psycopg.connect(f"{login}/postgres", autocommit=True) as connection:
            create_roles(connection)
            for role in ("owner", "app"):
                words = "ALTER ROLE {} PASSWORD {}"
                connection.execute(sql.SQL(words).format(sql.Identifier(f"careloom_{role}"), self._passwords[role]))
            connection.execute(f"CREATE DATABASE {_DATABASE} OWNER careloom_owner")
        with psycopg.connect(f"{login}/{_DATABASE}", autocommit=True) as connection:
            prepare_database(connection)

    def _start_etcd(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        address, peers = f"http://127.0.0.1:{self._etcd_port}", f"http://127.0.0.1:{free_port()}"
        options = {
            "name": "one",
            "data-dir": str(self._folder / "etcd"),
            "listen-client-urls": address,
            "advertise-client-urls": address,
            "listen-peer-urls": peers,
            "initial-advertise-peer-urls": peers,
            "initial-cluster": f"one={peers}",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        return subprocess.Popen([self._tools.etcd, *words], stdout=log, stderr=log)

    def _configured(self, node: Node) -> str:
        return Template(SAMPLE.read_text()).substitute(
            {f"{name}_password": value for name, value in self._passwords.items()},
            name=node.name,
            address="127.0.0.1",
            port=node.port,
            rest_port=node.rest_port,
            etcd=f"127.0.0.1:{self._etcd_port}",
            network="127.0.0.1/32",
            folder=node.folder,
            programs=self._tools.programs,
            watchdog="off",
        )


def _postgres(data: Path) -> list[psutil.Process]:
    try:
        postmaster = psutil.Process(int((data / "postmaster.pid").read_text().split("\n")[0]))
        return [postmaster, *postmaster.children(recursive=True)]
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return []


def _stop(process: "subprocess.Popen[bytes] | None") -> None:
    if process is None or process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(60)
    process.kill()
