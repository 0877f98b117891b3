"""`make audit`: asks the advisory services about every locked package; 1 for a finding, 0 with a word for no answer."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_SECONDS = 240
_PYTHON = [
    *(
        str(ROOT / ".make" / "audit" / "bin" / "pip-audit"),
        "-r",
        "requirements.lock",
        "--disable-pip",
        "--require-hashes",
        "--format",
        "json",
    ),
    *("--progress-spinner", "off", "--timeout", "10"),
]
_NPM = ["npm", "audit", "--json"]


class UnreachableError(Exception):
    """An advisory service gave no answer."""


def main() -> int:
    """Prints what was found, and where nothing could be asked."""
    found: list[str] = []
    for name, folder, command, read in (
        ("Python", ROOT, _PYTHON, python_findings),
        ("npm", ROOT / "web", _NPM, npm_findings),
    ):
        try:
            mine = list(read(_said(command, folder)))
        except UnreachableError as error:
            print(f"[audit] {name}: not asked ({error}); run `make audit` where the service can be reached")
            continue
        print(f"[audit] {name}: {len(mine)} findings")
        found += mine
    for one in found:
        print(f"  {one}")
    return 1 if found else 0


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
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False).stdout
    except subprocess.TimeoutExpired:
        raise UnreachableError(f"no answer within {_SECONDS} s") from None


if __name__ == "__main__":
    sys.exit(main())
