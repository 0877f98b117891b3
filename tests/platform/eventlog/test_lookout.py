"""The lookout takes no number for safe whose transaction still runs, whatever has ended beside it."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
import pytest
from sqlalchemy import text

from careloom.platform.database.transactions import Database, Tx
from careloom.platform.eventlog.lookout import Lookout
from tests.postgres import FreshDatabase
from tests.world import SYSTEM

_WRITES = {
    ("event_log", "id"): "INSERT INTO event_log (type, stream, data) VALUES ('rang', '', '{}') RETURNING id",
    ("audit_entry", "position"): (
        "INSERT INTO audit_entry (id, actor_name, action, subject_type, subject_id) "
        "VALUES (gen_random_uuid(), 'test', 'test.run', 'test', gen_random_uuid()) RETURNING position"
    ),
}


@pytest.fixture(params=list(_WRITES), ids=[table for table, _ in _WRITES])
def numbered(request: pytest.FixtureRequest) -> tuple[str, str]:
    return request.param


async def _safe(database: Database, lookout: Lookout) -> int:
    async with database.transaction(SYSTEM) as tx:
        return await lookout.safe(tx)


async def _written(writer: psycopg.AsyncConnection[Sequence[int]], numbered: tuple[str, str]) -> int:
    await writer.execute(
        "SELECT set_config('careloom.clients', '*', true), set_config('careloom.providers', '*', true)"
    )
    row = await (await writer.execute(_WRITES[numbered].encode())).fetchone()
    assert row is not None
    return row[0]


async def _write(tx: Tx, numbered: tuple[str, str]) -> int:
    return int((await tx.execute(text(_WRITES[numbered]))).scalar_one())


async def test_a_number_is_not_safe_while_its_writer_runs_though_all_before_it_have_ended(
    fresh_database: FreshDatabase, database: Database, numbered: tuple[str, str]
) -> None:
    lookout = Lookout(*numbered)
    async with (
        await psycopg.AsyncConnection.connect(fresh_database.url) as older,
        await psycopg.AsyncConnection.connect(fresh_database.url) as writer,
    ):
        first = await _written(older, numbered)
        assert await _safe(database, lookout) < first
        second = await _written(writer, numbered)
        await older.commit()
        for _ in range(3):
            assert first <= await _safe(database, lookout) < second
        await writer.commit()
    assert await _safe(database, lookout) >= second


async def test_a_transaction_that_writes_nothing_here_holds_no_reader_back(
    fresh_database: FreshDatabase, database: Database, numbered: tuple[str, str]
) -> None:
    async with await psycopg.AsyncConnection.connect(fresh_database.url) as other:
        await other.execute("SELECT pg_current_xact_id()")
        async with database.transaction(SYSTEM) as tx:
            written = await _write(tx, numbered)
        assert await _safe(database, Lookout(*numbered)) >= written


async def test_what_a_savepoint_took_back_holds_no_reader_back(database: Database, numbered: tuple[str, str]) -> None:
    lookout = Lookout(*numbered)
    async with database.transaction(SYSTEM) as tx:
        kept = await _write(tx, numbered)
        undone = await tx.begin_nested()
        lost = await _write(tx, numbered)
        await undone.rollback()
        assert await _safe(database, lookout) < kept
    assert await _safe(database, lookout) >= lost


async def test_a_transaction_that_looks_does_not_wait_for_itself(database: Database, numbered: tuple[str, str]) -> None:
    async with database.transaction(SYSTEM) as tx:
        written = await _write(tx, numbered)
        assert await Lookout(*numbered).safe(tx) >= written
