"""Where a sealed value stands, by the schema: its column, and its row's key."""

from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table

from careloom.platform.keys.cipher import Place


def place_in(column: Column[Any], *row: UUID | str) -> Place:
    """The place of a row's value in `column`; `row` is its primary key without the client, who is bound anyway."""
    return Place(f"{column.table.name}.{column.name}", row)


def bytes_in(column: Column[Any], *row: UUID | str) -> str:
    """The name under which a row's bytes in `column` are sealed, as a file's are."""
    return "/".join((f"{column.table.name}.{column.name}", *map(str, row)))


def key_columns(table: Table) -> list[str]:
    """What names a row of a client's: the table's primary key without the client."""
    return [column.name for column in table.primary_key.columns if column.name != "client_id"]
