"""The database's history: from empty to today's tables, in one line, without drift."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from alembic.script import ScriptDirectory

from careloom.platform.database.embedded import OWNER_ROLE, EmbeddedPostgres, temporary_name
from careloom.platform.database.migrations import alembic_config, drift, migrate, owner_engine, pending
from tests.postgres import FreshDatabase, drop_database


@pytest.fixture
def empty_database(postgres: EmbeddedPostgres) -> Iterator[FreshDatabase]:
    name = temporary_name()
    postgres.create(name)
    yield FreshDatabase(postgres, name)
    drop_database(postgres, name)


def test_an_empty_database_is_brought_to_the_newest_revision(empty_database: FreshDatabase) -> None:
    newest = ScriptDirectory.from_config(alembic_config(None)).get_current_head()
    assert newest in pending(empty_database.owner_url)
    assert migrate(empty_database.owner_url) == newest
    assert pending(empty_database.owner_url) == []
    assert migrate(empty_database.owner_url) == newest


def test_migrations_and_tables_in_code_do_not_drift_apart(empty_database: FreshDatabase) -> None:
    migrate(empty_database.owner_url)
    engine = owner_engine(empty_database.owner_url)
    with engine.connect() as connection:
        assert drift(connection) == []
        connection.exec_driver_sql("ALTER TABLE macro ADD COLUMN extra text")
        assert drift(connection) != []
    engine.dispose()


def test_revisions_form_one_line() -> None:
    scripts = ScriptDirectory.from_config(alembic_config(None))
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
    for one in scripts.walk_revisions():
        assert not one.is_merge_point
        assert not one.is_branch_point


def test_every_check_and_policy_is_in_the_migrated_database(empty_database: FreshDatabase) -> None:
    """Autogenerate does not compare policies and checks: they are compared here with a template made by code."""
    migrate(empty_database.owner_url)
    assert OWNER_ROLE == "careloom_owner"
    with psycopg.connect(empty_database.owner_url) as connection:
        without = connection.execute(
            "SELECT relname FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
            "AND relname NOT LIKE 'procrastinate%' AND relname <> 'alembic_version' "
            "AND NOT EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = c.oid AND polwithcheck IS NOT NULL)"
        ).fetchall()
        checks = connection.execute("SELECT conname FROM pg_constraint WHERE contype = 'c'").fetchall()
    assert without == []
    assert {"ck_message_seq_from_one", "ck_agent_state_contiguous"} <= {name for (name,) in checks}
