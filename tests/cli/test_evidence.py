"""`careloom evidence isolation`: a dated report that an auditor reads, and a status that a script reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from careloom.cli.command import main
from careloom.evidence.isolation.outcome import Outcome


def test_some_probes_are_run_and_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CARELOOM_HOME", str(tmp_path / "home"))
    assert main(["evidence", "isolation", "--only", "counts", "--out", str(tmp_path / "report")]) == 0
    said = capsys.readouterr().out
    assert said.startswith("ok    ")
    assert ", 0 findings" in said
    written = {one.suffix: one.read_text() for one in (tmp_path / "report").iterdir()}
    assert written.keys() == {".md", ".html", ".json"}
    report = json.loads(written[".json"])
    assert report["findings"] == 0
    assert report["probes"] > 0
    assert not (tmp_path / "home" / "postgres").exists(), "it touches no installation"


def test_a_finding_is_told_and_fails_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Outcome("tables", "Rows", "what", 3, ("a row of another client was seen",))

    async def run_suite(_names: list[str], tell: Callable[[Outcome], None]) -> list[Outcome]:
        tell(found)
        return [found]

    monkeypatch.setenv("CARELOOM_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("careloom.cli.evidence.run_suite", run_suite)
    assert main(["evidence", "isolation", "--out", str(tmp_path / "report")]) == 1
    said = capsys.readouterr().out
    assert "FOUND Rows" in said
    assert "a row of another client was seen" in said
