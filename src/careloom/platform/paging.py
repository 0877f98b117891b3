"""Keyset pages: a cursor says after which row the next page begins; nothing is counted or skipped."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    Subquery,
    TableValuedAlias,
    Uuid,
    cast,
    func,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import SQLCoreOperations

from careloom.platform.errors import InvalidInputError

T = TypeVar("T")
MAX_LIMIT = 100


class Page(Struct, Generic[T], frozen=True):
    """Part of a list; `next` continues it, None at its end."""

    items: tuple[T, ...]
    next: str | None = None


def keyset(
    statement: Select[Any],
    columns: Sequence[ColumnElement[Any]],
    after: str | None,
    limit: int,
    *,
    descending: bool = False,
) -> Select[Any]:
    """Orders by `columns`, starts after the cursor and asks for one row more than `limit`."""
    if after is not None:
        position = tuple_(
            *[_typed(value, column) for value, column in zip(_decode(after, columns), columns, strict=True)]
        )
        whole = tuple_(*columns)
        statement = statement.where(whole < position if descending else whole > position)
    order: list[SQLCoreOperations[Any]] = [column.desc() if descending else column.asc() for column in columns]
    return statement.order_by(*order).limit(limit + 1)


def keyset_each(
    lead: ColumnElement[Any],
    leads: Sequence[UUID],
    clauses: Sequence[ColumnElement[bool]],
    columns: Sequence[ColumnElement[Any]],
    after: str | None,
    limit: int,
    *,
    descending: bool = False,
    carry: Sequence[ColumnElement[Any]] = (),
) -> Subquery:
    """`keyset` over the rows of all of `leads`, each by its own scan of an index of `lead` and `columns`, merged.

    So no list is ever sorted whole. Gives `columns` as k0, k1, ... and those of `carry` by name; join the rest to it.
    """
    given = _given(leads)
    named = [column.label(f"k{number}") for number, column in enumerate(columns)]
    one = select(*named, *carry).where(lead == given.c.id, *clauses)
    found = keyset(one, columns, after, limit, descending=descending).lateral("found")
    order = [found.c[column.name] for column in named]
    ordered = [each.desc() if descending else each.asc() for each in order]
    return select(*found.c).select_from(given.join(found, true())).order_by(*ordered).limit(limit + 1).subquery("page")


def reach_of_each(
    lead: ColumnElement[Any],
    leads: Sequence[UUID],
    clauses: Sequence[ColumnElement[bool]],
    columns: Sequence[ColumnElement[Any]],
    after: str | None,
    depth: int,
    *,
    descending: bool = False,
) -> Select[Any]:
    """How far `depth` rows of each of `leads` reach: the first place where one of them has that many; no row where none
    has. Above it everything can be looked at row by row, for clauses that no index answers.
    """
    given = _given(leads)
    named = [column.label(f"k{number}") for number, column in enumerate(columns)]
    one = keyset(select(*named).where(lead == given.c.id, *clauses), columns, after, 0, descending=descending)
    last = one.offset(depth - 1).lateral("last")
    ordered = [each.desc() if descending else each.asc() for each in last.c]
    return select(*last.c).select_from(given.join(last, true())).order_by(*ordered).limit(1)


def _given(leads: Sequence[UUID]) -> TableValuedAlias:
    return func.unnest(cast(list(leads), ARRAY(Uuid))).table_valued("id").render_derived(name="lead")


def cut(rows: Sequence[T], limit: int, key: Callable[[T], Sequence[Any]]) -> Page[T]:
    """The page of `rows` that `keyset` asked for; `key` gives the values of its columns."""
    if len(rows) <= limit:
        return Page(tuple(rows))
    kept = tuple(rows[:limit])
    return Page(kept, encode_cursor(key(kept[-1])))


def encode_cursor(values: Sequence[Any]) -> str:
    """An opaque cursor of plain values."""
    return base64.urlsafe_b64encode(msgspec.json.encode(list(values))).decode().rstrip("=")


def _decode(cursor: str, columns: Sequence[ColumnElement[Any]]) -> list[Any]:
    try:
        values = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=list[Any])
    except (ValueError, binascii.Error, msgspec.DecodeError):
        raise InvalidInputError("The cursor `after` is not valid; start from the first page.") from None
    if len(values) != len(columns):
        raise InvalidInputError("The cursor `after` belongs to another list; start from the first page.")
    return values


def _typed(value: Any, column: ColumnElement[Any]) -> Any:
    try:
        if isinstance(column.type, Uuid):
            return UUID(value)
        if isinstance(column.type, DateTime):
            return datetime.fromisoformat(value)
        if not isinstance(value, column.type.python_type):
            raise TypeError
    except (ValueError, TypeError, AttributeError):
        raise InvalidInputError("The cursor `after` is not valid; start from the first page.") from None
    return value
