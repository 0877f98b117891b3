"""The lookout takes no number for safe whose transaction still runs, whatever has ended beside it."""

from __future__ import annotations

import psycopg
from sqlalchemy import text

from careloom.platform.database.transactions import Database
from careloom.platform.eventlog.lookout import Lookout
from tests.postgres import FreshDatabase
from tests.world import SYSTEM


async def _safe(database: Database, lookout: Lookout) -> int:
    async with database.transaction(SYSTEM) as tx:
        return await lookout.safe(tx)


async def test_a_number_is_not_safe_while_its_writer_runs_though_all_before_it_have_ended(
    fresh_database: FreshDatabase, database: Database
) -> None:
    lookout = Lookout("event_log_id_seq")
    async with (
        await psycopg.AsyncConnection.connect(fresh_database.url) as older,
        await psycopg.AsyncConnection.connect(fresh_database.url) as writer,
    ):
        await older.execute("SELECT pg_current_xact_id()")
        await writer.execute("SELECT pg_current_xact_id()")
        cursor = await writer.execute("SELECT nextval('event_log_id_seq')")
        row = await cursor.fetchone()
        assert row is not None
        assert await _safe(database, lookout) < row[0]
        await older.commit()
        for _ in range(3):
            assert await _safe(database, lookout) < row[0]
        await writer.commit()
    async with database.transaction(SYSTEM) as tx:
        await tx.execute(text("SELECT pg_current_xact_id()"))
    assert await _safe(database, lookout) >= row[0]


async def test_a_transaction_that_looks_does_not_wait_for_itself(database: Database) -> None:
    async with database.transaction(SYSTEM) as tx:
        written = (await tx.execute(text("SELECT nextval('event_log_id_seq')"))).scalar_one()
    async with database.transaction(SYSTEM) as tx:
        await tx.execute(text("SELECT pg_current_xact_id()"))
        assert await Lookout("event_log_id_seq").safe(tx) == written
