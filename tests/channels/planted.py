"""What no column may keep, and where it stands."""

from __future__ import annotations

import psycopg
from psycopg import sql

CARD, IBAN = "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00"
_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"


def places_of(url: str, *wanted: str) -> set[str]:
    """The tables in which any of these texts stands, also as bytes and without spaces; jobs and their events too."""
    found: set[str] = set()
    with psycopg.connect(url) as connection:
        for (table,) in connection.execute(_TABLES).fetchall():
            query = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table))
            for (row,) in connection.execute(query).fetchall():
                if any(one in row or one.replace(" ", "") in row or one.encode().hex() in row for one in wanted):
                    found.add(table)
    return found
