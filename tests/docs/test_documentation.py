"""The documents say what there is: commands, settings, events, permissions, roles; and their links lead somewhere."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

import careloom
from careloom.cli.command import command_parser
from careloom.conversations.types import Phase, Status
from careloom.evidence.isolation.live import event_types
from careloom.identity.types import Role
from careloom.main import create_app
from careloom.platform.access import Permission, named
from careloom.platform.errors import CareloomError, TerminalError
from careloom.platform.runtime import open_runtime
from careloom.platform.settings import Settings
from careloom.routing.types import Presence

ROOT = Path(__file__).parents[2]
_METHODS = "GET|POST|PUT|PATCH|DELETE"
_NAMED = re.compile(rf"((?:`(?:{_METHODS})`, )*)`((?:{_METHODS})(?:\|(?:{_METHODS}))*) (/[^`?\s]*)")
"""`GET /path`, `GET|PUT /path`, or `GET`, `PUT /path`."""
_BESIDE_THE_SCHEMA = {("GET", "/schema/openapi.json"), ("GET", "/api/live/socket")}
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")


def _documents() -> list[Path]:
    return [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md"))]


def _text() -> str:
    return "\n".join(path.read_text() for path in _documents())


def _missing(names: Iterator[str] | list[str]) -> list[str]:
    text = _text()
    return sorted(one for one in set(names) if not re.search(rf"(?<![\w.]){re.escape(one)}(?![\w])", text))


def test_every_command_and_option_is_documented() -> None:
    assert _missing(_commands()) == [], "describe these in docs/operators.md"


def _commands() -> Iterator[str]:
    for action in command_parser()._actions:
        parsers: Any = action.choices
        if isinstance(parsers, dict):
            for name, parser in cast("dict[str, argparse.ArgumentParser]", parsers).items():
                yield f"careloom {name}"
                yield from _options(parser)


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        if action.help is argparse.SUPPRESS:
            continue
        yield from (one for one in action.option_strings if one.startswith("--") and one != "--help")


def test_every_setting_is_documented() -> None:
    names = [f"CARELOOM_{name.upper()}" for name in Settings.__struct_fields__]
    assert _missing([*names, "CARELOOM_CONFIG"]) == [], "describe these in docs/operators.md"


def test_no_setting_is_documented_that_does_not_exist() -> None:
    known = {f"CARELOOM_{name.upper()}" for name in Settings.__struct_fields__} | {"CARELOOM_CONFIG"}
    assert set(re.findall(r"\bCARELOOM_[A-Z_]+[A-Z]\b", _text())) - known == set()


def test_every_event_is_documented() -> None:
    assert _missing(event_types()) == [], "describe these in docs/api.md"


def test_every_operation_is_documented(operations: set[tuple[str, str]]) -> None:
    assert sorted(operations - _described()) == [], "name these in docs/api.md"


def test_no_operation_is_documented_that_does_not_exist(operations: set[tuple[str, str]]) -> None:
    assert sorted(_described() - operations - _BESIDE_THE_SCHEMA) == []


@pytest.fixture(scope="module")
def operations() -> set[tuple[str, str]]:
    """Method and path of all that the API's description holds."""
    app = create_app(open_runtime(Settings(), "postgresql://nowhere"))
    paths = cast("dict[str, dict[str, Any]]", app.openapi_schema.to_schema()["paths"])
    wanted = set(_METHODS.split("|"))
    return {(method.upper(), _brief(path)) for path, of in paths.items() for method in of if method.upper() in wanted}


def _described() -> set[tuple[str, str]]:
    """Method and path of all that docs/api.md names."""
    found = _NAMED.finditer((ROOT / "docs" / "api.md").read_text())
    return {(method, _brief(one[3])) for one in found for method in re.findall(_METHODS, one[1] + one[2])}


def _brief(path: str) -> str:
    """With `{id}` for `{client_id}` and the like."""
    return re.sub(r"\{\w+_id\}", "{id}", path)


def test_every_permission_and_role_is_documented() -> None:
    assert _missing([one.value for one in Permission]) == [], "describe these in docs/operators.md"
    assert _missing([one.value for one in Role]) == [], "describe these in docs/operators.md"


@pytest.mark.parametrize("permission", Permission)
def test_every_permission_has_words_that_say_what_it_lets_one_do(permission: Permission) -> None:
    assert str(named(permission)).endswith(f"” ({permission})")


def test_every_state_that_people_see_is_documented() -> None:
    assert _missing([one.value for kind in (Presence, Phase, Status) for one in kind]) == []


def test_the_two_commands_of_the_readme_exist() -> None:
    readme, makefile = (ROOT / "README.md").read_text(), (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)\b", readme))
    assert {"run", "test"} <= named
    assert named <= targets


def test_every_target_that_documents_name_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)\b", _text())) - targets == set()


def test_every_measurement_can_be_run_and_is_described() -> None:
    folder, makefile = ROOT / "bench", (ROOT / "Makefile").read_text()
    programs = [*folder.glob("*.py"), *folder.glob("*/__main__.py")]
    topics = {(one if one.parent == folder else one.parent).stem for one in programs if '"__main__"' in one.read_text()}
    offered = re.search(r"^TOPICS := (.*)$", makefile, re.MULTILINE)
    assert offered is not None
    assert set(offered[1].split()) == topics
    assert set(re.findall(r"`make bench TOPIC=([a-z]+)", _text())) == topics - {"failover"}


def test_links_between_documents_lead_somewhere() -> None:
    broken: list[str] = []
    for path in _documents():
        for match in _LINK.finditer(path.read_text()):
            target, _, anchor = (match[1] or match[2]).partition("#")
            if "://" in target or target.startswith("mailto:"):
                continue
            found = (path.parent / target).resolve() if target else path
            if not found.exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")
            elif anchor and found.suffix == ".md" and anchor not in _anchors(found):
                broken.append(f"{path.relative_to(ROOT)}: {target}#{anchor}")
    assert broken == []


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+\s+(.*)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).strip().replace(" ", "-") for one in headings}


def test_every_decision_is_listed() -> None:
    listed = (ROOT / "docs" / "decisions" / "README.md").read_text()
    files = [path.name for path in (ROOT / "docs" / "decisions").glob("0*.md")]
    assert [name for name in files if name not in listed] == []


def test_every_code_of_an_error_is_documented_with_its_status() -> None:
    rows = [line.split("|") for line in (ROOT / "docs" / "api.md").read_text().splitlines() if line.startswith("| ")]
    documented = {code: row[1] for row in rows for code in re.findall(r"`(\w+)`", row[-2])}
    for module in pkgutil.walk_packages(careloom.__path__, "careloom."):
        if not module.name.startswith(("careloom.migrations", "careloom.cli.__main__")):
            importlib.import_module(module.name)
    kinds = {kind.__new__(kind).code: str(kind.status) for kind in _kinds(CareloomError)}
    lacking = [code for code, status in kinds.items() if status not in documented.get(code, "")]
    assert lacking == [], "name these codes beside their status in docs/api.md, Errors"


def _kinds(kind: type[CareloomError]) -> Iterator[type[CareloomError]]:
    """What people and programs are told of: not what only a terminal shows, or a redirect."""
    for one in kind.__subclasses__():
        if one is not TerminalError and not one.__name__.startswith("_") and one.__module__.startswith("careloom."):
            yield one
            yield from _kinds(one)
