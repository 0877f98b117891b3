"""Row-level security: whoever acts for one client reads and writes nothing of another, in any table."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg import sql

from careloom.evidence.isolation.kept import Brand
from careloom.evidence.isolation.outcome import Outcome, Tally
from careloom.evidence.isolation.rows import (
    OWNED,
    SYSTEM,
    columns_of,
    condition,
    fingerprints,
    owners,
    rows_of,
)
from careloom.evidence.isolation.stage import Stage
from careloom.platform.database.policies import APP_ROLE, OPEN

LABELS = {
    "program_provider.provider_id": "which provider serves a program is the client's to say",
    "queue.provider_id": "which provider works a queue is the client's to say",
}
"""Columns that name another owner without handing the row over: the row stays with its client."""

COLUMNS: Final = {
    "alembic_version": "version_num",
    "procrastinate_events": "at id job_id type",
    "procrastinate_jobs": "abort_requested args attempts id lock priority queue_name queueing_lock scheduled_at status "
    "task_name worker_id",
    "procrastinate_periodic_defers": "defer_timestamp id job_id periodic_id task_name",
    "procrastinate_workers": "id last_heartbeat",
}
"""What the tables without row-level security hold."""
RIGHTS: Final = {
    "alembic_version": "SELECT",
    "procrastinate_events": "INSERT SELECT",
    "procrastinate_jobs": "DELETE INSERT SELECT UPDATE",
    "procrastinate_periodic_defers": "DELETE INSERT SELECT UPDATE",
    "procrastinate_workers": "DELETE INSERT SELECT UPDATE",
}
"""What the program's role may do there, and no more."""


async def tables(stage: Stage) -> Outcome:
    """Every table, past the program: what its role with the scope of A reaches of B, and with no scope at all."""
    tally = Tally()
    for check in (_covered, _open, _reads_and_writes, _rows_of_b, _handed_over, _without_scope, _bookkeeping):
        check(stage, tally)
    return tally.outcome(
        "tables",
        "Every table",
        "As the program's own database role with A's scope: read, search, change, delete rows of B; write rows for B; "
        "hand rows of A to B; the same with no scope at all; read the installation's bookkeeping. Every table has "
        "forced row-level security but those that are listed below, which hold no more than is known.",
    )


def _covered(stage: Stage, tally: Tally) -> None:
    """A table that is not known here, or that holds nothing of one of the two, was not tried."""
    with psycopg.connect(stage.superuser_url) as connection:
        found = connection.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class "
            "WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND relnamespace IN (SELECT oid FROM pg_namespace "
            "WHERE nspname NOT LIKE 'pg\\_%%' AND nspname <> 'information_schema')"
        ).fetchall()
    names = {name for name, _ in found} - OPEN.keys()
    for name in sorted(names ^ {*OWNED, *SYSTEM}):
        tally.probe(f"{name} is no table whose owner is known")
    for name, forced in found:
        bare = not forced and name not in OPEN
        tally.probe(f"{name} has no forced row-level security" if bare else None)
    for brand in (stage.a, stage.b):
        rows = rows_of(stage.superuser_url, brand)
        for name in OWNED:
            tally.probe(None if rows[name] else f"{name} is not covered: isolation/brand.py makes no rows of it")


def _open(stage: Stage, tally: Tally) -> None:
    """What stands without row-level security holds what is known, and the program's role may do what it needs."""
    with psycopg.connect(stage.superuser_url) as connection:
        for name in OPEN:
            columns = connection.execute(_COLUMNS, [name]).fetchone()
            rights = connection.execute(_RIGHTS, [APP_ROLE, name]).fetchone()
            tally.probe(None if columns == (COLUMNS[name],) else f"{name} has no row-level security, and {columns}")
            tally.probe(None if rights == (RIGHTS[name],) else f"the program's role has {rights} on {name}")


_COLUMNS: Final = (
    "SELECT coalesce(string_agg(column_name, ' ' ORDER BY column_name COLLATE \"C\"), '') "
    "FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
)
_RIGHTS: Final = (
    "SELECT coalesce(string_agg(privilege_type, ' ' ORDER BY privilege_type COLLATE \"C\"), '') "
    "FROM information_schema.role_table_grants WHERE grantee = %s AND table_schema = 'public' AND table_name = %s"
)


def _reads_and_writes(stage: Stage, tally: Tally) -> None:
    before = fingerprints(rows_of(stage.superuser_url, stage.b))
    for table in OWNED:
        with _as_app(stage.url, stage.a) as connection:
            for verb, reached in _reached(connection, table, stage.b).items():
                tally.probe(f"{verb} {table}" if reached else None)
    after = fingerprints(rows_of(stage.superuser_url, stage.b))
    for table in OWNED:
        tally.probe(None if before[table] == after[table] else f"rows of B changed in {table}")


def _rows_of_b(stage: Stage, tally: Tally) -> None:
    with psycopg.connect(stage.superuser_url) as owner:
        for table in OWNED:
            row = _one_row(owner, table, stage.b)
            if row is None:
                continue
            with _as_app(stage.url, stage.a) as connection:
                try:
                    _insert(connection, table, row)
                except psycopg.errors.InsufficientPrivilege:
                    tally.probe(None)
                except psycopg.Error as error:
                    tally.probe(f"a row of B got past the policy of {table}, to {type(error).__name__}")
                else:
                    tally.probe(f"a row of B was written into {table}")


def _handed_over(stage: Stage, tally: Tally) -> None:
    for table in OWNED:
        names = {column.name for column in columns_of(table)}
        for owner, value in (("client_id", "client"), ("provider_id", "provider"), ("person_id", "person")):
            if owner not in names or (owner == "person_id" and names & {"client_id", "provider_id"}):
                continue
            place = f"{table}.{owner}"
            handed = place not in LABELS and _hand_over(stage, table, owner, value)
            tally.probe(f"{place}: a row of A was handed to B" if handed else None)


def _hand_over(stage: Stage, table: str, owner: str, value: str) -> bool:
    query = sql.SQL("UPDATE {} SET {} = %(theirs)s WHERE {} IS NOT NULL").format(
        sql.Identifier(table), sql.Identifier(owner), sql.Identifier(owner)
    )
    theirs = {**owners(stage.b), "person": stage.b.people["agent"].id}[value]
    with _as_app(stage.url, stage.a) as connection:
        return bool(_touched(connection, query, {"theirs": theirs}))


def _without_scope(stage: Stage, tally: Tally) -> None:
    for table in [*OWNED, *SYSTEM]:
        with psycopg.connect(stage.url) as connection:
            name = sql.Identifier(table)
            count = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(name)).fetchone()
            deleted = _touched(connection, sql.SQL("DELETE FROM {}").format(name), {})
            connection.rollback()
        tally.probe(f"{table} shows rows without a scope" if count != (0,) else None)
        tally.probe(f"{table} loses rows without a scope" if deleted else None)


def _bookkeeping(stage: Stage, tally: Tally) -> None:
    with _as_app(stage.url, stage.a) as connection:
        for table in SYSTEM:
            count = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
            tally.probe(None if count == (0,) else f"A reads the bookkeeping in {table}")


@contextmanager
def _as_app(url: str, brand: Brand) -> Generator[psycopg.Connection[Any]]:
    """The program's role with the brand's scope; what is done is undone."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "SELECT set_config('careloom.clients', %s, true), set_config('careloom.providers', %s, true)",
            [str(brand.ids["client_id"]), str(brand.ids["provider_id"])],
        )
        yield connection
        connection.rollback()


def _reached(connection: psycopg.Connection[Any], table: str, theirs: Brand) -> dict[str, bool]:
    """What A reaches of B in a table, by verb."""
    name, where = sql.Identifier(table), condition(table)
    column = sql.Identifier(columns_of(table)[-1].name)
    count = connection.execute(sql.SQL("SELECT count(*) FROM {} WHERE {}").format(name, where), owners(theirs))
    counted = count.fetchone() != (0,)
    everything = connection.execute(sql.SQL("SELECT t::text FROM {} t").format(name)).fetchall()
    told = any(theirs.canary in row[0] or str(theirs.ids["client_id"]) in row[0] for row in everything)
    update = sql.SQL("UPDATE {} SET {} = {} WHERE {}").format(name, column, column, where)
    delete = sql.SQL("DELETE FROM {} WHERE {}").format(name, where)
    return {
        "SELECT": counted,
        "no row of one's own in": not everything,
        "a word in": told,
        "UPDATE": bool(_touched(connection, update, owners(theirs))),
        "DELETE": bool(_touched(connection, delete, owners(theirs))),
    }


def _touched(connection: psycopg.Connection[Any], statement: sql.Composed, values: dict[str, Any]) -> int:
    """How many rows a statement reaches; none where it is refused altogether."""
    try:
        with connection.transaction():
            return connection.execute(statement, values).rowcount
    except psycopg.errors.InsufficientPrivilege:
        return 0
    except psycopg.IntegrityError:
        return 1  # past the policy, and stopped by a key alone


def _one_row(owner: psycopg.Connection[Any], table: str, brand: Brand) -> str | None:
    query = sql.SQL("SELECT to_jsonb(t)::text FROM {} t WHERE {} LIMIT 1").format(
        sql.Identifier(table), condition(table)
    )
    found = owner.execute(query, owners(brand)).fetchone()
    return None if found is None else found[0]


def _insert(connection: psycopg.Connection[Any], table: str, row: str) -> None:
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns_of(table))
    query = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM jsonb_populate_record(NULL::{}, %s)")
    name = sql.Identifier(table)
    connection.execute(query.format(name, names, names, name), [row])
