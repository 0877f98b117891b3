"""Old events go below every consumer; who comes too late is told to fetch anew, and nobody else notices."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from careloom.organizations.events import OrganizationChanged
from careloom.platform import audit
from careloom.platform.access import Actor, Permission, Reach, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database
from careloom.platform.eventlog.event import LoggedEvent, publish
from careloom.platform.eventlog.purge import due_events, purged_upto, remove_events
from careloom.platform.eventlog.tail import LogTail
from careloom.platform.hub import Hub
from careloom.platform.ids import new_id
from careloom.platform.live.desk import Desk
from careloom.platform.live.gateway import Gateway
from careloom.platform.tables import event_log
from careloom.platform.trail.sealing import Sealer
from tests.world import World

SYSTEM = system_actor("test")


@pytest.fixture
async def clients(world: World) -> tuple[UUID, UUID]:
    """Two clients with events: five each, in turns."""
    ids = ((await world.client("A")).id, (await world.client("B")).id)
    async with world.database.transaction(SYSTEM) as tx:
        await tx.execute(text("DELETE FROM event_log"))
        for _ in range(5):
            for one in ids:
                await publish(tx, OrganizationChanged(client_id=one, kind="client", id=new_id()))
    return ids


async def _ids(database: Database, client_id: UUID) -> list[int]:
    async with database.transaction(SYSTEM) as tx:
        found = select(event_log.c.id).where(event_log.c.client_id == client_id).order_by(event_log.c.id)
        return list((await tx.execute(found)).scalars())


async def _purge(database: Database, client_id: UUID) -> int:
    async with database.transaction(SYSTEM) as tx:
        window = await due_events(tx, client_id, now() + timedelta(minutes=1))
        await remove_events(tx, client_id, window)
        return window.upto


async def test_only_the_clients_own_events_go(database: Database, clients: tuple[UUID, UUID]) -> None:
    mine, theirs = clients
    before = await _ids(database, theirs)
    await _purge(database, mine)
    assert await _ids(database, mine) == []
    assert await _ids(database, theirs) == before


async def test_what_is_young_stays(database: Database, clients: tuple[UUID, UUID]) -> None:
    async with database.transaction(SYSTEM) as tx:
        assert (await due_events(tx, clients[0], now() - timedelta(minutes=1))).ids == ()


async def test_nothing_goes_that_a_consumer_has_yet_to_read(database: Database, clients: tuple[UUID, UUID]) -> None:
    ids = await _ids(database, clients[0])
    async with database.transaction(SYSTEM) as tx:
        statement = text("INSERT INTO consumer_cursor (consumer, position) VALUES ('slow', :at)")
        await tx.execute(statement, {"at": ids[2]})
    await _purge(database, clients[0])
    assert await _ids(database, clients[0]) == ids[3:]


async def test_how_far_the_audit_trail_is_sealed_holds_no_event_back(
    database: Database, clients: tuple[UUID, UUID]
) -> None:
    async with database.transaction(SYSTEM) as tx:
        await audit.record(tx, SYSTEM, "thing.make", clients[0], client_id=clients[0])
    sealer = Sealer(database)
    async with asyncio.timeout(60):
        while not await sealer.seal_batch():  # noqa: ASYNC110 - what is waited for happens in the database
            await asyncio.sleep(0.02)
    await _purge(database, clients[0])
    assert await _ids(database, clients[0]) == []


async def test_who_comes_too_late_is_told_to_fetch_anew(database: Database, clients: tuple[UUID, UUID]) -> None:
    mine, theirs = clients
    ids = await _ids(database, mine)
    upto = await _purge(database, mine)
    async with _running(database) as tail:
        pass
    gateway = Gateway(tail, Hub(database.links))
    assert await _frames(gateway, mine, ids[0]) == ["hello", "reset"]
    assert await _frames(gateway, theirs, ids[0]) == ["hello", *["organization_changed"] * 5]
    assert await _frames(gateway, mine, upto) == ["hello"]


async def test_a_process_forgets_purged_events_that_it_remembered(
    database: Database, clients: tuple[UUID, UUID]
) -> None:
    mine, theirs = clients
    async with _running(database) as tail:
        started, heard = tail.position, asyncio.Queue[LoggedEvent]()
        with tail.subscribe(heard.put_nowait):
            async with database.transaction(SYSTEM) as tx:
                for one in clients:
                    await publish(tx, OrganizationChanged(client_id=one, kind="client", id=new_id()))
            async with asyncio.timeout(60):
                for _ in clients:
                    await heard.get()
    upto = await _purge(database, mine)
    tail.forget(mine, upto)
    assert tail.missed(started) is None
    assert tail.missed(upto) == []
    assert await _ids(database, theirs) != []


async def test_a_reader_sees_the_marks_of_its_own_clients_alone(database: Database, clients: tuple[UUID, UUID]) -> None:
    upto = await _purge(database, clients[0])
    for client_id, expected in zip(clients, (upto, 0), strict=True):
        async with database.transaction(system_actor("test", client_id)) as tx:
            scoped = await purged_upto(tx) if client_id == clients[0] else 0
            assert scoped == expected


@contextlib.asynccontextmanager
async def _running(database: Database) -> AsyncGenerator[LogTail]:
    """A tail that reads until the context ends, from where the log stands."""
    tail = LogTail(database, Hub(database.links))
    running = asyncio.create_task(tail.run())
    await asyncio.wait_for(tail.ready.wait(), 60)
    yield tail
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def _frames(gateway: Gateway, client_id: UUID, after: int) -> list[str]:
    reach = Reach(frozenset(Permission), frozenset({client_id}), frozenset())
    desk = Desk(Actor("Ada", (reach,), new_id()))
    await gateway.greet(desk, after)
    found: list[str] = []
    while not desk.frames.empty():
        frame = desk.frames.get_nowait()
        found.append(frame.split('"type":"')[1].split('"')[0])
    return found
