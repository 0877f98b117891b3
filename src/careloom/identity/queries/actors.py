"""Makes Actors of people: what each may do, and over which clients and providers."""

from collections.abc import Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select

from careloom.identity.core.reach import Organization, kept_out, reaches
from careloom.identity.queries.people import grants_of, holds, people_with_grants, read_person
from careloom.identity.queries.roles import own_roles
from careloom.identity.tables import person
from careloom.identity.types import Person, PersonId, RoleGrant, ScopeKind
from careloom.organizations.queries import clients_closed_to, clients_of_programs, programs_served_by
from careloom.platform.access import Actor, Permission, Reach
from careloom.platform.database.transactions import Tx


async def actor_of(tx: Tx, person_id: UUID, *, ip: str | None = None, request_id: str | None = None) -> Actor | None:
    """The actor of an active person, None where there is none. Needs a system transaction."""
    columns = (person.c.name, person.c.provider_id, clients_closed_to(person.c.team_id).label("closed"))
    statement = select(*columns).where(person.c.id == person_id, person.c.active)
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        return None
    grants = await grants_of(tx, person_id)
    held = reaches(grants, row.provider_id, await organization_of(tx, grants))
    held = kept_out(held, row.closed if row.provider_id is not None else None)
    return Actor(name=row.name, reaches=held, person_id=person_id, ip=ip, request_id=request_id)


class Way(Struct, frozen=True):
    """A grant with what it reaches, and what is left of that where the person sits."""

    grant: RoleGrant
    granted: Reach
    here: Reach


async def ways_of(tx: Tx, people: Sequence[Person]) -> list[tuple[Way, ...]]:
    """What each grant of these people reaches as things stand, in their order. Needs a system transaction."""
    organization = await organization_of(tx, [grant for one in people for grant in one.grants])
    closed = await _closed_to(tx, people)
    return [_ways(one, closed.get(one.id), organization) for one in people]


def _ways(one: Person, closed: Sequence[UUID] | None, organization: Organization) -> tuple[Way, ...]:
    granted = reaches(one.grants, one.provider_id, organization)
    return tuple(map(Way, one.grants, granted, kept_out(granted, closed)))


async def _closed_to(tx: Tx, people: Sequence[Person]) -> dict[PersonId, Sequence[UUID] | None]:
    """The clients that are closed to each of a provider's people, by where they sit."""
    employed = [one.id for one in people if one.provider_id is not None]
    if not employed:
        return {}
    statement = select(person.c.id, clients_closed_to(person.c.team_id).label("closed"))
    rows = await tx.execute(statement.where(person.c.id.in_(employed)))
    return {row.id: row.closed for row in rows}


async def organization_of(tx: Tx, grants: Sequence[RoleGrant]) -> Organization:
    """What the scopes of `grants` stand for now."""
    providers = [one.scope_id for one in grants if one.scope is ScopeKind.PROVIDER and one.scope_id]
    programs = [one.scope_id for one in grants if one.scope is ScopeKind.PROGRAM and one.scope_id]
    served = await programs_served_by(tx, providers) if providers else {}
    wanted = sorted({*programs, *(one for some in served.values() for one in some)})
    clients = await clients_of_programs(tx, wanted) if wanted else {}
    roles = await own_roles(tx, {one.role for one in grants})
    return Organization(served, clients, {name: frozenset(one.permissions) for name, one in roles.items()})


async def people_who_may(
    tx: Tx,
    permission: Permission,
    *,
    client_id: UUID,
    program_id: UUID,
    provider_id: UUID | None = None,
    limit: int = 200,
) -> list[Person]:
    """Active people who hold `permission` over a program, by name. Needs a transaction that sees them."""
    statement = _workers().where(person.c.active).order_by(person.c.name).limit(2000)
    if provider_id is not None:
        statement = statement.where(person.c.provider_id == provider_id)
    people = await _actors(tx, statement)
    found = (one for one, actor in people if actor.may(permission, client_id=client_id, program_id=program_id))
    return list(islice(found, limit))


async def who_guard(tx: Tx, permission: Permission, client_id: UUID, limit: int = 200) -> list[Person]:
    """Active people who hold `permission` over a whole client, by name, however many people there are. Needs a system
    transaction.
    """
    people = await _actors(tx, _workers().where(person.c.active, holds(permission)).order_by(person.c.name).limit(2000))
    found = (one for one, actor in people if actor.may(permission, client_id=client_id))
    return list(islice(found, limit))


async def actors_of(tx: Tx, person_ids: Sequence[UUID]) -> dict[PersonId, Actor]:
    """The actors of active people, for routing: who may work on what. Needs a system transaction."""
    statement = _workers().where(person.c.id.in_(list(person_ids)), person.c.active)
    return {one.id: actor for one, actor in await _actors(tx, statement)}


def _workers() -> Any:
    return people_with_grants().add_columns(clients_closed_to(person.c.team_id).label("closed"))


async def _actors(tx: Tx, statement: Any) -> list[tuple[Person, Actor]]:
    rows = [(read_person(row), row.closed) for row in await tx.execute(statement)]
    organization = await organization_of(tx, [grant for one, _ in rows for grant in one.grants])
    return [(one, _actor(one, closed, organization)) for one, closed in rows]


def _actor(one: Person, closed: Sequence[UUID] | None, organization: Organization) -> Actor:
    ways = _ways(one, closed if one.provider_id is not None else None, organization)
    return Actor(one.name, tuple(way.here for way in ways), one.id)
