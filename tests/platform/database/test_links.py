"""Connections: while no server takes writes one at a time tries on; their errors show nothing of the rows."""

import asyncio
import traceback

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from careloom.platform.access import system_actor
from careloom.platform.database.links import Links
from careloom.platform.database.transactions import Database

SYSTEM = system_actor("test")


async def test_while_no_server_takes_writes_one_tries_on_and_the_others_are_refused_at_once() -> None:
    knocks = asyncio.Queue[asyncio.StreamWriter]()
    door = await asyncio.start_server(lambda _, writer: knocks.put_nowait(writer), "127.0.0.1")
    patient = "sslmode=disable&connect_timeout=600"
    links = Links(f"postgresql://careloom_app@127.0.0.1:{door.sockets[0].getsockname()[1]}/careloom?{patient}")
    async with door, asyncio.TaskGroup() as group, asyncio.timeout(60):
        first = group.create_task(_refused(links))
        (await knocks.get()).close()
        await first
        second = group.create_task(_refused(links))
        silent = await knocks.get()
        for _ in range(50):
            await _refused(links)
        assert knocks.empty()
        silent.close()
        await second
        third = group.create_task(_refused(links))
        (await knocks.get()).close()
        await third


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("INSERT INTO person_like VALUES (2, 'quartz', 30)", "duplicate key"),
        ("INSERT INTO person_like VALUES (2, NULL, 4711)", "null value"),
        ("INSERT INTO person_like VALUES (2, 'quartz of old', -4711)", "check constraint"),
        ("SELECT CAST('quartz' AS uuid)", "invalid input syntax for type uuid"),
        ("SELECT CAST('[quartz' AS jsonb)", "invalid input syntax for type json"),
        ("DO $$ BEGIN PERFORM CAST('quartz' AS int); END $$", "invalid input syntax for type integer"),
    ],
)
async def test_an_error_says_what_is_wrong_and_shows_nothing_of_the_rows(
    database: Database, statement: str, said: str
) -> None:
    with pytest.raises(DBAPIError) as error:
        async with database.transaction(SYSTEM) as tx:
            await tx.execute(
                text("CREATE TEMP TABLE person_like (id int, name text NOT NULL UNIQUE, age int CHECK (age > 0))")
            )
            await tx.execute(text("INSERT INTO person_like VALUES (1, 'quartz', 30)"))
            await tx.execute(text(statement))
    told = "".join(traceback.format_exception(error.value)).replace(statement, "")
    assert said in told
    assert "quartz" not in told
    assert "4711" not in told


async def _refused(links: Links) -> None:
    with pytest.raises(psycopg.OperationalError):
        await links.connect()
