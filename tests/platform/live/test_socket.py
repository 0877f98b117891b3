"""The desk's socket: what one may see, in order, with replay, and nothing else."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from careloom.identity.commands.sessions import start_session
from careloom.identity.types import Person, Role, ScopeKind
from careloom.identity.types.sign_in import Origin
from careloom.organizations.types import Client
from careloom.platform.database.transactions import Database
from careloom.platform.eventlog.event import Event, publish
from careloom.platform.ids import new_id
from careloom.platform.runtime import Runtime
from tests.logs import Logs
from tests.server import Server, running_server
from tests.world import SYSTEM, World


class BellRang(Event, frozen=True, kw_only=True):
    """A bell rang at a client."""

    number: int
    program_id: UUID | None = None


@pytest.fixture
async def server(runtime: Runtime) -> AsyncIterator[Server]:
    async with running_server(runtime) as running:
        yield running


@pytest.fixture
async def client(world: World) -> Client:
    return await world.client("Mine")


async def _ring(database: Database, client: Client, *numbers: int, audience: UUID | None = None) -> None:
    async with database.transaction(SYSTEM) as tx:
        await publish(tx, *[BellRang(client_id=client.id, number=one, audience_id=audience) for one in numbers])


async def _cookie(database: Database, person: Person) -> dict[str, str]:
    async with database.transaction(SYSTEM) as tx:
        started = await start_session(tx, person.id, Origin(None, None), 1)
    return {"Cookie": f"careloom_session={started.secret}"}


async def _next(socket: ClientConnection, kind: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            frame = json.loads(await socket.recv())
            if frame["type"] == kind:
                return frame


async def test_a_desk_hears_of_its_clients_and_of_no_others(
    server: Server, database: Database, world: World, client: Client
) -> None:
    other = await world.client("Other")
    person = await world.person(Role.CLIENT_VIEWER, ScopeKind.CLIENT, client.id, client=client)
    headers = await _cookie(database, person)
    async with connect(f"{server.ws}/api/live/socket", additional_headers=headers) as socket:
        await _next(socket, "hello")
        await _ring(database, other, 1)
        await _ring(database, client, 2)
        frame = await _next(socket, "bell_rang")
    assert frame["data"]["number"] == 2
    assert frame["client_id"] == str(client.id)


async def test_what_was_missed_is_replayed_in_order_once(
    server: Server, database: Database, world: World, client: Client
) -> None:
    person = await world.person(Role.CLIENT_VIEWER, ScopeKind.CLIENT, client.id, client=client)
    headers = await _cookie(database, person)
    url = f"{server.ws}/api/live/socket"
    async with connect(url, additional_headers=headers) as socket:
        await _ring(database, client, 1)
        last = (await _next(socket, "bell_rang"))["id"]
    await _ring(database, client, 2, 3)
    async with connect(f"{url}?after={last}", additional_headers=headers) as socket:
        await _ring(database, client, 4)
        numbers = [(await _next(socket, "bell_rang"))["data"]["number"] for _ in range(3)]
    assert numbers == [2, 3, 4]


async def test_who_knows_more_than_the_log_holds_is_told_to_begin_anew(
    server: Server, database: Database, world: World, client: Client
) -> None:
    person = await world.person(Role.CLIENT_VIEWER, ScopeKind.CLIENT, client.id, client=client)
    headers = await _cookie(database, person)
    await _ring(database, client, 1)
    async with connect(f"{server.ws}/api/live/socket", additional_headers=headers) as socket:
        last = (await _next(socket, "hello"))["id"]
    async with connect(f"{server.ws}/api/live/socket?after={last + 50}", additional_headers=headers) as socket:
        assert last <= (await _next(socket, "reset"))["id"] < last + 50
        await _ring(database, client, 2)
        assert (await _next(socket, "bell_rang"))["data"]["number"] == 2


async def test_an_event_for_one_person_reaches_nobody_else(
    server: Server, database: Database, world: World, client: Client
) -> None:
    mine = await world.person(Role.CLIENT_VIEWER, ScopeKind.CLIENT, client.id, client=client)
    other = await world.person(Role.CLIENT_VIEWER, ScopeKind.CLIENT, client.id, client=client)
    url = f"{server.ws}/api/live/socket"
    async with connect(url, additional_headers=await _cookie(database, mine)) as socket:
        await _next(socket, "hello")
        await _ring(database, client, 1, audience=other.id)
        await _ring(database, client, 2, audience=mine.id)
        assert (await _next(socket, "bell_rang"))["data"]["number"] == 2


async def test_without_a_session_the_socket_is_closed(server: Server) -> None:
    async with connect(f"{server.ws}/api/live/socket") as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


@pytest.mark.parametrize("host", ["a:b", "a:99999", "[::1]:b"])
async def test_whatever_host_a_stranger_names_the_socket_answers(server: Server, logs: Logs, host: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    writer.write(f"GET /api/live/socket?after=x HTTP/1.1\r\nHost: {host}\r\n{upgrade}{key}\r\n".encode())
    assert b" 500 " not in await reader.readline()
    writer.close()
    assert [one for one in logs() if one["level"] == "error"] == []


@pytest.mark.parametrize("origin", ["https://evil.example", "http://[x", "http://a:b", "null", "://", "[::1"])
async def test_a_page_of_another_origin_cannot_listen(
    server: Server, database: Database, world: World, client: Client, origin: str
) -> None:
    person = await world.person(Role.CLIENT_VIEWER, ScopeKind.CLIENT, client.id, client=client)
    headers = {**await _cookie(database, person), "Origin": origin}
    with pytest.raises(Exception, match=r"403"):
        async with connect(f"{server.ws}/api/live/socket", additional_headers=headers) as socket:
            await socket.recv()


async def test_a_conversation_of_another_client_cannot_be_watched(
    server: Server, database: Database, world: World, client: Client
) -> None:
    person = await world.person(Role.CLIENT_VIEWER, ScopeKind.CLIENT, client.id, client=client)
    async with connect(f"{server.ws}/api/live/socket", additional_headers=await _cookie(database, person)) as socket:
        await _next(socket, "hello")
        await socket.send(json.dumps({"type": "viewing", "conversation_id": str(new_id())}))
        await _ring(database, client, 1)
        kinds: list[str] = []
        async with asyncio.timeout(60):
            while "bell_rang" not in kinds:
                kinds.append(json.loads(await socket.recv())["type"])
    assert set(kinds) <= {"person_changed", "bell_rang"}
