"""Builders of a small world: through the commands, as an administrator of everything."""

from __future__ import annotations

from uuid import UUID

from careloom.identity.commands.people import create_person
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
from careloom.platform.access import system_actor
from careloom.platform.database.transactions import Database
from careloom.platform.ids import new_id

SYSTEM = system_actor("isolation")


class World:
    """Makes organizations and people in one database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def provider(self, name: str = "Harbor") -> Provider:
        """A provider."""
        async with self.database.transaction(SYSTEM) as tx:
            return await organizations.create_provider(tx, SYSTEM, NewProvider(name))

    async def site(self, provider: Provider, name: str = "Lisbon") -> Site:
        """A site of a provider."""
        new = NewSite(provider.id, name, "PT", "Europe/Lisbon", Shore.NEARSHORE)
        async with self.database.transaction(SYSTEM) as tx:
            return await organizations.create_site(tx, SYSTEM, new)

    async def client(self, name: str = "Brand") -> Client:
        """A client."""
        new = NewClient(name, Industry.RETAIL, "#336699")
        async with self.database.transaction(SYSTEM) as tx:
            return await organizations.create_client(tx, SYSTEM, new)

    async def program(self, client: Client, *providers: Provider, name: str = "Care", **more: object) -> Program:
        """A program of a client, served by `providers`."""
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
        name: str = "Ada Somebody",
    ) -> Person:
        """A person with one role over one scope."""
        new = NewPerson(
            name=name,
            email=f"{new_id().hex}@example.org",
            provider_id=provider.id if provider else None,
            client_id=client.id if client else None,
            grants=(RoleGrant(role, scope, scope_id),),
        )
        async with self.database.transaction(SYSTEM) as tx:
            return await create_person(tx, SYSTEM, new)
