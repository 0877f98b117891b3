"""`careloom doctor`: a line for each check, and below a failed one what to do."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from careloom.cli.command import main
from tests.postgres import FreshDatabase


@pytest.fixture
def relay() -> Iterator[int]:
    """The port of something that takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield int(listening.getsockname()[1])


@pytest.fixture(autouse=True)
def installation(
    home: Path, fresh_database: FreshDatabase, relay: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installation with nothing wrong."""
    (tmp_path / "index.html").touch()
    monkeypatch.setattr("careloom.cli.doctor.static_folder", lambda: tmp_path)
    monkeypatch.setenv("CARELOOM_HOME", str(home))
    monkeypatch.setenv("CARELOOM_DATABASE_URL", fresh_database.url)
    monkeypatch.setenv("CARELOOM_RELAY_PORT", str(relay))


def test_a_sound_installation_has_a_line_for_each_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"ok    {one}" for one in ("data folder", "database", "attachments", "front end", "mail relay")]


@pytest.mark.parametrize(
    ("name", "value", "check", "advice"),
    [
        ("HOME", "/dev/null/home", "data folder", "Set CARELOOM_HOME to a folder"),
        (
            "DATABASE_URL",
            "postgresql://nobody@127.0.0.1:1/none",
            "database",
            "Start PostgreSQL or correct CARELOOM_DAT",
        ),
        ("RELAY_PORT", "1", "mail relay", "Start the mail server, or correct CARELOOM_RELAY_HOST"),
    ],
)
def test_a_failed_check_is_followed_by_one_line_of_advice(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, check: str, advice: str
) -> None:
    monkeypatch.setenv(f"CARELOOM_{name}", value)
    assert main(["doctor"]) == 1
    lines = capsys.readouterr().out.splitlines()
    failed = [number for number, line in enumerate(lines) if line.startswith(f"FAIL  {check}: ")]
    assert len(failed) == 1
    assert lines[failed[0] + 1].startswith(f"      {advice}")
    assert len(lines) == 6


def test_a_front_end_that_is_not_built_is_named_with_what_to_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "index.html").unlink()
    assert main(["doctor"]) == 1
    assert "FAIL  front end: It is not built.\n      Run `make web`, or install the wheel.\n" in capsys.readouterr().out


def test_a_role_that_owns_the_tables_is_refused(
    fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CARELOOM_DATABASE_URL", fresh_database.owner_url)
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert (
        "owns tables or can pass row-level security.\n      Set CARELOOM_DATABASE_URL to the role careloom_app" in said
    )


def test_an_embedded_server_that_the_doctor_started_is_stopped_again(
    monkeypatch: pytest.MonkeyPatch, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CARELOOM_DATABASE_URL")
    main(["doctor"])
    assert "ok    database" in capsys.readouterr().out
    assert (home / "postgres" / "PG_VERSION").exists()
    assert not (home / "postgres" / "postmaster.pid").exists()
