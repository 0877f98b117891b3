"""The whole suite: builds the two worlds once, gives every class of probes a copy, and gathers what they found."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from collections.abc import Awaitable, Callable, Generator
from functools import partial
from pathlib import Path

import msgspec
import psycopg
from psycopg import sql

from careloom.evidence.isolation.outcome import Outcome
from careloom.evidence.isolation.probes.counts import counts
from careloom.evidence.isolation.probes.endpoints import ACTORS, control, endpoints
from careloom.evidence.isolation.probes.jobs import jobs
from careloom.evidence.isolation.probes.program import programs
from careloom.evidence.isolation.probes.provider import providers
from careloom.evidence.isolation.probes.scim import scim
from careloom.evidence.isolation.probes.shared import shared
from careloom.evidence.isolation.probes.sockets import sockets
from careloom.evidence.isolation.probes.tables import tables
from careloom.evidence.isolation.probes.timing import timing
from careloom.evidence.isolation.stage import Stage, build, staged
from careloom.identity.types import Role
from careloom.platform.database.embedded import OWNER_ROLE, EmbeddedPostgres
from careloom.platform.database.migrations import migrate
from careloom.platform.ids import new_id

Probe = Callable[[Stage], Awaitable[Outcome]]

PROBES: dict[str, Probe] = {
    "tables": tables,
    **{f"endpoints-{one}": partial(endpoints, actor=one) for one in ACTORS},
    "control": control,
    "sockets": sockets,
    **{f"shared-{one.value}": partial(shared, role=one) for one in (Role.AGENT, Role.ADMIN)},
    "providers": providers,
    "programs": programs,
    "scim": scim,
    "counts": counts,
    "jobs": jobs,
    "timing": timing,
}
"""Every class of probes by its name."""

_OPTIONS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "100"}
_BUILT = "careloom_worlds"


async def run_suite(names: list[str], tell: Callable[[Outcome], None]) -> list[Outcome]:
    """Runs the classes named on an embedded server of its own, which is gone afterwards; `tell` hears of each."""
    with _folder() as folder:
        server = EmbeddedPostgres(folder / "postgres", _OPTIONS)
        await asyncio.to_thread(server.start)
        try:
            server.create(_BUILT)
            await asyncio.to_thread(migrate, server.url(OWNER_ROLE, _BUILT))
            built = await build(server.url("careloom_app", _BUILT), _BUILT, folder / "home")
            outcomes: list[Outcome] = []
            for name in names:
                began = time.monotonic()
                with _copy(server) as copy:
                    url, past = server.url("careloom_app", copy), server.url("postgres", copy)
                    async with staged(built, url, past) as stage:
                        found = await PROBES[name](stage)
                outcomes.append(msgspec.structs.replace(found, seconds=round(time.monotonic() - began, 1)))
                tell(outcomes[-1])
        finally:
            await asyncio.to_thread(server.stop)
        return outcomes


@contextlib.contextmanager
def _folder() -> Generator[Path]:
    """A folder, gone afterwards, that the embedded server's own user can reach."""
    with tempfile.TemporaryDirectory(prefix="careloom-evidence-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextlib.contextmanager
def _copy(server: EmbeddedPostgres) -> Generator[str]:
    """A copy of the worlds' database, gone afterwards."""
    name = f"copy_{new_id().hex}"
    with psycopg.connect(server.url(), autocommit=True) as connection:
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}")
        connection.execute(make.format(*map(sql.Identifier, (name, _BUILT, OWNER_ROLE))))
        yield name
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
