"""`careloom keys`: shows, rotates and destroys clients' keys, and changes the master key in its file."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import LiteralString, TypeVar
from uuid import uuid4

import psycopg
import pytest

from careloom.cli.command import main
from careloom.platform.database.transactions import Database
from careloom.platform.keys.cipher import Place
from careloom.platform.keys.masters import FILE, OPTION, open_masters, read_masters
from careloom.platform.keys.ring import keys_of
from careloom.platform.settings import Settings
from tests.postgres import FreshDatabase
from tests.world import SYSTEM, World

T = TypeVar("T")
PLACE = Place("masked_value.value", (uuid4(),))


class Installation:
    """An installation on the test's own database, with one client; each step is a process of its own, as it were."""

    def __init__(self, home: Path, fresh: FreshDatabase) -> None:
        self.home = home
        self.fresh = fresh
        self.client = self.within(lambda database: World(database).client())

    def within(self, work: Callable[[Database], Awaitable[T]]) -> T:
        async def run() -> T:
            masters = open_masters(Settings(home=self.home))
            database = Database(self.fresh.url, 1, {OPTION: masters})
            try:
                return await work(database)
            finally:
                await database.close()

        return asyncio.run(run())

    def seal(self, text: str) -> str:
        async def work(database: Database) -> str:
            async with database.transaction(SYSTEM) as tx:
                return (await keys_of(tx, self.client.id)).seal(PLACE, text)

        return self.within(work)

    def open(self, sealed: str) -> str:
        async def work(database: Database) -> str:
            async with database.transaction(SYSTEM) as tx:
                return (await keys_of(tx, self.client.id)).open(PLACE, sealed)

        return self.within(work)

    def rows(self, query: LiteralString) -> list[tuple[object, ...]]:
        with psycopg.connect(self.fresh.superuser_url) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def house(home: Path, fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setenv("CARELOOM_HOME", str(home))
    monkeypatch.setenv("CARELOOM_DATABASE_URL", fresh_database.url)
    return Installation(home, fresh_database)


def keys(*arguments: str) -> int:
    return main(["keys", *arguments])


def test_a_list_names_each_client_its_version_and_master(
    house: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    assert keys("list") == 0
    assert f"{house.client.id}  {house.client.name}: no key yet" in capsys.readouterr().out
    house.seal("words")
    assert keys("list") == 0
    master = open_masters(Settings(home=house.home)).current()
    said = capsys.readouterr().out
    assert "version 1 of " in said
    assert f"master {master}" in said


def test_a_rotation_makes_the_next_version_and_leaves_the_rest_to_a_worker(
    house: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    sealed = house.seal("words")
    assert keys("rotate", "--client", str(house.client.id)) == 0
    assert "Version 2 seals from now on" in capsys.readouterr().out
    assert house.seal("more").startswith("k1.2.")
    assert house.open(sealed) == "words"
    assert house.rows("SELECT 1 FROM procrastinate_jobs WHERE task_name = 'compliance.rotate_key'")
    assert keys("rotate", "--client", str(house.client.id)) == 2
    assert "is being rotated" in capsys.readouterr().err


@pytest.mark.parametrize("given", [(), ("--client", "no id"), ("--client", str(uuid4()))])
def test_a_client_that_is_not_there_is_refused(
    house: Installation, capsys: pytest.CaptureFixture[str], given: tuple[str, ...]
) -> None:
    assert keys("rotate", *given) == 2
    assert capsys.readouterr().err


def test_keys_are_destroyed_only_for_a_reason_and_for_whoever_types_the_clients_name(
    house: Installation, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    house.seal("words")
    mine = ("shred", "--client", str(house.client.id))
    assert keys(*mine) == 2
    assert "--reason" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO("another client\n"))
    assert keys(*mine, "--reason", "the contract ended") == 2
    assert "/client_name" in capsys.readouterr().err
    assert keys("verify") == 0
    assert "1 keys open, 0 were destroyed" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{house.client.name}\n"))
    assert keys(*mine, "--reason", "the contract ended") == 0
    assert "Destroyed: 1" in capsys.readouterr().out
    assert house.rows("SELECT wrapped FROM client_key") == [(None,)]
    assert house.rows("SELECT rule FROM purge_record WHERE data_class = 'keys'") == [("shredding: the contract ended",)]
    assert keys("list") == 0
    assert ": destroyed " in capsys.readouterr().out


def test_a_new_master_key_wraps_everything_and_the_old_one_goes_when_it_is_told_to(
    house: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    sealed = house.seal("words")
    (old,) = read_masters(house.home / FILE)
    assert keys("rotate-master") == 0
    assert ": 1 keys." in capsys.readouterr().out
    assert len(read_masters(house.home / FILE)) == 2
    assert house.open(sealed) == "words"
    assert keys("rotate-master", "--destroy-old") == 0
    kept = read_masters(house.home / FILE)
    assert len(kept) == 1
    assert old not in kept
    assert house.open(sealed) == "words"
    assert keys("verify") == 0


def test_a_key_whose_master_is_gone_is_called_lost(house: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    house.seal("words")
    (house.home / FILE).write_text("another master key of this installation\n")
    assert keys("verify") == 1
    assert f"LOST    client {house.client.id}, version 1" in capsys.readouterr().out
