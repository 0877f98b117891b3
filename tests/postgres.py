"""The PostgreSQL of a test process, and databases in it that belong to one test each."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from pathlib import Path

import psycopg
from psycopg import sql

from careloom.platform.database.embedded import OWNER_ROLE, EmbeddedPostgres, temporary_name

TEMPLATE = "careloom_template"
_OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_wal_size": "128MB",
    "max_connections": "300",
    "file_copy_method": "clone",
}

_kept: dict[EmbeddedPostgres, psycopg.Connection[tuple[object, ...]]] = {}
"""To open one costs a quarter of what copying a database does."""


class FreshDatabase:
    """A database of one test's own: `url` as the program's role, `owner_url` as the tables' owner."""

    def __init__(self, server: EmbeddedPostgres, name: str) -> None:
        self.name = name
        self.url = server.url("careloom_app", name)
        self.owner_url = server.url(OWNER_ROLE, name)
        self.superuser_url = server.url("postgres", name)


@contextlib.contextmanager
def running_postgres(folder: Path) -> Generator[EmbeddedPostgres]:
    """A server in `folder`, without durability."""
    server = EmbeddedPostgres(folder, _OPTIONS)
    server.start()
    yield server
    kept = _kept.pop(server, None)
    if kept is not None:
        kept.close()
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
    _administrator(server).execute(statement.format(*map(sql.Identifier, (name, template, OWNER_ROLE))))


def drop_database(server: EmbeddedPostgres, name: str) -> None:
    """Removes a database and ends whoever is still connected to it."""
    _administrator(server).execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _administrator(server: EmbeddedPostgres) -> psycopg.Connection[tuple[object, ...]]:
    """The superuser's connection that makes and removes the databases of all tests, a new one where it was lost."""
    kept = _kept.get(server)
    if kept is None or kept.closed:
        kept = _kept[server] = psycopg.connect(server.url(), autocommit=True)
    return kept
