"""Residency: data of a region stays with who serves it; people in other countries see nothing of a client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from careloom.channels.commands.ingest import ingest
from careloom.channels.types import InboundMessage
from careloom.compliance.queries.residency import get_declared
from careloom.compliance.types.residency import Declared
from careloom.conversations.commands.files import store_file
from careloom.customers.commands.profile import create_customer
from careloom.customers.types import IdentityKind, NewCustomer
from careloom.identity.commands.people import change_person
from careloom.identity.queries.actors import actor_of, actors_of, people_who_may
from careloom.identity.types import Person, PersonChanges
from careloom.integrations.commands.exports import request_export
from careloom.integrations.commands.imports import prepare_import
from careloom.integrations.types import NewExport, NewImport
from careloom.organizations.commands import change_client, create_client, create_team
from careloom.organizations.queries import require_served
from careloom.organizations.types import Channel, ClientChanges, Industry, NewClient, NewTeam
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Database, Tx
from careloom.platform.errors import ForbiddenError
from careloom.platform.files import LocalFiles
from careloom.platform.keys import masters
from careloom.platform.keys.files import ClientFiles
from careloom.platform.residency import OPTION, RegionRefusedError, Residency
from tests.postgres import FreshDatabase
from tests.world import SYSTEM, World


@pytest.fixture
async def house(database: Database) -> tuple[World, Any, Any]:
    """A world whose client and program are of the region eu."""
    world = World(database)
    client = await world.client()
    return world, client, await world.program(client, await world.provider())


async def _declared(url: str, residency: Residency, work: Any) -> Any:
    database = Database(url, 2, {OPTION: residency, masters.OPTION: masters.LocalMasters([b"a master key"])})
    try:
        async with database.transaction(SYSTEM) as tx:
            return await work(tx)
    finally:
        await database.close()


@pytest.mark.parametrize("served", [("us",), ("us", "uk")])
async def test_a_region_that_is_not_served_is_refused_everywhere(
    house: tuple[World, Any, Any], fresh_database: FreshDatabase, served: tuple[str, ...]
) -> None:
    _, client, program = house
    message = InboundMessage(
        program_id=program.id,
        channel=Channel.SMS,
        external_id="1",
        identity_kind=IdentityKind.PHONE,
        identity="+15550100",
        text="hello",
    )

    async def make(tx: Tx) -> object:
        return await create_client(tx, SYSTEM, NewClient("B", Industry.RETAIL, "#336699", "eu"))

    async def know(tx: Tx) -> object:
        return await create_customer(tx, SYSTEM, NewCustomer(client_id=client.id, name="Ada"))

    async def hear(tx: Tx) -> object:
        return await ingest(tx, SYSTEM, message)

    attempts = (make, know, hear)
    for attempt in attempts:
        with pytest.raises(RegionRefusedError, match="eu"):
            await _declared(fresh_database.url, Residency(served), attempt)
        assert await _declared(fresh_database.url, Residency(("eu", *served)), attempt)


async def test_files_are_stored_in_the_clients_region_alone(
    house: tuple[World, Any, Any], fresh_database: FreshDatabase, home: Any
) -> None:
    world, client, _ = house
    files = ClientFiles(LocalFiles(home / "files"), world.database)

    async def store(tx: Any) -> Any:
        return await store_file(tx, SYSTEM, files, client.id, "a.txt", b"words")

    with pytest.raises(RegionRefusedError):
        await _declared(fresh_database.url, Residency(files="us"), store)
    assert not list((home / "files").rglob("*.*"))
    assert await _declared(fresh_database.url, Residency(files="eu"), store)


async def test_no_file_comes_in_and_no_archive_is_written_outside_of_the_clients_region(
    house: tuple[World, Any, Any], fresh_database: FreshDatabase
) -> None:
    _, client, program = house

    async def take_in(tx: Tx) -> object:
        return await prepare_import(tx, SYSTEM, NewImport(program_id=program.id, name="customers.csv"))

    async def give_out(tx: Tx) -> object:
        return await request_export(tx, SYSTEM, NewExport(client.id))

    for attempt in (take_in, give_out):
        for elsewhere in (Residency(("us",)), Residency(files="us")):
            with pytest.raises(RegionRefusedError, match="eu"):
                await _declared(fresh_database.url, elsewhere, attempt)
        assert await _declared(fresh_database.url, Residency(("eu",), files="eu"), attempt)


async def test_mail_of_a_client_leaves_through_no_relay_elsewhere(
    house: tuple[World, Any, Any], fresh_database: FreshDatabase
) -> None:
    _, client, _ = house

    async def send(tx: Tx) -> object:
        return await require_served(tx, client.id, relay=True)

    with pytest.raises(RegionRefusedError, match="relay in us"):
        await _declared(fresh_database.url, Residency(relay="us"), send)
    await _declared(fresh_database.url, Residency(relay="eu"), send)


async def test_who_sits_in_another_country_sees_nothing_of_the_client(house: tuple[World, Any, Any]) -> None:
    world, client, _ = house
    provider = await world.provider("Elsewhere")
    program = await world.program(client, provider, name="Served")
    agent = await world.agent(provider, client)
    site = await world.site(provider)
    async with world.database.transaction(SYSTEM) as tx:
        team = await create_team(tx, SYSTEM, NewTeam(provider.id, site.id, "One"))
        await change_person(tx, SYSTEM, agent.id, PersonChanges(team_id=team.id))
    for countries, sees in (((), True), (("PT", "ES"), True), (("DE",), False)):
        async with world.database.transaction(SYSTEM) as tx:
            await change_client(tx, SYSTEM, client.id, ClientChanges(countries=countries))
            one = await actor_of(tx, agent.id)
            assert one is not None
            many = (await actors_of(tx, [agent.id]))[agent.id]
            able = await people_who_may(tx, Permission.CONVERSATIONS_REPLY, client_id=client.id, program_id=program.id)
        assert one.may(Permission.CONVERSATIONS_READ, client_id=client.id) is sees, countries
        assert many.may(Permission.CONVERSATIONS_READ, client_id=client.id) is sees
        assert (agent.id in {each.id for each in able}) is sees
        assert (client.id in (one.client_ids or ())) is sees


async def test_a_session_shows_no_more_from_another_country(
    house: tuple[World, Any, Any],
    api: httpx.AsyncClient,
    sign_in: Callable[[httpx.AsyncClient, Person], Awaitable[None]],
) -> None:
    world, client, _ = house
    provider = await world.provider("Elsewhere")
    await world.program(client, provider, name="Served")
    agent = await world.agent(provider, client)
    site = await world.site(provider)
    async with world.database.transaction(SYSTEM) as tx:
        team = await create_team(tx, SYSTEM, NewTeam(provider.id, site.id, "One"))
        await change_person(tx, SYSTEM, agent.id, PersonChanges(team_id=team.id))
    await sign_in(api, agent)
    for countries, sees in ((("PT",), True), (("DE",), False)):
        async with world.database.transaction(SYSTEM) as tx:
            await change_client(tx, SYSTEM, client.id, ClientChanges(countries=countries))
        shown = (await api.get("/api/session")).json()["clients"]
        assert (str(client.id) in [one["id"] for one in shown]) is sees, countries


async def test_who_has_no_team_sits_nowhere(house: tuple[World, Any, Any]) -> None:
    world, client, _ = house
    agent = await world.agent(await world.provider("Elsewhere"), client)
    async with world.database.transaction(SYSTEM) as tx:
        await change_client(tx, SYSTEM, client.id, ClientChanges(countries=("PT",)))
    assert client.id not in ((await world.actor(agent)).client_ids or ())


async def test_what_is_declared_is_told_to_whoever_guards_rules_and_to_no_one_else(
    fresh_database: FreshDatabase,
) -> None:
    async def told(tx: Tx) -> object:
        return await get_declared(tx, SYSTEM)

    async def asked_by_anyone(tx: Tx) -> object:
        return await get_declared(tx, Actor("anyone", ()))

    assert await _declared(fresh_database.url, Residency(("eu",), relay="us"), told) == Declared(("eu",), None, "us")
    with pytest.raises(ForbiddenError):
        await _declared(fresh_database.url, Residency(), asked_by_anyone)
