"""The threat model names tests that exist, and the hardening guide lines that `careloom doctor` prints."""

from __future__ import annotations

import re
from pathlib import Path

from careloom.cli.doctor import CHECKS
from careloom.platform.database.policies import OPEN

ROOT = Path(__file__).parents[2]
MODEL, GUIDE = ROOT / "docs" / "threat-model.md", ROOT / "docs" / "hardening.md"
_PROOF = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_answer_to_a_threat_names_the_test_that_shows_it() -> None:
    bare = [row for row in _threats() if not _PROOF.search(row)]
    assert bare == []
    assert len(_threats()) > 25


def test_every_test_that_the_threat_model_names_exists() -> None:
    missing = [f"{path}::{name}" for path, name in _PROOF.findall(MODEL.read_text()) if not _exists(path, name)]
    assert missing == []


def test_the_guide_names_the_lines_of_the_doctor_and_no_others() -> None:
    named = set(re.findall(r"\[`([a-z ]+)`\]", GUIDE.read_text()))
    assert named <= CHECKS.keys()
    assert named >= {"secret key", "https", "proxy", "certificate", "database", "relay link"}


def test_the_guide_names_the_tables_without_row_level_security() -> None:
    (line,) = [one for one in GUIDE.read_text().split("- [ ] ") if one.startswith("Row-level security is forced")]
    assert {one for one in re.findall(r"`(\w+)`", line) if "_" in one} == OPEN.keys()


def _exists(path: str, name: str) -> bool:
    file = ROOT / path
    return file.is_file() and bool(re.search(rf"^(async )?def {name}\(", file.read_text(), re.MULTILINE))


def _threats() -> list[str]:
    rows: list[str] = []
    within = False
    for line in MODEL.read_text().splitlines():
        within = line.startswith("| threat |") or (within and line.startswith("|"))
        if within and not line.startswith(("| threat |", "|---")):
            rows.append(line)
    return rows
