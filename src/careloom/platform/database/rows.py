"""Many rows in one statement, however many: they travel as one JSON value, so that the statement stays the same."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Table, text
from sqlalchemy.dialects import postgresql

from careloom.platform.database.prepared import Prepared
from careloom.platform.database.transactions import Tx
from careloom.platform.wire import json_text

Row = Mapping[str, Any]
_DIALECT = postgresql.dialect()


def recordset(*columns: Column[Any]) -> str:
    """A FROM item `given`: the parameter `rows`, a JSON array of objects, as rows of these columns' types."""
    typed = ", ".join(f'"{one.name}" {one.type.compile(_DIALECT)}' for one in columns)
    return f"json_to_recordset(CAST(:rows AS json)) AS given ({typed})"


def inserting(table: Table, *names: str) -> Callable[[Tx, Sequence[Row]], Awaitable[None]]:
    """A function that stores rows, in their order, with these columns; the others take their default."""

    async def insert(tx: Tx, rows: Sequence[Row]) -> None:
        await insert_rows(tx, table, names, rows)

    return insert


async def insert_rows(
    tx: Tx,
    table: Table,
    names: Sequence[str],
    rows: Sequence[Any],
    *,
    on_conflict: str = "",
    returning: Sequence[str] = (),
) -> list[Any]:
    """Stores rows, dicts or Structs that hold `names`, in their order; answers the `returning` of those stored.

    `on_conflict` is the statement's own ending, such as `ON CONFLICT DO NOTHING`. Texts hold no NUL.
    """
    if not rows:
        return []
    statement = _insert(table, tuple(names), on_conflict, tuple(returning))
    if returning:
        return await statement.rows(tx, rows=json_text(rows))
    await statement.run(tx, rows=json_text(rows))
    return []


@lru_cache(maxsize=500)
def _insert(table: Table, names: tuple[str, ...], on_conflict: str, returning: tuple[str, ...]) -> Prepared:
    listed = ", ".join(f'"{name}"' for name in names)
    given = recordset(*(table.c[name] for name in names))
    answer = f" RETURNING {', '.join(returning)}" if returning else ""
    written = f'INSERT INTO "{table.name}" ({listed}) SELECT {listed} FROM {given} {on_conflict}{answer}'  # noqa: S608
    return Prepared(text(written))


def updating(table: Table, keys: Sequence[str], *names: str) -> Callable[[Tx, Sequence[Row]], Awaitable[None]]:
    """A function that writes these columns to the rows that `keys` name."""
    written = ", ".join(f'"{name}" = given."{name}"' for name in names)
    found = " AND ".join(f'{table.name}."{key}" = given."{key}"' for key in keys)
    given = recordset(*(table.c[name] for name in [*keys, *names]))
    changed = text(f"UPDATE {table.name} SET {written} FROM {given} WHERE {found}")  # noqa: S608
    statement = Prepared(changed, planned_anew=True)

    async def update(tx: Tx, rows: Sequence[Row]) -> None:
        if rows:
            await statement.run(tx, rows=json_text(rows))

    return update
