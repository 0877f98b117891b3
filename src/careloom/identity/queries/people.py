"""Reads people and their grants."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Select, exists, func, select

from careloom.identity.core.roles import PERMISSIONS
from careloom.identity.tables import own_role, person, role_grant
from careloom.identity.types import Person, PersonId, RoleGrant, ScopeKind
from careloom.organizations.queries import clients_of_programs
from careloom.organizations.types import ClientId, ProviderId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.wire import row_fields


def people_with_grants() -> Select[Any]:
    """Every visible person with their grants as one JSON array, each of an own role with what that holds."""
    one = func.jsonb_build_object(
        "role",
        role_grant.c.role,
        "scope",
        role_grant.c.scope,
        "scope_id",
        role_grant.c.scope_id,
        "permissions",
        own_role.c.permissions,
    )
    grants = (
        select(func.coalesce(func.jsonb_agg(one), func.jsonb_build_array()))
        .select_from(role_grant.outerjoin(own_role, own_role.c.id == role_grant.c.own_role_id))
        .where(role_grant.c.person_id == person.c.id)
        .scalar_subquery()
        .label("grants")
    )
    return select(person, grants)


def read_person(row: Any) -> Person:
    """A person from a row of `people_with_grants`."""
    return msgspec.convert(row_fields(row), Person, strict=False)


async def load_person(tx: Tx, actor: Actor, person_id: PersonId) -> Person:
    """One person with every grant, also those over what the actor does not see; raises NotFoundError."""
    if person_id != actor.person_id:
        actor.require(Permission.PEOPLE_READ)
    row = (await tx.execute(people_with_grants().where(person.c.id == person_id))).one_or_none()
    if row is None:
        raise NotFoundError
    return read_person(row)


async def get_person(tx: Tx, actor: Actor, person_id: PersonId) -> Person:
    """One person; raises NotFoundError. One may always read oneself; of others one sees the grants over what one
    sees oneself.
    """
    found = await load_person(tx, actor, person_id)
    return found if person_id == actor.person_id else (await shown_to(tx, actor, [found]))[0]


async def shown_to(tx: Tx, actor: Actor, people: Sequence[Person]) -> list[Person]:
    """The people without their grants over clients, programs and providers that the actor does not see."""
    programs = {grant.scope_id for one in people for grant in one.grants if grant.scope is ScopeKind.PROGRAM}
    seen = await clients_of_programs(tx, [one for one in programs if one is not None]) if programs else {}

    def sees(grant: RoleGrant) -> bool:
        if grant.scope is ScopeKind.PROGRAM:
            return grant.scope_id in seen
        within = actor.client_ids if grant.scope is ScopeKind.CLIENT else actor.provider_ids
        return grant.scope_id is None or within is None or grant.scope_id in within

    return [replace(one, grants=tuple(grant for grant in one.grants if sees(grant))) for one in people]


async def list_people(
    tx: Tx,
    actor: Actor,
    *,
    client_id: ClientId | None = None,
    provider_id: ProviderId | None = None,
    search: str | None = None,
    holding: Permission | None = None,
    limit: int = 50,
    after: str | None = None,
) -> Page[Person]:
    """People of the actor's providers and clients, by name; `search` is a part of a name or the start of a mail,
    `holding` a permission that they have over anything.
    """
    actor.require(Permission.PEOPLE_READ)
    statement = people_with_grants()
    if client_id is not None:
        statement = statement.where(person.c.client_id == client_id)
    if provider_id is not None:
        statement = statement.where(person.c.provider_id == provider_id)
    if search:
        wanted = search.lower()
        statement = statement.where(
            func.lower(person.c.name).contains(wanted, autoescape=True)
            | func.lower(person.c.email).startswith(wanted, autoescape=True)
        )
    if holding is not None:
        statement = statement.where(holds(holding))
    rows = await tx.execute(keyset(statement, [person.c.name, person.c.id], after, limit))
    found = await shown_to(tx, actor, [read_person(row) for row in rows])
    return cut(found, limit, lambda one: [one.name, one.id])


def holds(permission: Permission) -> ColumnElement[bool]:
    """Whether a person's grants hold a permission over anything; part of a query."""
    built_in = [role for role, held in PERMISSIONS.items() if permission in held]
    grants = role_grant.outerjoin(own_role, own_role.c.id == role_grant.c.own_role_id)
    gives = role_grant.c.role.in_(built_in) | own_role.c.permissions.contains([permission.value])
    return exists().select_from(grants).where(role_grant.c.person_id == person.c.id, gives)


async def find_people(tx: Tx, person_ids: Sequence[UUID]) -> dict[PersonId, Person]:
    """Those of `person_ids` whom the transaction sees."""
    rows = await tx.execute(people_with_grants().where(person.c.id.in_(list(person_ids))))
    return {one.id: one for one in map(read_person, rows)}


async def names_of(tx: Tx, person_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The names of visible people."""
    statement = select(person.c.id, person.c.name).where(person.c.id.in_(list(person_ids)))
    return {row.id: row.name for row in await tx.execute(statement)}


async def grants_of(tx: Tx, person_id: UUID) -> tuple[RoleGrant, ...]:
    """A person's grants."""
    statement = select(role_grant.c.role, role_grant.c.scope, role_grant.c.scope_id)
    rows = await tx.execute(statement.where(role_grant.c.person_id == person_id))
    return tuple(msgspec.convert(row, RoleGrant, from_attributes=True, strict=False) for row in rows)
