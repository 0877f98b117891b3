"""What the source looks like: short, described, finished, and free of what belongs to one machine."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "careloom"
_LONGEST_FUNCTION = 60
_LONGEST_FILE = 320
_PERSONAL = re.compile(r"(?<![\w.])/(home|Users|root|tmp|work|mnt)/\w+")
_EDGE = re.compile(r"^careloom/(main\.py|platform/web/.*|\w+/http(\.py|/.*))$")


def _files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "versions" not in path.parts and "node_modules" not in path.parts:
                yield path


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _comments(path: Path) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def test_nothing_is_left_to_do_and_no_type_is_waved_through() -> None:
    unfinished = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|type:\s*ignore|pyright:\s*(basic|ignore(?!\[))")
    found = [
        f"{_name(path)}:{line} {comment}"
        for path in _files("src", "tests", "bench")
        for line, comment in _comments(path)
        if unfinished.search(comment)
    ]
    assert found == []


def test_functions_fit_a_screen() -> None:
    long = [
        f"{_name(path)}:{node.lineno} {node.name}"
        for path in _files("src")
        for node in _functions(ast.parse(path.read_text()))
        if (node.end_lineno or 0) - node.lineno >= _LONGEST_FUNCTION
    ]
    assert long == []


def test_files_stay_short() -> None:
    long = [_name(path) for path in _files("src") if len(path.read_text().splitlines()) > _LONGEST_FILE]
    assert long == []


def test_every_module_and_everything_public_says_what_it_is() -> None:
    silent: list[str] = []
    for path in _files("src"):
        tree = ast.parse(path.read_text())
        if ast.get_docstring(tree) is None:
            silent.append(_name(path))
        silent += [f"{_name(path)}:{line} {name}" for line, name in _undescribed(tree)]
    assert silent == []


def _undescribed(node: ast.Module | ast.ClassDef) -> Iterator[tuple[int, str]]:
    for one in node.body:
        if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not one.name.startswith("_"):
            if ast.get_docstring(one) is None:
                yield one.lineno, one.name
            if isinstance(one, ast.ClassDef):
                yield from _undescribed(one)


def test_the_web_framework_is_imported_at_the_edge_alone() -> None:
    inside = [
        f"{_name(path)}:{line}"
        for path in _files("src")
        if not _EDGE.match(path.relative_to(ROOT / "src").as_posix())
        for line, module in _imports(path)
        if module.partition(".")[0] == "litestar"
    ]
    assert inside == []


def test_statements_of_the_database_stay_out_of_the_edge() -> None:
    """Endpoints call queries and commands: no table and no statement is built in them; outages they may know."""
    found = [
        f"{_name(path)}:{line}"
        for path in [*PACKAGE.glob("*/http.py"), *PACKAGE.glob("*/http/**/*.py")]
        for line, module in _imports(path)
        if module.partition(".")[0] == "sqlalchemy" and module != "sqlalchemy.exc"
    ]
    assert found == []


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, one.name) for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    suffixes = (".py", ".toml", ".md", ".ts", ".tsx", ".css", ".html", ".yaml", ".yml")
    found: list[str] = []
    for folder in ("src", "docs", "scripts", "web/src", "bench"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in suffixes and path.is_file():
                lines = enumerate(path.read_text().splitlines(), 1)
                found += [f"{_name(path)}:{number} {line.strip()}" for number, line in lines if _PERSONAL.search(line)]
    assert found == []


def test_commands_never_commit_and_leave_transactions_to_their_callers() -> None:
    found = [
        f"{_name(path)}:{node.lineno}"
        for path in [
            *PACKAGE.glob("*/commands.py"),
            *PACKAGE.glob("*/commands/**/*.py"),
            *PACKAGE.glob("*/queries/**/*.py"),
        ]
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in ("commit", "rollback")
    ]
    assert found == []


def test_no_key_is_kept_with_the_source() -> None:
    known = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    assert [name for name in known if re.search(r"(^|/)\.(home|env)(/|$)|\.(key|pem|p12|pfx)$", name)] == []
