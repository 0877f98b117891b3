"""Whatever the audit trail records is told to people in words, in each language of the interface."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_ACTION = re.compile(r"[a-z_]+\.[a-z_]+")


def _trees() -> list[ast.Module]:
    return [ast.parse(one.read_text()) for one in sorted((ROOT / "src/careloom").rglob("*.py"))]


def _recorders(trees: list[ast.Module]) -> set[str]:
    """What is called with an action: `audit.record` and what capabilities put around it, and the noting of readings."""
    defined = (one for tree in trees for one in ast.walk(tree))
    functions = (one for one in defined if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
    return {"Read"} | {
        one.name for one in functions if any(each.arg == "action" for each in [*one.args.args, *one.args.kwonlyargs])
    }


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _written(call: ast.Call) -> Iterator[str]:
    values = [*call.args, *(one.value for one in call.keywords)]
    for one in (each for value in values for each in ast.walk(value)):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and _ACTION.fullmatch(one.value):
            yield one.value


def _actions() -> set[str]:
    trees = _trees()
    recorders = _recorders(trees)
    calls = (one for tree in trees for one in ast.walk(tree) if isinstance(one, ast.Call))
    return {action for call in calls if _called(call) in recorders for action in _written(call)}


def _untold(actions: set[str], words: dict[str, Any]) -> list[str]:
    """Actions that have neither a phrase of their own nor words for both their noun and their verb."""

    def told(action: str) -> bool:
        noun, verb = action.split(".")
        return action.replace(".", "_") in words["action"] or (noun in words["noun"] and verb in words["verb"])

    return sorted(one for one in actions if not told(one))


def test_every_action_of_the_audit_trail_has_words_in_every_language() -> None:
    actions = _actions()
    assert {"customer.reveal", "client_key.shred", "scim_token.revoke"} <= actions
    for file in sorted((ROOT / "web/src/features/setup/locales").glob("*.json")):
        assert _untold(actions, json.loads(file.read_text(encoding="utf-8"))["audit"]) == [], file.name
