"""`careloom keys`: shows, rotates and destroys clients' keys, and changes the master key in its file."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import LiteralString, TypeVar
from uuid import uuid4

import psycopg
import pytest
import structlog

from careloom.cli.command import main
from careloom.platform.database.transactions import Database
from careloom.platform.keys.cipher import Place
from careloom.platform.keys.masters import FILE, OPTION, open_masters, read_masters
from careloom.platform.keys.ring import keys_of
from careloom.platform.redaction.logs import hold_rules
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


def test_what_a_command_logs_is_redacted_by_the_clients_own_rules_too_and_leaves_its_output_alone(
    house: Installation, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def tell(*_: object) -> None:
        structlog.get_logger().warning("looked", answer="badge BDG-1234")
        logging.getLogger("some.library").warning("BDG-1234 is away")
        raise RuntimeError("BDG-1234 of ada@care.example")

    with psycopg.connect(house.fresh.superuser_url) as connection:
        rule = '{"rules": [{"name": "badge", "pattern": "BDG-[0-9]{4}"}]}'
        connection.execute("UPDATE client SET privacy = privacy || %s", [rule])
    monkeypatch.setattr("careloom.cli.keys.list_keys", tell)
    try:
        assert keys("list") == 1
    finally:
        hold_rules({})
    said = capsys.readouterr()
    assert said.out == ""
    looked, library, failed = (json.loads(line) for line in said.err.splitlines())
    assert (looked["event"], looked["answer"]) == ("looked", "badge [badge ××××]")
    assert "BDG" not in library["event"]
    assert (failed["event"], failed["command"], failed["error"]) == ("command_failed", "keys", "RuntimeError")
    assert "BDG-1234" not in failed["exception"]
    assert "ada@" not in failed["exception"]


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
    said = capsys.readouterr().out
    assert "No archive of this client was fetched" in said
    assert "Destroyed: 1" in said
    assert house.rows("SELECT wrapped FROM client_key") == [(None,)]
    assert house.rows("SELECT rule FROM purge_record WHERE data_class = 'keys'") == [("shredding: the contract ended",)]
    assert keys("list") == 0
    assert ": destroyed " in capsys.readouterr().out


def test_who_destroys_keys_is_told_first_of_the_archive_that_nobody_fetched(
    house: Installation, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = ("shred", "--client", str(house.client.id), "--reason", "the contract ended")
    made = "INSERT INTO data_export (client_id, id, state, made_by_name, made_at, expires_at, fetched_at) VALUES "
    told: list[str] = []
    with psycopg.connect(house.fresh.superuser_url, autocommit=True) as connection:
        for day, fetched in (("2030-02-03 04:05Z", "now()"), ("2030-02-05 04:05Z", "NULL")):
            values = f"(%s, gen_random_uuid(), 'ready', 'Ada', '{day}', now() + interval '1 day', {fetched})"
            connection.execute(made + values, [house.client.id])  # pyright: ignore[reportArgumentType]
            monkeypatch.setattr("sys.stdin", io.StringIO("another client\n"))
            assert keys(*mine) == 2
            told.append(capsys.readouterr().out.splitlines()[1])
    assert told == [
        "The archive of 2030-02-03 04:05 UTC was fetched. What was written since is not in it.",
        "The archive of 2030-02-05 04:05 UTC was not fetched. Once the keys are gone, nobody can read it.",
    ]


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
