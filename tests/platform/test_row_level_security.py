"""Row-level security is forced everywhere and the program's role cannot pass it."""

import psycopg
import pytest

from careloom.platform.access import Actor, Reach
from careloom.platform.database.policies import OPEN
from careloom.platform.database.schema import Ownership, metadata
from careloom.platform.database.transactions import Database
from careloom.platform.ids import new_id
from tests.postgres import FreshDatabase


def test_every_table_forces_row_level_security_and_belongs_to_another_role(fresh_database: FreshDatabase) -> None:
    with psycopg.connect(fresh_database.superuser_url) as connection:
        rows = connection.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity, pg_get_userbyid(relowner) FROM pg_class "
            "WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace "
            "AND relname <> ALL (%s)",
            [list(OPEN)],
        ).fetchall()
    assert {name for name, _, _ in rows} == set(metadata.tables)
    assert [name for name, forced, _ in rows if not forced] == []
    assert {owner for _, _, owner in rows} == {"careloom_owner"}


_NAMED = """
    SELECT con.conrelid::regclass::text, con.confrelid::regclass::text FROM pg_constraint con
    WHERE con.contype = 'f' AND con.conrelid <> con.confrelid
        AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = con.conrelid AND attnum = ANY (con.conkey)
            AND attname = 'client_id')
        AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = con.conrelid AND attnum = ANY (con.conkey)
            AND NOT attnotnull)
"""
"""Which table names which by `client_id` and columns that are never empty."""


def test_no_row_of_a_client_can_be_of_one_that_does_not_exist(fresh_database: FreshDatabase) -> None:
    with psycopg.connect(fresh_database.superuser_url) as connection:
        named = connection.execute(_NAMED).fetchall()
    safe, before = {"client"}, 0
    while len(safe) > before:
        before = len(safe)
        safe |= {one for one, other in named if other in safe}
    owned = {one.name for one in metadata.tables.values() if one.info["ownership"] is Ownership.CLIENT}
    assert len(owned) > 50
    assert owned - safe == set()


async def test_a_transaction_shows_only_the_actors_clients(database: Database, fresh_database: FreshDatabase) -> None:
    mine, theirs = new_id(), new_id()
    insert = "INSERT INTO client (id, name, industry, color, region) VALUES (%s, 'x', 'other', '#000000', 'eu')"
    with psycopg.connect(fresh_database.superuser_url) as connection:
        connection.execute(insert, [mine])
        connection.execute(insert, [theirs])
    actor = Actor("someone", (Reach(frozenset(), frozenset({mine})),))
    async with database.transaction(actor) as tx:
        seen = (await tx.exec_driver_sql("SELECT id FROM client")).scalars().all()
    assert seen == [mine]


async def test_without_a_scope_nothing_shows(fresh_database: FreshDatabase) -> None:
    with psycopg.connect(fresh_database.superuser_url) as connection:
        connection.execute("INSERT INTO provider (id, name) VALUES (%s, 'x')", [new_id()])
    with psycopg.connect(fresh_database.url) as connection:
        assert connection.execute("SELECT count(*) FROM provider").fetchone() == (0,)


async def test_a_row_for_another_client_cannot_be_written(database: Database) -> None:
    actor = Actor("someone", (Reach(frozenset(), frozenset({new_id()})),))
    with pytest.raises(Exception, match="row-level security"):
        async with database.transaction(actor) as tx:
            await tx.exec_driver_sql(
                "INSERT INTO client (id, name, industry, color, region) VALUES (%s, 'x', 'other', '#000000', 'eu')",
                (new_id(),),
            )
