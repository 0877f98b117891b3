"""Row-level security: whoever acts for one client reads and writes nothing of another, in any table."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from tests.isolation.brand import Brand
from tests.isolation.conftest import Brands
from tests.isolation.rows import OWNED, SYSTEM, columns_of, condition, fingerprints, owners, rows_of
from tests.postgres import FreshDatabase

_NOT_OURS = ("procrastinate_", "alembic_version")


async def test_every_table_holds_rows_of_both_brands(brands: Brands, copied_database: FreshDatabase) -> None:
    found = [rows_of(copied_database.superuser_url, one) for one in (brands.a, brands.b)]
    uncovered = sorted(name for name in OWNED if not all(rows[name] for rows in found))
    assert uncovered == [], f"not covered: {uncovered}; let tests/isolation/brand.py make rows of them"


async def test_every_table_of_the_database_is_known(brands: Brands, copied_database: FreshDatabase) -> None:
    with psycopg.connect(copied_database.superuser_url) as connection:
        found = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f') "
            "AND relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%%' "
            "AND nspname <> 'information_schema')"
        ).fetchall()
    names = {name for (name,) in found if not name.startswith(_NOT_OURS)}
    assert names == {*OWNED, *SYSTEM}


async def test_the_job_tables_name_nobody(brands: Brands, copied_database: FreshDatabase) -> None:
    with psycopg.connect(copied_database.superuser_url) as connection:
        jobs = " ".join(row[0] for row in connection.execute("SELECT j::text FROM procrastinate_jobs j").fetchall())
    assert jobs, "no job was deferred"
    assert brands.a.canary not in jobs
    assert brands.b.canary not in jobs


async def test_a_scope_of_a_reads_and_writes_nothing_of_b(brands: Brands, copied_database: FreshDatabase) -> None:
    before = rows_of(copied_database.superuser_url, brands.b)
    leaks: list[str] = []
    for table in OWNED:
        with _as_app(copied_database, brands.a) as connection:
            leaks += [f"{verb} {table}" for verb in _reached(connection, table, brands.b)]
    assert leaks == []
    assert fingerprints(rows_of(copied_database.superuser_url, brands.b)) == fingerprints(before)


async def test_a_scope_of_a_cannot_write_rows_of_b(brands: Brands, copied_database: FreshDatabase) -> None:
    taken: list[str] = []
    with psycopg.connect(copied_database.superuser_url) as owner:
        for table in OWNED:
            row = _one_row(owner, table, brands.b)
            with _as_app(copied_database, brands.a) as connection:
                try:
                    _insert(connection, table, row)
                except psycopg.errors.InsufficientPrivilege:
                    continue
                taken.append(table)
    assert taken == []


async def test_a_row_of_a_cannot_be_handed_to_b(brands: Brands, copied_database: FreshDatabase) -> None:
    handed: list[str] = []
    for table in OWNED:
        names = {column.name for column in columns_of(table)}
        for owner, value in (("client_id", "client"), ("provider_id", "provider"), ("person_id", "person")):
            if owner not in names or (owner == "person_id" and names & {"client_id", "provider_id"}):
                continue
            with _as_app(copied_database, brands.a) as connection:
                query = sql.SQL("UPDATE {} SET {} = %(theirs)s WHERE {} IS NOT NULL").format(
                    sql.Identifier(table), sql.Identifier(owner), sql.Identifier(owner)
                )
                theirs = {**owners(brands.b), "person": brands.b.people["agent"].id}[value]
                try:
                    changed = connection.execute(query, {"theirs": theirs}).rowcount
                except psycopg.errors.InsufficientPrivilege:
                    continue
                if changed:
                    handed.append(f"{table}.{owner}")
    assert [one for one in handed if one not in _LABELS] == []


_LABELS = {
    "program_provider.provider_id": "which provider serves a program is the client's to say",
    "queue.provider_id": "which provider works a queue is the client's to say",
}
"""Columns that name another owner without handing the row over: the row stays with its client."""


async def test_without_a_scope_nothing_shows_and_nothing_can_be_written(
    brands: Brands, copied_database: FreshDatabase
) -> None:
    seen: list[str] = []
    for table in [*OWNED, *SYSTEM]:
        with psycopg.connect(copied_database.url) as connection:
            name = sql.Identifier(table)
            count = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(name)).fetchone()
            deleted = connection.execute(sql.SQL("DELETE FROM {}").format(name)).rowcount
            connection.rollback()
        if count != (0,) or deleted:
            seen.append(table)
    assert seen == []


async def test_bookkeeping_of_the_installation_is_closed_to_every_brand(
    brands: Brands, copied_database: FreshDatabase
) -> None:
    with _as_app(copied_database, brands.a) as connection:
        for table in SYSTEM:
            query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
            assert connection.execute(query).fetchone() == (0,), table


@contextmanager
def _as_app(database: FreshDatabase, brand: Brand) -> Generator[psycopg.Connection[Any]]:
    """The program's role with the brand's scope; what is done is undone."""
    with psycopg.connect(database.url) as connection:
        connection.execute(
            "SELECT set_config('careloom.clients', %s, true), set_config('careloom.providers', %s, true)",
            [str(brand.ids["client_id"]), str(brand.ids["provider_id"])],
        )
        yield connection
        connection.rollback()


def _reached(connection: psycopg.Connection[Any], table: str, theirs: Brand) -> list[str]:
    name, where = sql.Identifier(table), condition(table)
    column = sql.Identifier(columns_of(table)[-1].name)
    reached: list[str] = []
    count = connection.execute(sql.SQL("SELECT count(*) FROM {} WHERE {}").format(name, where), owners(theirs))
    if count.fetchone() != (0,):
        reached.append("SELECT")
    everything = connection.execute(sql.SQL("SELECT t::text FROM {} t").format(name)).fetchall()
    if not everything:
        reached.append("no row of one's own in")
    if any(theirs.canary in row[0] or str(theirs.ids["client_id"]) in row[0] for row in everything):
        reached.append("a word in")
    update = sql.SQL("UPDATE {} SET {} = {} WHERE {}").format(name, column, column, where)
    if connection.execute(update, owners(theirs)).rowcount:
        reached.append("UPDATE")
    if connection.execute(sql.SQL("DELETE FROM {} WHERE {}").format(name, where), owners(theirs)).rowcount:
        reached.append("DELETE")
    return reached


def _one_row(owner: psycopg.Connection[Any], table: str, brand: Brand) -> str:
    query = sql.SQL("SELECT to_jsonb(t)::text FROM {} t WHERE {} LIMIT 1").format(
        sql.Identifier(table), condition(table)
    )
    found = owner.execute(query, owners(brand)).fetchone()
    assert found is not None, table
    return found[0]


def _insert(connection: psycopg.Connection[Any], table: str, row: str) -> None:
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns_of(table))
    query = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM jsonb_populate_record(NULL::{}, %s)")
    name = sql.Identifier(table)
    connection.execute(query.format(name, names, names, name), [row])
