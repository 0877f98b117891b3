"""What tells a database that is away from one that refuses."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from careloom.platform.database.transactions import Database, is_away
from tests.world import SYSTEM


async def test_a_database_that_nobody_reaches_is_away() -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(Exception) as error:  # noqa: PT011  whatever it is
        async with nowhere.transaction(SYSTEM):
            pass
    assert is_away(error.value)
    await nowhere.close()


@pytest.mark.parametrize("state", ["54000", "22001", "40P01", "53200", "57014"])
async def test_a_database_that_refuses_is_there(database: Database, state: str) -> None:
    refusal = text(f"DO $$BEGIN RAISE 'no' USING ERRCODE = '{state}'; END$$")
    with pytest.raises(DBAPIError) as error:
        async with database.transaction(SYSTEM) as tx:
            await tx.execute(refusal)
    assert not is_away(error.value)


async def test_a_server_that_ends_the_connection_is_away(database: Database) -> None:
    with pytest.raises(DBAPIError) as error:
        async with database.transaction(SYSTEM) as tx:
            await tx.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert is_away(error.value)
    assert isinstance(error.value.orig, psycopg.OperationalError)


def test_what_is_no_error_of_a_database_is_not() -> None:
    assert not is_away(RuntimeError())
