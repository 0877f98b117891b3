"""Filters of SCIM as conditions of a statement, over the attributes that are kept."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, true

from careloom.identity.core.scim.filter import Among, BadFilterError, Compared, Filter, Joined, Negated, Value

Columns = Mapping[str, ColumnElement[Any]]


def condition(node: Filter, columns: Columns) -> ColumnElement[bool]:
    """The condition of a filter; `columns` by path in small letters. Raises BadFilterError for any other path."""
    if isinstance(node, Joined):
        parts = [condition(one, columns) for one in node.parts]
        return and_(*parts) if node.op == "and" else or_(*parts)
    if isinstance(node, Negated):
        return not_(condition(node.inner, columns))
    if isinstance(node, Among):
        inner = {
            path.removeprefix(f"{node.path}."): one for path, one in columns.items() if path.startswith(f"{node.path}.")
        }
        return condition(node.inner, inner)
    column = columns.get(node.path)
    if column is None:
        raise BadFilterError(f"One cannot filter by {node.path[:80]!r}; by {', '.join(sorted(columns))}.")
    return _compared(column, node)


def _compared(column: ColumnElement[Any], node: Compared) -> ColumnElement[bool]:
    if node.op == "pr":
        return column.is_not(None)
    kind = column.type.python_type
    if kind is bool:
        return _of_truth(column, node)
    if kind is UUID:
        return _of_id(column, node)
    if not isinstance(node.value, str):
        return column.is_(None) if node.op == "eq" and node.value is None else false()
    found, value = func.lower(column), node.value.lower()
    chosen: dict[str, ColumnElement[bool]] = {
        "eq": found == value,
        "ne": or_(found != value, column.is_(None)),
        "co": found.contains(value, autoescape=True),
        "sw": found.startswith(value, autoescape=True),
        "ew": found.endswith(value, autoescape=True),
        "gt": found > value,
        "ge": found >= value,
        "lt": found < value,
        "le": found <= value,
    }
    return func.coalesce(chosen[node.op], false())


def _of_truth(column: ColumnElement[Any], node: Compared) -> ColumnElement[bool]:
    if node.op not in ("eq", "ne"):
        raise BadFilterError(f"{node.path} is compared by eq and ne.")
    wanted = _truth(node.value)
    return column.is_(wanted if node.op == "eq" else not wanted)


def _of_id(column: ColumnElement[Any], node: Compared) -> ColumnElement[bool]:
    if node.op not in ("eq", "ne"):
        raise BadFilterError(f"{node.path} is compared by eq and ne.")
    try:
        same: ColumnElement[bool] = column == UUID(str(node.value))
    except ValueError:
        return false() if node.op == "eq" else true()
    return same if node.op == "eq" else not_(same)


def _truth(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise BadFilterError("A truth value is true or false.")
