"""`careloom doctor`: a line for each check, and below a failed one what to do."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from careloom.cli.command import main
from careloom.cli.doctor import CHECKS
from careloom.platform.database.transactions import Database
from tests.certificates import make_certificate
from tests.postgres import FreshDatabase
from tests.world import World


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
    assert lines == [f"ok    {one}" for one in CHECKS]


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
    assert len(lines) == len(CHECKS) + 1


@pytest.mark.parametrize(
    ("declared", "of"),
    [
        (("REGIONS", "FILES_REGION", "RELAY_REGION"), "Data of the region eu"),
        (("FILES_REGION",), "Files of the region eu"),
        (("RELAY_REGION",), "Mail of the"),
    ],
)
def test_clients_whose_region_is_not_served_are_named(
    fresh_database: FreshDatabase,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    declared: tuple[str, ...],
    of: str,
) -> None:
    for name in declared:
        monkeypatch.setenv(f"CARELOOM_{name}", "us")
    assert main(["doctor"]) == 0
    asyncio.run(_make_client(fresh_database.url))
    assert main(["doctor"]) == 1
    assert f"FAIL  regions: {of}" in capsys.readouterr().out
    for name in declared:
        monkeypatch.setenv(f"CARELOOM_{name}", "eu")
    assert main(["doctor"]) == 0


@pytest.mark.usefixtures("fresh_database")
def test_a_store_of_which_nobody_said_where_it_stands_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CARELOOM_REGIONS", "eu")
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    for name in ("FILES", "RELAY"):
        assert f"CARELOOM_{name}_REGION is not: set it to the region in which" in said


async def _make_client(url: str) -> None:
    database = Database(url)
    await World(database).client()
    await database.close()


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


@pytest.mark.parametrize(
    ("values", "check", "advice"),
    [
        ({"PUBLIC_URL": "http://care.example.com"}, "https", "Set CARELOOM_PUBLIC_URL to an https:// address"),
        ({"PUBLIC_URL": "https://care.example.com"}, "proxy", "Set CARELOOM_TRUSTED_PROXIES"),
        ({"RELAY_HOST": "10.255.255.1"}, "relay link", "Set CARELOOM_RELAY_TLS to starttls or tls"),
    ],
)
def test_what_crosses_the_network_in_the_clear_is_named(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    values: dict[str, str],
    check: str,
    advice: str,
) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"CARELOOM_{name}", value)
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert [line for line in said.splitlines() if line.startswith("FAIL") and "mail relay" not in line] == [
        line for line in said.splitlines() if line.startswith(f"FAIL  {check}: ")
    ]
    assert f"FAIL  {check}: " in said
    assert f"\n      {advice}" in said


def test_a_key_that_others_may_read_is_named(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home.mkdir(parents=True)
    key = home / "secret.key"
    key.write_text("x" * 48)
    key.chmod(0o640)
    assert main(["doctor"]) == 1
    assert f"FAIL  secret key: Other users of this machine may read {key}." in capsys.readouterr().out
    key.chmod(0o600)
    config = tmp_path / "careloom.toml"
    config.write_text("")
    config.chmod(0o644)
    monkeypatch.setenv("CARELOOM_CONFIG", str(config))
    assert main(["doctor"]) == 1
    assert f"may read {config}." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "days", "mode", "words"),
    [
        ("care.example.com", 90, 0o600, None),
        ("*.example.com", 90, 0o640, None),
        ("care.example.com", 5, 0o600, "It ends on "),
        ("other.example.com", 90, 0o600, "It is not for care.example.com."),
        ("care.example.com", 90, 0o644, "Other users of this machine may read "),
    ],
)
def test_a_certificate_is_looked_at_before_people_are_turned_away(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    days: int,
    mode: int,
    words: str | None,
) -> None:
    make_certificate(tmp_path, name, days)
    (tmp_path / "key.pem").chmod(mode)
    monkeypatch.setenv("CARELOOM_TLS_CERTIFICATE", str(tmp_path / "certificate.pem"))
    monkeypatch.setenv("CARELOOM_TLS_KEY", str(tmp_path / "key.pem"))
    monkeypatch.setenv("CARELOOM_PUBLIC_URL", "https://care.example.com")
    assert main(["doctor"]) == (0 if words is None else 1)
    said = capsys.readouterr().out
    assert "ok    certificate" in said if words is None else f"FAIL  certificate: {words}" in said


def test_a_table_without_its_guard_is_named(fresh_database: FreshDatabase, capsys: pytest.CaptureFixture[str]) -> None:
    with psycopg.connect(fresh_database.superuser_url) as connection:
        connection.execute("ALTER TABLE macro NO FORCE ROW LEVEL SECURITY")
    assert main(["doctor"]) == 1
    assert "FAIL  database: Row-level security is not forced on macro." in capsys.readouterr().out


def test_a_table_that_is_only_called_like_those_of_the_jobs_is_named(
    fresh_database: FreshDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(fresh_database.superuser_url) as connection:
        connection.execute("CREATE TABLE procrastinate_copies (client_id uuid, words text)")
    assert main(["doctor"]) == 1
    assert "FAIL  database: Row-level security is not forced on procrastinate_copies." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("second", "words"),
    [("/nowhere", "/nowhere:5432 does not answer."), (None, "No replica confirms commits:")],
    ids=["one of them is down", "none waits for the other"],
)
def test_several_servers_of_which_one_would_lose_what_was_accepted_are_named(
    second: str | None,
    words: str,
    fresh_database: FreshDatabase,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = fresh_database.url.split("host=")[1]
    monkeypatch.setenv("CARELOOM_DATABASE_URL", f"{fresh_database.url},{second or folder + '/'}")
    assert main(["doctor"]) == 1
    assert f"FAIL  database: {words}" in capsys.readouterr().out
