"""What the program may say, read from its source: the templates of errors and texts, and what cannot be translated."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from msgspec import Struct

import careloom

ROOT = Path(careloom.__file__).parent
_ENGLISH_ALONE = ("cli", "demo", "evidence", "migrations")
"""Who runs commands reads them; the demo's people make up their own texts."""


class Said(Struct, frozen=True):
    """A template with where it stands; `fault` where it is put together so that no catalogue can hold it."""

    template: str
    place: str
    fault: bool = False


@cache
def said() -> tuple[Said, ...]:
    """Everything that can be said to people, and every fault."""
    trees = {path: ast.parse(path.read_text()) for path in sorted(ROOT.rglob("*.py"))}
    kinds = _kinds(trees.values())
    found: list[Said] = []
    for path, tree in trees.items():
        if path.relative_to(ROOT).parts[0] not in _ENGLISH_ALONE:
            found += _Module(path, tree, kinds).said()
    return tuple(found)


def said_in(source: str) -> list[Said]:
    """What a piece of source says, for trying the rules themselves."""
    tree = ast.parse(source)
    return list(_Module(ROOT / "piece.py", tree, _kinds([tree]) | {"InvalidInputError"}).said())


def _kinds(trees: Iterable[ast.Module]) -> set[str]:
    """The names of the errors that people are told of: those for the terminal are not among them."""
    bases = {
        one.name: {_name(base) for base in one.bases}
        for tree in trees
        for one in ast.walk(tree)
        if isinstance(one, ast.ClassDef)
    }
    found = {"CareloomError"}
    while more := {name for name, of in bases.items() if of & found and name != "TerminalError"} - found:
        found |= more
    return found


class _Module:
    def __init__(self, path: Path, tree: ast.Module, kinds: set[str]) -> None:
        self._path = path.relative_to(ROOT)
        self._tree = tree
        self._kinds = kinds
        self._assigned: dict[str, list[ast.expr]] = {}
        self._passing: dict[str, int] = {}
        for one in ast.walk(tree):
            if isinstance(one, (ast.Assign, ast.AnnAssign)) and one.value is not None:
                for target in one.targets if isinstance(one, ast.Assign) else [one.target]:
                    if isinstance(target, ast.Name):
                        self._assigned.setdefault(target.id, []).append(one.value)
            elif isinstance(one, ast.FunctionDef):
                for at, given in enumerate(one.args.args):
                    if given.annotation is not None and "LiteralString" in ast.unparse(given.annotation):
                        self._passing[one.name] = at

    def said(self) -> Iterator[Said]:
        for one in ast.walk(self._tree):
            if isinstance(one, ast.ClassDef) and one.name in self._kinds and (doc := ast.get_docstring(one)):
                yield Said(doc.splitlines()[0], self._place(one))
                yield Said(" ".join(doc.split()), self._place(one))
            elif isinstance(one, ast.Call) and (given := self._template(one)) is not None:
                yield from self._of(given, set())

    def _template(self, call: ast.Call) -> ast.expr | None:
        name = _name(call.func)
        at = 1 if name == "FieldError" else 0 if name in self._kinds or name == "say" else self._passing.get(name)
        if at is None:
            return None
        named = next((one.value for one in call.keywords if one.arg in ("detail", "message", "template")), None)
        return call.args[at] if len(call.args) > at else named

    def _of(self, given: ast.expr, seen: set[str]) -> Iterator[Said]:
        match given:
            case ast.Constant(value=str(template)):
                if template:
                    yield Said(template, self._place(given))
            case ast.JoinedStr() | ast.BinOp():
                yield Said(ast.unparse(given), self._place(given), fault=True)
            case ast.IfExp(body=body, orelse=orelse):
                yield from self._of(body, seen)
                yield from self._of(orelse, seen)
            case ast.Name(id=name) if name not in seen:
                for value in self._assigned.get(name, []):
                    yield from self._of(value, seen | {name})
            case ast.Dict(values=values):
                for value in values:
                    yield from self._of(value, seen)
            case ast.Subscript(value=value) | ast.Call(func=ast.Attribute(value=value, attr="get")):
                yield from self._of(value, seen)
            case _:
                pass

    def _place(self, node: ast.AST) -> str:
        return f"{self._path}:{getattr(node, 'lineno', 0)}"


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
