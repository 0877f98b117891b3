"""Authority is asked for over a whole client unless the code says otherwise; and it says so where that does no harm."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from careloom.identity.core import extent
from careloom.platform.access import Permission

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "careloom"

LENIENT = {
    "may_somewhere": 0,
    "require_somewhere": 0,
    "clients_for": 0,
    "within_somewhere": 1,
    "within_shared": 1,
}
"""What asks for at least one program of a client, and at which place it takes the permission."""

SHARED = {
    Permission.ORGANIZATIONS_READ: "a client's name and colour, and the list of the programs that one sees",
    Permission.CUSTOMERS_READ: "a customer is the client's: whoever works for it meets the same person",
    Permission.CUSTOMERS_WRITE: "the same",
    Permission.CUSTOMERS_MERGE: "the same",
    Permission.PRIVACY_REVEAL: "an attribute of such a customer; every reading is in the audit trail",
    Permission.MESSAGES_INGEST: "a file before its message, a customer's address: the message names the program",
    Permission.CONVERSATIONS_REPLY: "a file before the reply that takes it along",
    Permission.CONVERSATIONS_READ: "lists that are held to programs row by row; outcomes that every program has",
    Permission.KNOWLEDGE_READ: "macros that every program has",
    Permission.QUEUES_READ: "lists that are held to programs row by row",
    Permission.CHANNELS_READ: "the same",
    Permission.CHANNELS_WRITE: "the same: mailboxes",
    Permission.DATA_IMPORT: "the same: imports; and their customers, who are the client's",
}
"""What may be asked for so, with the reason. Nothing that rules over a client, or takes it out, belongs here."""

OWN_WAYS = {
    "conversations/queries/lists.py": "a filter for each program, so that each has its index",
    "conversations/queries/search.py": "keeps a statement for each way to reach",
    "identity/commands/roles.py": "what one holds over a provider",
    "identity/core/glass.py": "makes reaches: what breaking the glass adds",
    "identity/core/reach.py": "whether one manages an owner's people",
    "identity/core/extent.py": "explains reaches",
    "identity/queries/glass.py": "names the clients over which one may break the glass",
    "platform/access.py": "where the rule stands",
    "platform/database/scope.py": "turns reaches into filters",
    "routing/core/served.py": "compares people by what they reach",
    "routing/queries/live.py": "whose people one sees on the board",
    "routing/queries/snapshot.py": "which programs each agent serves",
}
"""Files that look into reaches themselves, with the reason."""


def _sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield str(path.relative_to(PACKAGE)), ast.parse(path.read_text())


def _permissions(node: ast.AST) -> set[Permission]:
    named = [each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)]
    return {Permission[one] for one in named if one in Permission.__members__}


def _meant(asked: ast.expr, tree: ast.Module) -> set[Permission]:
    """The permissions that an argument can stand for: named there, by a constant, or in the function around it."""
    if isinstance(asked, ast.Attribute):
        return _permissions(asked)
    constants = [
        each.value
        for each in tree.body
        if isinstance(each, (ast.Assign, ast.AnnAssign))
        and any(isinstance(one, ast.Name) and one.id == getattr(asked, "id", None) for one in _targets(each))
    ]
    around: list[ast.AST] = [
        each
        for each in ast.walk(tree)
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)) and asked in set(ast.walk(each))
    ]
    return {one for each in (constants or around) if each is not None for one in _permissions(each)}


def _targets(node: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _lenient() -> Iterator[tuple[str, set[Permission]]]:
    for name, tree in _sources():
        if name in ("platform/access.py", "platform/database/scope.py", "platform/live/desk.py"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called in LENIENT:
                    yield f"{name}:{node.lineno}", _meant(node.args[LENIENT[called]], tree)


def test_only_what_whoever_works_for_a_client_shares_is_asked_for_over_some_program_of_it() -> None:
    found = list(_lenient())
    unknown = [place for place, meant in found if not meant]
    assert unknown == [], "say which permission is meant, by a constant of the module"
    wrong = [f"{place}: {', '.join(sorted(meant - SHARED.keys()))}" for place, meant in found if meant - SHARED.keys()]
    assert wrong == [], "require it over the whole client, or with the program"
    assert {one for _, meant in found for one in meant} == SHARED.keys()


def test_what_is_asked_for_so_is_explained_so() -> None:
    """Beside it stand what lists of one's own programs ask for over anything, and what breaking the glass looks up."""
    explained = extent.SHARED | extent.LISTED
    over_anything = {Permission.PEOPLE_READ, Permission.LIVE_READ, Permission.GLASS_BREAK}
    assert explained == SHARED.keys() | over_anything
    assert not extent.WHOLE & explained


def test_reaches_are_looked_into_where_that_is_known() -> None:
    found = {
        name
        for name, tree in _sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("reaches_for", "covers", "touches")
    }
    assert found == OWN_WAYS.keys()
