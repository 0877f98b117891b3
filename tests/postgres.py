"""The PostgreSQL of a test process, and databases in it that belong to one test each."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from careloom.platform.database.embedded import OWNER_ROLE, EmbeddedPostgres, temporary_name

TEMPLATE = "careloom_template"
_MEMORY, _PREFIX = Path("/dev/shm"), "careloom-tests-"
_ENOUGH_BYTES = 1_000_000_000
_OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_wal_size": "128MB",
    "max_connections": "300",
}


class FreshDatabase:
    """A database of one test's own: `url` as the program's role, `owner_url` as the tables' owner."""

    def __init__(self, server: EmbeddedPostgres, name: str) -> None:
        self.name = name
        self.url = server.url("careloom_app", name)
        self.owner_url = server.url(OWNER_ROLE, name)
        self.superuser_url = server.url("postgres", name)


@contextlib.contextmanager
def running_postgres(folder: Path) -> Generator[EmbeddedPostgres]:
    """A server without durability, its data in memory where there is room, otherwise in `folder`."""
    with _memory_folder() as memory:
        server = EmbeddedPostgres((memory or folder) / "data", _OPTIONS)
        server.start()
        yield server
        server.stop()


@contextlib.contextmanager
def database_like(server: EmbeddedPostgres, template: str) -> Generator[FreshDatabase]:
    """A copy of the database `template`, gone afterwards."""
    name = temporary_name()
    copy_database(server, template, name)
    yield FreshDatabase(server, name)
    drop_database(server, name)


def copy_database(server: EmbeddedPostgres, template: str, name: str) -> None:
    """Makes the database `name` as a copy of `template`, to which nobody may be connected."""
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy OWNER {}")
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(statement.format(*map(sql.Identifier, (name, template, OWNER_ROLE))))


def drop_database(server: EmbeddedPostgres, name: str) -> None:
    """Removes a database and ends whoever is still connected to it."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextlib.contextmanager
def _memory_folder() -> Generator[Path | None]:
    """A folder in memory: on some file systems a database takes twenty times as long to copy; None without room."""
    if not os.access(_MEMORY, os.W_OK) or shutil.disk_usage(_MEMORY).free < _ENOUGH_BYTES:
        yield None
        return
    _remove_left_behind()
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-", dir=_MEMORY) as name:
        Path(name).chmod(0o755)
        yield Path(name)


def _remove_left_behind() -> None:
    """Removes the folders of test processes that were killed; a server that is still there then ends itself."""
    for folder in _MEMORY.glob(f"{_PREFIX}*"):
        if not psutil.pid_exists(int(folder.name.removeprefix(_PREFIX).split("-")[0])):
            shutil.rmtree(folder, ignore_errors=True)
