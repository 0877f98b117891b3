"""A house where somebody is on call: two providers, their clients, and what it takes to break the glass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from careloom.customers.commands.recognise import recognise
from careloom.customers.types import IdentityKind
from careloom.identity.commands.people import create_person
from careloom.identity.types import NewPerson, Person, Role, RoleGrant, ScopeKind
from careloom.organizations.types import Client, Provider
from careloom.platform.audit import AuditEntry, list_audit
from careloom.platform.database.transactions import Database
from careloom.platform.ids import new_id
from tests.world import PASSWORD, SYSTEM, World

REASON = "The night shift's site is dark and a customer waits."


@dataclass(frozen=True)
class House:
    """`lead` works for `own` and is on call for the provider; `other` is the same provider's, `foreign` is not."""

    database: Database
    world: World
    provider: Provider
    own: Client
    other: Client
    foreign: Client
    lead: Person
    guard: Person
    customer_id: UUID

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        """What a statement finds, over everything."""
        async with self.database.transaction(SYSTEM) as tx:
            return list((await tx.execute(text(statement), values)).all())

    async def entries(self, **asked: Any) -> list[AuditEntry]:
        """The newest entries of the audit trail, oldest first."""
        async with self.database.transaction(SYSTEM) as tx:
            return list(reversed((await list_audit(tx, SYSTEM, limit=100, **asked)).items))

    async def let_time_pass(self) -> None:
        """As if every access that is under way had begun five hours ago."""
        async with self.database.transaction(SYSTEM) as tx:
            shift = "begun_at = begun_at - interval '5 hours', until = until - interval '5 hours'"
            await tx.execute(text(f"UPDATE break_glass SET {shift} WHERE ended_at IS NULL"))


async def build_house(world: World) -> House:
    """The house, with one customer of `other`."""
    provider, rival = await world.provider(), await world.provider("Rival")
    own, other, foreign = [await world.client(name) for name in ("Own", "Other", "Foreign")]
    for client in (own, other):
        await world.program(client, provider)
    await world.program(foreign, rival)
    new = NewPerson(
        name="Lena Lead",
        email=f"{new_id().hex}@example.org",
        provider_id=provider.id,
        password=PASSWORD,
        grants=(
            RoleGrant(Role.TEAM_LEAD, ScopeKind.CLIENT, own.id),
            RoleGrant(Role.ON_CALL, ScopeKind.PROVIDER, provider.id),
        ),
    )
    async with world.database.transaction(SYSTEM) as tx:
        lead = await create_person(tx, SYSTEM, new)
        customer = await recognise(tx, SYSTEM, other.id, IdentityKind.EMAIL, "ada@example.org", name="Ada Waiting")
    role, scope = Role.COMPLIANCE_OFFICER, ScopeKind.CLIENT
    guard = await world.person(role, scope, other.id, provider=provider, name="Greta Guard", password=PASSWORD)
    return House(world.database, world, provider, own, other, foreign, lead, guard, customer.id)


async def enter(api: httpx.AsyncClient, person: Person) -> None:
    """Signs in by password."""
    answer = await api.post("/api/session", json={"email": person.email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    api.headers["X-CSRF-Token"] = answer.json()["csrf_token"]


async def smash(api: httpx.AsyncClient, client: Client, **more: Any) -> httpx.Response:
    """Asks for emergency access, with the right password unless told otherwise."""
    body = {"client_id": str(client.id), "reason": REASON, "minutes": 30, "proof": {"password": PASSWORD}}
    return await api.post("/api/session/glass", json=body | more)


async def smashed(api: httpx.AsyncClient, client: Client, **more: Any) -> dict[str, Any]:
    """The same, which must succeed; answers the access."""
    answer = await smash(api, client, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()["glass"]


async def sees(api: httpx.AsyncClient, house: House) -> int:
    """With what status the customer of `other` is shown."""
    return (await api.get(f"/api/customers/{house.customer_id}")).status_code
