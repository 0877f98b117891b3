"""What a desk hears under emergency access, and that it hears it no longer than that lasts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from careloom.platform.eventlog.event import Event, publish
from careloom.platform.runtime import Runtime
from careloom.platform.web import live
from tests.identity.glass import House, build_house, enter, smashed
from tests.server import Server, running_server
from tests.world import SYSTEM, World

TRY_AGAIN = 1013


class GlassRang(Event, frozen=True, kw_only=True):
    """Something happened at a client."""


@pytest.fixture
async def house(world: World) -> House:
    return await build_house(world)


@pytest.fixture
async def server(runtime: Runtime) -> AsyncIterator[Server]:
    async with running_server(runtime) as running:
        yield running


@pytest.fixture
async def browser(server: Server, house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.http, timeout=30) as client:
        await enter(client, house.lead)
        yield client


def listen(server: Server, browser: httpx.AsyncClient) -> connect:
    cookie = {"Cookie": f"careloom_session={browser.cookies['careloom_session']}"}
    return connect(f"{server.ws}/api/live/socket", additional_headers=cookie)


async def next_frame(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while (frame := json.loads(await socket.recv()))["type"] == "ping":
            continue
        return frame


async def closed(socket: ClientConnection) -> int | None:
    """The code with which the server closes it."""
    async with asyncio.timeout(60):
        with pytest.raises(ConnectionClosed) as caught:
            while True:
                await socket.recv()
    return caught.value.rcvd.code if caught.value.rcvd else None


async def ring(house: House) -> None:
    async with house.database.transaction(SYSTEM) as tx:
        await publish(tx, GlassRang(client_id=house.other.id))


async def test_an_open_desk_comes_back_when_the_glass_is_broken_and_when_it_is_ended(
    server: Server, house: House, browser: httpx.AsyncClient
) -> None:
    async with listen(server, browser) as socket:
        assert (await next_frame(socket))["type"] == "hello"
        await smashed(browser, house.other)
        assert await closed(socket) == TRY_AGAIN
    async with listen(server, browser) as socket:
        await next_frame(socket)
        await ring(house)
        assert (await next_frame(socket))["type"] == "glass_rang"
        await browser.delete("/api/session/glass")
        assert await closed(socket) == TRY_AGAIN
    async with listen(server, browser) as socket:
        await next_frame(socket)
        await ring(house)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await socket.recv()


async def test_a_desk_is_closed_the_moment_its_time_is_up(
    server: Server, house: House, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    glass = await smashed(browser, house.other)
    soon = datetime.fromisoformat(glass["until"]) - timedelta(seconds=1)
    monkeypatch.setattr(live, "now", lambda: soon)
    monkeypatch.setattr(live, "_PING_SECONDS", 3600.0)
    async with listen(server, browser) as socket:
        assert (await next_frame(socket))["type"] == "hello"
        await house.rows("UPDATE break_glass SET until = clock_timestamp() RETURNING id")
        assert await closed(socket) == TRY_AGAIN


async def test_listening_is_noted_as_well(server: Server, house: House, browser: httpx.AsyncClient) -> None:
    glass = await smashed(browser, house.other)
    async with listen(server, browser) as socket:
        await next_frame(socket)
    routes = [(one.after or {}).get("route") for one in await house.entries(glass_id=glass["id"])]
    assert "/api/live/socket" in routes
