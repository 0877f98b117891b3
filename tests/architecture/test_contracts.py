"""Imports keep to the house: the contracts of pyproject.toml hold, and none is weakened by exceptions."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "careloom"


def test_every_import_contract_holds() -> None:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "", "HOME": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_no_contract_has_exceptions() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert settings["exclude_type_checking_imports"] is False
    weakened = [one["id"] for one in settings["contracts"] if any(name.startswith("ignore") for name in one)]
    assert weakened == []


def test_every_capability_is_in_the_contracts() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    contracts = {one["id"]: one for one in settings["contracts"]}
    capabilities = {one.parent.name for one in PACKAGE.glob("*/types*")} - {"demo", "platform"}
    assert {one.removeprefix("careloom.") for one in contracts["rooms"]["containers"]} == capabilities
    closed = {name.removeprefix("private-") for name in contracts if name.startswith("private-")}
    assert closed == {one.parent.name for one in PACKAGE.glob("*/tables*")} - {"platform"}
