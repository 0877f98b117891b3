"""`careloom audit`: verifies chains, exports one, checks the file without a database; names the first wrong entry."""

from __future__ import annotations

import io
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import LiteralString
from uuid import UUID

import msgspec
import psycopg
import pytest

from careloom.cli.command import main
from careloom.platform.secrets import load_secret
from careloom.platform.trail.checkpoint import Notary
from tests.postgres import FreshDatabase


@pytest.fixture(autouse=True)
def installation(home: Path, fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation whose own chain has an entry for each of two administrators."""
    monkeypatch.setenv("CARELOOM_HOME", str(home))
    monkeypatch.setenv("CARELOOM_DATABASE_URL", fresh_database.url)
    for name in ("ada", "bo"):
        monkeypatch.setattr("sys.stdin", io.StringIO("a long password\n"))
        assert main(["user", "add", "--email", f"{name}@care.example", "--name", name, "--password-stdin"]) == 0


def _export(path: Path) -> Path:
    assert main(["audit", "export", "--client", "installation", "--out", str(path)]) == 0
    return path


def _change(fresh_database: FreshDatabase, statement: LiteralString) -> None:
    with psycopg.connect(fresh_database.superuser_url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        assert connection.execute(statement).rowcount == 1


def test_a_right_chain_is_verified_and_says_how_long_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "verify", "--client", "installation"]) == 0
    assert "ok      installation: 2 entries up to 2" in capsys.readouterr().out
    assert main(["audit", "verify", "--new"]) == 0


def test_a_changed_entry_is_named(fresh_database: FreshDatabase, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "verify"]) == 0
    _change(fresh_database, "UPDATE audit_entry SET actor_name = 'nobody' WHERE after->>'name' = 'ada'")
    capsys.readouterr()
    assert main(["audit", "verify"]) == 1
    assert "BROKEN  installation: " in capsys.readouterr().out


def test_an_export_is_checked_without_the_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = _export(tmp_path / "trail.jsonl")
    monkeypatch.delenv("CARELOOM_DATABASE_URL")
    monkeypatch.setenv("CARELOOM_HOME", str(tmp_path / "nothing"))
    capsys.readouterr()
    assert main(["audit", "check", str(file)]) == 0
    assert "ok      installation: 3 entries" in capsys.readouterr().out
    assert main(["audit", "check", str(file), "--key", "0" * 64]) == 1
    assert not (tmp_path / "nothing").exists()


def test_a_changed_or_shortened_export_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = _export(tmp_path / "trail.jsonl").read_text().splitlines()
    forged = [one.replace("ada@care.example", "eve@care.example") for one in lines]
    assert forged != lines
    for name, content in (("forged", forged), ("shortened", [lines[0], *lines[2:]])):
        file = tmp_path / name
        file.write_text("\n".join(content) + "\n")
        capsys.readouterr()
        assert main(["audit", "check", str(file)]) == 1, name
        assert "BROKEN" in capsys.readouterr().out


def test_a_later_export_is_held_against_an_earlier_one(
    tmp_path: Path, fresh_database: FreshDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    earlier = _export(tmp_path / "earlier.jsonl")
    later = _export(tmp_path / "later.jsonl")
    assert main(["audit", "check", str(later), "--known", str(earlier)]) == 0
    assert len(later.read_text().splitlines()) > len(earlier.read_text().splitlines())
    assert json.loads(later.read_text().splitlines()[0])["chain"] == "installation"
    _change(fresh_database, "DELETE FROM audit_seal WHERE client_id IS NULL AND number = 1")
    capsys.readouterr()
    assert main(["audit", "verify", "--known", str(earlier)]) == 1


@pytest.mark.parametrize("level", ["info", "warning"])
def test_a_log_or_a_verifications_output_that_was_kept_shows_that_a_chain_was_cut_off(
    tmp_path: Path,
    fresh_database: FreshDatabase,
    capsys: pytest.CaptureFixture[str],
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    level: str,
) -> None:
    monkeypatch.setenv("CARELOOM_LOG_LEVEL", level)
    capsys.readouterr()
    assert main(["audit", "verify", "--client", "installation"]) == 0
    told = capsys.readouterr()
    kept = tmp_path / "careloom.log"
    if level == "info":
        line = json.loads(told.err)
        assert line["event"] == "audit_checkpoint"
        kept.write_text('{"event": "starting"}\n' + json.dumps(line) + "\n")
    else:
        assert told.err == ""
        kept.write_text(told.out)
    assert main(["audit", "verify", "--known", str(kept)]) == 0
    shutil.rmtree(home / "audit")
    _change(fresh_database, "DELETE FROM audit_checkpoint WHERE client_id IS NULL")
    _change(fresh_database, "DELETE FROM audit_seal WHERE client_id IS NULL AND number = 2")
    cut = "UPDATE audit_chain c SET number = 1, hash = s.hash, verified_number = 0 FROM audit_seal s"
    _change(fresh_database, f"{cut} WHERE s.number = 1 AND s.client_id IS NULL AND c.client_id IS NULL")
    _change(fresh_database, "DELETE FROM audit_entry WHERE after->>'name' = 'bo'")
    assert main(["audit", "verify", "--client", "installation"]) == 0
    assert main(["audit", "verify", "--client", "installation", "--known", str(kept)]) == 1


def test_checkpoints_that_cannot_be_checked_are_counted_with_the_reason(
    fresh_database: FreshDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _change(
        fresh_database,
        "INSERT INTO client (id, name, industry, color, region) VALUES"
        " ('00000000-0000-0000-0000-000000000007', 'Amber', 'retail', '#336699', 'eu')",
    )
    _change(
        fresh_database,
        "INSERT INTO audit_entry (id, client_id, actor_name, action, subject_type, subject_id)"
        " VALUES (gen_random_uuid(), '00000000-0000-0000-0000-000000000007', 'ada', 'a.b', 'a', gen_random_uuid())",
    )
    earlier = _export(tmp_path / "earlier.jsonl")
    assert main(["audit", "verify", "--known", str(earlier)]) == 0
    assert "1 of 1 checkpoints checked" in capsys.readouterr().out
    assert main(["audit", "verify", "--new", "--known", str(earlier)]) == 2
    assert "1 not checked: older than --new looks" in capsys.readouterr().out
    assert main(["audit", "verify", "--client", str(UUID(int=7)), "--known", str(earlier)]) == 2
    assert "1 not checked: of chains that were not asked for" in capsys.readouterr().out
    monkeypatch.setenv("CARELOOM_SECRET_KEY", "another secret of another installation")
    assert main(["audit", "verify", "--known", str(earlier)]) == 2
    said = capsys.readouterr().out
    assert "ok      installation" in said
    assert "0 of 1 checkpoints checked" in said
    assert "1 not checked: signed by another key" in said
    both = tmp_path / "both.jsonl"
    both.write_text(earlier.read_text() + _export(tmp_path / "later.jsonl").read_text())
    capsys.readouterr()
    assert main(["audit", "verify", "--known", str(both)]) == 0
    said = capsys.readouterr().out
    assert "1 of 2 checkpoints checked" in said
    assert "1 not checked: signed by another key" in said


def test_a_file_without_a_checkpoint_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "careloom.log"
    log.write_text('{"event": "starting"}\n')
    assert main(["audit", "verify", "--known", str(log)]) == 2
    assert "0 of 0 checkpoints checked" in capsys.readouterr().out


def test_a_chain_that_is_gone_as_a_whole_is_missed_where_a_checkpoint_of_it_was_kept(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = UUID(int=7)
    taken = Notary(load_secret(home)).sign(str(gone), 3, "0" * 64, datetime(2026, 1, 1, tzinfo=UTC))
    kept = tmp_path / "kept.json"
    kept.write_bytes(msgspec.json.encode(taken))
    assert main(["audit", "verify", "--known", str(kept)]) == 1
    assert f"BROKEN  {gone}: entry 3: the chain ends before a checkpoint" in capsys.readouterr().out


def test_what_entries_say_of_somebody_is_erased_and_the_chain_stays_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = [json.loads(one) for one in _export(tmp_path / "before.jsonl").read_text().splitlines()[1:-1]]
    (subject,) = {one["subject_id"] for one in entries if "ada@care.example" in (one["content"] or "")}
    erase = ["audit", "erase", "--client", "installation", "--subject", subject, "--reason", "asked for"]
    capsys.readouterr()
    assert main(erase) == 0
    assert capsys.readouterr().out.startswith(f"1 entries about {subject}")
    after = _export(tmp_path / "after.jsonl")
    assert "ada@care.example" not in after.read_text()
    assert "asked for" in after.read_text()
    assert main(["audit", "check", str(after), "--known", str(tmp_path / "before.jsonl")]) == 0
    assert main(["audit", "verify"]) == 0
    assert "the content of 1 erased" in capsys.readouterr().out
    assert main(erase) == 0
    assert capsys.readouterr().out.startswith("0 entries")


def test_nothing_is_erased_while_a_legal_hold_stands_at_the_client(
    fresh_database: FreshDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    client_id = "00000000-0000-0000-0000-000000000007"
    for statement in (
        (
            "INSERT INTO client (id, name, industry, color, region)"
            " VALUES ('00000000-0000-0000-0000-000000000007', 'Amber', 'retail', '#336699', 'eu')"
        ),
        (
            "INSERT INTO legal_hold (client_id, id, scope, reason, placed_by)"
            " VALUES ('00000000-0000-0000-0000-000000000007', gen_random_uuid(), 'client', 'a claim', 'ada')"
        ),
    ):
        _change(fresh_database, statement)
    erase = ["audit", "erase", "--client", client_id, "--subject", client_id, "--reason", "asked for"]
    assert main(erase) == 2
    assert "A legal hold stands at this client" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["export"], "Say whose chain to export"),
        (["export", "--client", "someone"], "'someone' is neither"),
        (["erase", "--client", "installation", "--reason", "asked for"], "Say whose chain, about whom"),
        (["erase", "--client", "installation", "--subject", "ada", "--reason", "asked for"], "'ada' is none"),
        (["check"], "Name the exported file"),
        (["check", "/nowhere/trail.jsonl"], "cannot be read"),
        (["verify", "--known", "/nowhere/trail.jsonl"], "cannot be read"),
        (["verify", "--client", "0190a000-0000-7000-8000-000000000000"], "There is no chain 0190a000"),
        (["export", "--client", "0190a000-0000-7000-8000-000000000000"], "There is no chain 0190a000"),
    ],
)
def test_what_cannot_be_done_says_what_to_say(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", *arguments]) == 2
    assert said in capsys.readouterr().err
