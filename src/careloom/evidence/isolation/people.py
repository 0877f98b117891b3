"""Who works in a brand's world, and how they sign requests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from careloom.evidence.isolation.builders import World
from careloom.identity.commands.people import create_person
from careloom.identity.types import NewPerson, Person, RoleGrant
from careloom.organizations.types import ClientId, ProviderId
from careloom.platform.access import system_actor
from careloom.platform.clock import now
from careloom.platform.database.schema import metadata
from careloom.platform.ids import new_id, new_secret
from careloom.platform.secrets import fingerprint

SYSTEM = system_actor("isolation")


@dataclass(frozen=True)
class Staff:
    """Whose people they are, and the word that all their names carry."""

    provider_id: ProviderId
    client_id: ClientId
    canary: str


async def hire(
    world: World, staff: Staff, name: str, grants: tuple[RoleGrant, ...], *, of_client: bool = False
) -> Person:
    """A person of the provider, or of the client."""
    new = NewPerson(
        name=f"{name} {staff.canary}",
        email=f"{name}@{staff.canary}.example",
        provider_id=None if of_client else staff.provider_id,
        client_id=staff.client_id if of_client else None,
        grants=grants,
    )
    async with world.database.transaction(SYSTEM) as tx:
        return await create_person(tx, SYSTEM, new)


async def bearer_of(world: World, person: Person, *client_ids: ClientId) -> str:
    """The secret of an API key with all that the person may do, also for those who may not make keys themselves."""
    prefix, secret = new_id().hex[-12:], new_secret()
    values = {
        "id": new_id(),
        "person_id": person.id,
        "name": f"key of {person.name}",
        "prefix": prefix,
        "secret_hash": fingerprint(secret),
        "permissions": [],
        "client_ids": list(client_ids),
    }
    async with world.database.transaction(SYSTEM) as tx:
        await tx.execute(metadata.tables["api_key"].insert().values(**values))
    return f"clk_{prefix}_{secret}"


def session_row(session_id: UUID, person_id: UUID) -> dict[str, Any]:
    """A running session that nobody holds the cookie of."""
    ends = now() + timedelta(hours=1)
    return {
        "id": session_id,
        "person_id": person_id,
        "secret_hash": session_id.hex,
        "expires_at": ends,
        "method": "password",
    }


def passkey_row(passkey_id: UUID, person_id: UUID) -> dict[str, Any]:
    """A passkey that no device holds."""
    return {
        "id": passkey_id,
        "person_id": person_id,
        "name": "Laptop",
        "credential_id": passkey_id.bytes,
        "public_key": b"none",
        "sign_count": 0,
        "synced": False,
    }
