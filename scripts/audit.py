"""`make audit`: asks the advisory services about every locked package, and the index whether one was yanked.
1 for a finding, 0 with a word for no answer.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_SECONDS, _INDEX_SECONDS = 120, 900
_LOCK = ROOT / "requirements.lock"
_YANKED = re.compile(
    r"yanked version: '(?P<name>[^']+)' candidate \(version (?P<version>\S+)[^\n]*\n(?P<reason>[^\n]*)"
)


class UnreachableError(Exception):
    """An advisory service gave no answer."""


def main() -> int:
    """Prints what was found, and where nothing could be asked."""
    found: list[str] = []
    for name, ask in (("Python", _ask_python), ("index", _ask_index), ("npm", _ask_npm)):
        try:
            mine = ask()
        except UnreachableError as error:
            print(f"[audit] {name}: not asked ({error}); run `make audit` where the service can be reached")
            continue
        print(f"[audit] {name}: {len(mine)} findings")
        found += mine
    for one in found:
        print(f"  {one}")
    return 1 if found else 0


def _ask_python() -> list[str]:
    """About one package first: where the service knows none, the others need not be asked about."""
    first = _LOCK.read_text().split("\n    # via", 1)[0] + "\n"
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as probe:
        probe.write(first)
        probe.flush()
        list(python_findings(_said(_pip_audit(probe.name), ROOT)))
    return list(python_findings(_said(_pip_audit(str(_LOCK)), ROOT)))


def _ask_index() -> list[str]:
    return ask_index(_LOCK)


def ask_index(requirements: Path) -> list[str]:
    """Which of the pinned `requirements` were withdrawn, as pip finds them where its own configuration sends it.

    Raises UnreachableError where pip does not find all of them. npm has no such mark: what its registry withdraws is
    gone, and `npm ci` fails.
    """
    options = ["--dry-run", "--ignore-installed", "--no-deps", "--quiet", "--disable-pip-version-check"]
    done = _run([sys.executable, "-m", "pip", "install", *options, "-r", str(requirements)], ROOT, _INDEX_SECONDS)
    if done.returncode:
        raise UnreachableError(next(iter(done.stderr.strip().splitlines()[-1:]), "no answer"))
    return list(yanked(done.stderr))


def yanked(said: str) -> Iterator[str]:
    """What pip warned of, a line each."""
    for one in _YANKED.finditer(said):
        yield f"{one['name']} {one['version']}: withdrawn from the index. {one['reason']}"


def _ask_npm() -> list[str]:
    return list(npm_findings(_said(["npm", "audit", "--json"], ROOT / "web")))


def _pip_audit(requirements: str) -> list[str]:
    program = str(ROOT / ".make" / "audit" / "bin" / "pip-audit")
    quiet = ["--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    return [program, "-r", requirements, "--disable-pip", "--require-hashes", *quiet]


def python_findings(said: str) -> Iterator[str]:
    """What pip-audit found, a line each; raises UnreachableError where it could ask about no package."""
    packages: list[dict[str, Any]] = _object(said).get("dependencies", [])
    if not any("vulns" in one for one in packages):
        raise UnreachableError("no package is known to the advisory service")
    for one in packages:
        for weakness in one.get("vulns", []):
            fixed = ", ".join(weakness.get("fix_versions", [])) or "no release yet"
            yield f"{one['name']} {one['version']}: {weakness['id']}, fixed in {fixed}"


def npm_findings(said: str) -> Iterator[str]:
    """What `npm audit` found, a line each; raises UnreachableError where the registry has no advisories."""
    answer = _object(said)
    if "vulnerabilities" not in answer:
        raise UnreachableError(str(answer.get("message", "no answer")).partition(" - ")[0])
    for name, one in answer["vulnerabilities"].items():
        yield f"{name} {one.get('range', '')}: {one.get('severity', 'unknown')}"


def _object(said: str) -> dict[str, Any]:
    """The first JSON object in what a program said; raises UnreachableError where there is none."""
    try:
        return json.JSONDecoder().raw_decode(said[said.index("{") :])[0]
    except ValueError:
        raise UnreachableError("no answer") from None


def _said(command: list[str], folder: Path) -> str:
    if shutil.which(command[0]) is None:
        raise UnreachableError(f"{Path(command[0]).name} is not installed")
    return _run(command, folder, _SECONDS).stdout


def _run(command: list[str], folder: Path, seconds: int) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise UnreachableError(f"no answer within {seconds} s") from None


if __name__ == "__main__":
    sys.exit(main())
