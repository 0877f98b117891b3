"""Connections while no server takes writes: one at a time tries on."""

import asyncio

import psycopg
import pytest

from careloom.platform.database.links import Links


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


async def _refused(links: Links) -> None:
    with pytest.raises(psycopg.OperationalError):
        await links.connect()
