"""Fixtures for every test: a closed network, one embedded PostgreSQL, a fresh database for each test that asks."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from careloom.platform.database.embedded import OWNER_ROLE, EmbeddedPostgres, temporary_name
from careloom.platform.database.migrations import migrate
from careloom.platform.database.transactions import Database

_TEMPLATE = "careloom_template"


@pytest.fixture(autouse=True, scope="session")
def closed_network() -> Iterator[None]:
    """No test reaches beyond loopback."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple):
            host = str(address[0])
            if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
                raise OSError(f"tests may not connect to {host}")
        connect(self, address)  # pyright: ignore[reportArgumentType]

    socket.socket.connect = guarded
    yield
    socket.socket.connect = connect


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """The embedded server with a migrated template database; durability is switched off, speed is all it needs."""
    folder = tmp_path_factory.mktemp("postgres") / "data"
    os.chmod(tmp_path_factory.getbasetemp(), 0o755)
    server = EmbeddedPostgres(
        folder,
        {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300"},
    )
    server.start()
    server.create(_TEMPLATE)
    migrate(server.url(OWNER_ROLE, _TEMPLATE))
    yield server
    server.stop()


class FreshDatabase:
    """A database of one test's own: `url` as the program's role, `owner_url` as the tables' owner."""

    def __init__(self, server: EmbeddedPostgres, name: str) -> None:
        self.name = name
        self.url = server.url("careloom_app", name)
        self.owner_url = server.url(OWNER_ROLE, name)
        self.superuser_url = server.url("postgres", name)


@pytest.fixture
def fresh_database(postgres: EmbeddedPostgres) -> Iterator[FreshDatabase]:
    """A migrated, empty database."""
    name = temporary_name()
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                sql.Identifier(name), sql.Identifier(_TEMPLATE), sql.Identifier(OWNER_ROLE)
            )
        )
    yield FreshDatabase(postgres, name)
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
async def database(fresh_database: FreshDatabase) -> AsyncIterator[Database]:
    """The program's access to a fresh database."""
    opened = Database(fresh_database.url)
    yield opened
    await opened.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder of the test's own."""
    return tmp_path / "home"
