"""Builders of a small world for tests: through the commands, as an administrator of everything."""

from __future__ import annotations

from uuid import UUID

from careloom.identity.commands.people import create_person
from careloom.identity.queries.actors import actor_of
from careloom.identity.types import NewPerson, Person, Role, RoleGrant, ScopeKind
from careloom.organizations import commands as organizations
from careloom.organizations.types import (
    Client,
    Industry,
    NewClient,
    NewProgram,
    NewProvider,
    NewSite,
    Program,
    Provider,
    Shore,
    Site,
)
from careloom.platform.access import Actor, system_actor
from careloom.platform.database.transactions import Database
from careloom.platform.ids import new_id

SYSTEM = system_actor("test")
PASSWORD = "correct horse battery"


class World:
    """Makes organizations and people in one database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def provider(self, name: str = "Harbor") -> Provider:
        async with self.database.transaction(SYSTEM) as tx:
            return await organizations.create_provider(tx, SYSTEM, NewProvider(name))

    async def site(self, provider: Provider, name: str = "Lisbon") -> Site:
        new = NewSite(provider.id, name, "PT", "Europe/Lisbon", Shore.NEARSHORE)
        async with self.database.transaction(SYSTEM) as tx:
            return await organizations.create_site(tx, SYSTEM, new)

    async def client(self, name: str = "Brand") -> Client:
        new = NewClient(name, Industry.RETAIL, "#336699")
        async with self.database.transaction(SYSTEM) as tx:
            return await organizations.create_client(tx, SYSTEM, new)

    async def program(self, client: Client, *providers: Provider, name: str = "Care", **more: object) -> Program:
        new = NewProgram(
            client_id=client.id,
            name=name,
            time_zone="Europe/Lisbon",
            provider_ids=tuple(one.id for one in providers),
            **more,  # pyright: ignore[reportArgumentType]
        )
        async with self.database.transaction(SYSTEM) as tx:
            return await organizations.create_program(tx, SYSTEM, new)

    async def person(
        self,
        role: Role,
        scope: ScopeKind,
        scope_id: UUID | None,
        *,
        provider: Provider | None = None,
        client: Client | None = None,
        name: str = "Ada Test",
        password: str | None = None,
    ) -> Person:
        new = NewPerson(
            name=name,
            email=f"{new_id().hex}@example.org",
            provider_id=provider.id if provider else None,
            client_id=client.id if client else None,
            grants=(RoleGrant(role, scope, scope_id),),
            password=password,
        )
        async with self.database.transaction(SYSTEM) as tx:
            return await create_person(tx, SYSTEM, new)

    async def agent(self, provider: Provider, *clients: Client, name: str = "Ada Agent") -> Person:
        """An agent of `provider` who works for `clients`."""
        new = NewPerson(
            name=name,
            email=f"{new_id().hex}@example.org",
            provider_id=provider.id,
            grants=tuple(RoleGrant(Role.AGENT, ScopeKind.CLIENT, one.id) for one in clients),
        )
        async with self.database.transaction(SYSTEM) as tx:
            return await create_person(tx, SYSTEM, new)

    async def actor(self, person: Person) -> Actor:
        async with self.database.transaction(SYSTEM) as tx:
            found = await actor_of(tx, person.id)
        assert found is not None
        return found
