"""What the tables hold of a brand, read past row-level security by the superuser."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from careloom.evidence.isolation.kept import Brand
from careloom.platform.database.schema import Ownership, metadata

OWNERSHIP: dict[str, Ownership] = {table.name: table.info["ownership"] for table in metadata.sorted_tables}
OWNED = sorted(name for name, owner in OWNERSHIP.items() if owner is not Ownership.SYSTEM)
SYSTEM = sorted(name for name, owner in OWNERSHIP.items() if owner is Ownership.SYSTEM)

_OWNERS = {
    "client": "id = %(client)s",
    "provider": "id = %(provider)s",
}
_BY_KIND = {
    Ownership.CLIENT: "client_id = %(client)s",
    Ownership.PROVIDER: "provider_id = %(provider)s",
    Ownership.EITHER: "(client_id = %(client)s OR provider_id = %(provider)s)",
    Ownership.PERSON: "person_id IN (SELECT id FROM person WHERE client_id = %(client)s OR provider_id = %(provider)s)",
}


def condition(table: str) -> sql.SQL:
    """Which rows of `table` are the brand's."""
    return sql.SQL(_OWNERS.get(table) or _BY_KIND[OWNERSHIP[table]])  # pyright: ignore[reportArgumentType]


def owners(brand: Brand) -> dict[str, UUID]:
    """The parameters of `condition`."""
    return {"client": brand.ids["client_id"], "provider": brand.ids["provider_id"]}


def rows_of(url: str, brand: Brand) -> dict[str, list[str]]:
    """Every row of the brand as text, by table, without the job library's tables."""
    found: dict[str, list[str]] = {}
    with psycopg.connect(url) as connection:
        for table in OWNED:
            query = sql.SQL("SELECT t::text FROM {} t WHERE {} ORDER BY 1").format(
                sql.Identifier(table), condition(table)
            )
            found[table] = [row[0] for row in connection.execute(query, owners(brand)).fetchall()]
    return found


def fingerprints(rows: dict[str, list[str]]) -> dict[str, str]:
    """A digest for each table."""
    return {name: hashlib.sha256("\n".join(some).encode()).hexdigest() for name, some in rows.items()}


def ids_of(url: str, brand: Brand, *, of_client_alone: bool = False) -> set[str]:
    """Every id of a row of the brand that could betray it; with `of_client_alone` without its provider's."""
    found = {str(brand.ids["client_id"])}
    if not of_client_alone:
        found.add(str(brand.ids["provider_id"]))
    with psycopg.connect(url) as connection:
        for table in metadata.sorted_tables:
            if table.name not in OWNED or "id" not in table.c or table.name == "event_log":
                continue
            if of_client_alone and OWNERSHIP[table.name] is not Ownership.CLIENT:
                continue
            query = sql.SQL("SELECT id FROM {} WHERE {}").format(sql.Identifier(table.name), condition(table.name))
            found |= {str(row[0]) for row in connection.execute(query, owners(brand)).fetchall()}
    return found


def columns_of(table: str) -> list[Any]:
    """The table's columns that can be written."""
    return [column for column in metadata.tables[table].columns if column.computed is None]
