"""`careloom export client` and `careloom import client`: the file is for its user alone, and read from the start."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from careloom.cli.command import main
from careloom.cli.session import with_database
from careloom.platform.database.transactions import Database
from careloom.platform.settings import Settings
from tests.postgres import FreshDatabase
from tests.world import World


async def _lumen(database: Database) -> None:
    await World(database).client("Lumen")


def test_a_client_leaves_in_a_file_of_its_users_own_and_does_not_come_back_where_it_still_is(
    home: Path,
    fresh_database: FreshDatabase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CARELOOM_HOME", str(home))
    monkeypatch.setenv("CARELOOM_DATABASE_URL", fresh_database.url)
    with_database(Settings(home=home, database_url=fresh_database.url), _lumen)
    path = tmp_path / "lumen.tar"
    assert main(["export", "client", "Lumen", str(path)]) == 0
    assert path.stat().st_mode & 0o777 == 0o600
    with tarfile.open(path) as tar:
        assert tar.getnames()[-1] == "manifest.json"
    assert main(["import", "client", str(path)]) == 2
    assert "The client Lumen is in this installation already." in capsys.readouterr().err
    path.write_bytes(path.read_bytes()[:-2000])
    assert main(["import", "client", str(path)]) == 2
    assert "lumen.tar is no whole archive of a client" in capsys.readouterr().err
    assert main(["import", "client", f"{path}.gone"]) == 2
    assert "lumen.tar.gone cannot be read: No such file or directory." in capsys.readouterr().err


def test_a_file_that_opens_and_cannot_be_read_is_one_clear_sentence(
    home: Path, fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CARELOOM_HOME", str(home))
    monkeypatch.setenv("CARELOOM_DATABASE_URL", fresh_database.url)
    assert main(["import", "client", "/proc/self/mem"]) == 2
    assert capsys.readouterr().err.endswith("/proc/self/mem cannot be read: Input/output error.\n")
