"""Reads a client's rows as they lie, table by table, in the order of their keys; by the schema itself.

Tables are read children first: whatever a row names is read later, so that work which goes on leaves no loose ends.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Column, LargeBinary, Table, TextClause, Uuid, text
from sqlalchemy.dialects import postgresql

from careloom.integrations.core.archive import LEFT_OUT
from careloom.platform.database.schema import Ownership, metadata
from careloom.platform.database.transactions import Tx
from careloom.platform.keys.places import bytes_in, key_columns, place_in
from careloom.platform.keys.ring import ClientKeys, keys_of
from careloom.platform.wire import from_json_text, json_text

_DIALECT: Final = postgresql.dialect()
_HEX: Final = "\\x"
_ROWS, _LARGE_ROWS = 2000, 4
_LAST_SEAL: Final = text("SELECT max(number) FROM audit_seal WHERE client_id = :client")
_TRAIL: Final = {
    "audit_seal": " AND number <= :sealed",
    "audit_entry": " AND id IN (SELECT entry_id FROM audit_seal WHERE client_id = :client AND number <= :sealed)",
}
"""The trail is cut at one seal: it grows while it is read, and what is not sealed yet could not be proved later."""
OUTSIDE: Final = {"provider": ("id", "name"), "person": ("id", "name", "provider_id", "client_id")}
"""Rows of others that a client's rows name, and what of them goes along: who they are, no more."""


class Piece(Struct, frozen=True):
    """Rows as JSON, and the key after which the next ones come; None at the table's end."""

    lines: list[str]
    after: list[Any] | None


def archived_tables() -> list[Table]:
    """The tables of an archive, children first."""
    owned = (Ownership.CLIENT, Ownership.EITHER)
    return [
        table
        for table in reversed(metadata.sorted_tables)
        if table.info["ownership"] in owned and table.name not in LEFT_OUT
    ]


def written_columns(table: Table) -> list[str]:
    """The columns that an archive holds: all but those that the database computes or counts."""
    return [column.name for column in table.columns if column.computed is None and column.identity is None]


def kept_back_columns(table: Table) -> dict[str, str]:
    """Columns whose value no archive holds, with the SQL that stands there instead."""
    return {column.name: column.info["kept_back"] for column in table.columns if "kept_back" in column.info}


def opened_columns(table: Table) -> list[str]:
    """Columns that are sealed with the client's key, and open in an archive."""
    return [column.name for column in table.columns if "opened" in column.info]


async def last_seal(tx: Tx, client_id: UUID) -> int:
    """The number of the last sealed entry of the client's audit trail; 0 where there is none."""
    return int((await tx.execute(_LAST_SEAL, {"client": client_id})).scalar_one() or 0)


async def read_rows(tx: Tx, table: Table, client_id: UUID, after: list[Any] | None, sealed: int) -> Piece:
    """The next rows of a table. Of the audit trail only entries that are sealed by a number up to `sealed`."""
    limit = _LARGE_ROWS if any(isinstance(one.type, LargeBinary) for one in table.columns) else _ROWS
    keys = _keys(table)
    values = {f"key{place}": value for place, value in enumerate(after or ())}
    await tx.execute(text("SET LOCAL timezone = 'UTC'"))
    if table.name in _TRAIL:
        values["sealed"] = sealed
    rows = await tx.execute(_select(table, after is not None), {"client": client_id, "limit": limit, **values})
    lines = list(rows.scalars())
    after = None
    if len(lines) == limit:
        last = from_json_text(lines[-1])
        after = [last[name] for name in keys]
    return Piece(await _opened(tx, table, client_id, lines), after)


async def read_outside(tx: Tx, name: str, client_id: UUID) -> list[str]:
    """The rows of others whom the client's rows name, by id."""
    wanted: set[UUID | None] = set()
    for table in archived_tables():
        for column in _columns_naming(table, name):
            statement = text(f'SELECT DISTINCT "{column}" FROM "{table.name}" WHERE {_mine(table)}')  # noqa: S608
            wanted |= set((await tx.execute(statement, {"client": client_id})).scalars())
    if name == "provider":
        people = [from_json_text(line) for line in await read_outside(tx, "person", client_id)]
        wanted |= {UUID(one["provider_id"]) for one in people if one["provider_id"] is not None}
    columns = ", ".join(f'"{one}"' for one in OUTSIDE[name])
    foreign = " AND client_id IS DISTINCT FROM :client" if name == "person" else ""
    statement = text(
        f"SELECT row_to_json(one)::text FROM (SELECT {columns} FROM {name} "  # noqa: S608
        f"WHERE id = ANY(:ids){foreign} ORDER BY id) one"
    )
    values: dict[str, Any] = {"ids": sorted(one for one in wanted if one)}
    if foreign:
        values["client"] = client_id
    return list((await tx.execute(statement, values)).scalars())


async def revision(tx: Tx) -> str:
    """The revision of the tables."""
    return str((await tx.execute(text("SELECT version_num FROM alembic_version"))).scalar_one())


def outside_of(table: Table) -> set[str]:
    """Tables outside the archive that rows of `table` name."""
    named = {key.column.table.name for constraint in table.foreign_key_constraints for key in constraint.elements}
    return named - {one.name for one in archived_tables()}


async def _opened(tx: Tx, table: Table, client_id: UUID, lines: list[str]) -> list[str]:
    columns = opened_columns(table)
    if not columns or not lines:
        return lines
    keys, rows = await keys_of(tx, client_id), [from_json_text(line) for line in lines]
    for row in rows:
        for name in columns:
            row[name] = _open(keys, table.c[name], _key_of(table, row), row[name])
    return [json_text(row) for row in rows]


def sealed_row(keys: ClientKeys, table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of an archive as it is stored: sealed where its columns say so. Raises ShreddedError."""
    key = _key_of(table, row)
    return {**row, **{name: _seal(keys, table.c[name], key, row[name]) for name in opened_columns(table)}}


def _key_of(table: Table, row: Mapping[str, Any]) -> list[UUID | str]:
    typed = ((table.c[one].type, row[one]) for one in key_columns(table))
    return [UUID(each) if isinstance(kind, Uuid) else each for kind, each in typed]


def _open(keys: ClientKeys, column: Column[Any], key: Sequence[UUID | str], held: str) -> str:
    if isinstance(column.type, LargeBinary):
        return _HEX + keys.open_file(bytes_in(column, *key), bytes.fromhex(held.removeprefix(_HEX))).hex()
    return keys.open(place_in(column, *key), held)


def _seal(keys: ClientKeys, column: Column[Any], key: Sequence[UUID | str], held: str) -> str:
    if isinstance(column.type, LargeBinary):
        return _HEX + keys.seal_file(bytes_in(column, *key), bytes.fromhex(held.removeprefix(_HEX))).hex()
    return keys.seal(place_in(column, *key), held)


def _columns_naming(table: Table, name: str) -> list[str]:
    return [
        column.name
        for column in table.columns
        if any(key.column.table.name == name for key in column.foreign_keys)
        and column.name not in kept_back_columns(table)
    ]


def _keys(table: Table) -> list[str]:
    return key_columns(table) or ["client_id"]


def _mine(table: Table) -> str:
    return "id = :client" if table.name == "client" else "client_id = :client"


@lru_cache(maxsize=200)
def _select(table: Table, further: bool) -> TextClause:
    withheld = kept_back_columns(table)
    columns = ", ".join(
        f'{withheld[one]} AS "{one}"' if one in withheld else f'"{one}"' for one in written_columns(table)
    )
    keys = _keys(table)
    where = _mine(table)
    where += _TRAIL.get(table.name, "")
    if further:
        types: Sequence[str] = [table.c[one].type.compile(_DIALECT) for one in keys]
        values = ", ".join(f"CAST(CAST(:key{place} AS text) AS {kind})" for place, kind in enumerate(types))
        where += f" AND ({', '.join(keys)}) > ({values})"
    return text(
        f'SELECT row_to_json(one)::text FROM (SELECT {columns} FROM "{table.name}" '  # noqa: S608
        f"WHERE {where} ORDER BY {', '.join(keys)} LIMIT :limit) one"
    )
