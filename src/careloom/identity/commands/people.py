"""Makes and changes people and what they may do."""

from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from careloom.identity.commands.passwords import store_password
from careloom.identity.commands.sessions import end_sessions
from careloom.identity.core.reach import reaches
from careloom.identity.core.roles import PERMISSIONS
from careloom.identity.errors import EmailTakenError, GrantTooWideError
from careloom.identity.events import PersonChanged
from careloom.identity.queries.actors import organization_of
from careloom.identity.queries.people import grants_of, load_person
from careloom.identity.tables import person, role_grant
from careloom.identity.types import NewPerson, Person, PersonChanges, PersonId, RoleGrant, ScopeKind
from careloom.organizations.queries import get_client, get_program, get_provider, get_team
from careloom.organizations.types import ClientId, ProgramId, ProviderId, TeamId
from careloom.platform import audit
from careloom.platform.access import Actor, Permission, Reach, system_actor
from careloom.platform.database.transactions import Tx, widened
from careloom.platform.errors import FieldError, ForbiddenError, InvalidInputError, NotFoundError
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id

_WRITE = Permission.PEOPLE_WRITE
_SYSTEM = system_actor("grants")


async def create_person(tx: Tx, actor: Actor, new: NewPerson) -> Person:
    """A new person; raises EmailTakenError, InvalidInputError, GrantTooWideError."""
    if new.provider_id is not None and new.client_id is not None:
        message = "A person works for a provider or for a client, not for both."
        raise InvalidInputError(errors=(FieldError("/client_id", message),))
    _require_over(actor, new.provider_id, new.client_id)
    await _require_team_of(tx, actor, new.team_id, new.provider_id)
    made = Person(
        id=PersonId(new_id()),
        name=new.name,
        email=new.email.strip(),
        provider_id=new.provider_id,
        client_id=new.client_id,
        team_id=new.team_id,
        locale=new.locale,
        active=True,
        grants=(),
    )
    values = {name: getattr(made, name) for name in made.__struct_fields__ if name != "grants"}
    try:
        async with tx.begin_nested():
            await tx.execute(person.insert().values(**values))
    except IntegrityError as error:
        raise EmailTakenError from error
    if new.password is not None:
        await store_password(tx, actor, made.id, new.password)
    await _store_grants(tx, actor, made, new.grants)
    made = msgspec.structs.replace(made, grants=new.grants)
    await _tell(tx, actor, "person.create", made, None)
    return made


async def change_person(tx: Tx, actor: Actor, person_id: PersonId, changes: PersonChanges) -> Person:
    """Changes a person; one may change one's own name and locale. Whoever is made inactive is signed out."""
    before = await load_person(tx, actor, person_id)
    values = {name: value for name, value in _fields(changes).items() if value is not UNSET}
    if person_id != actor.person_id or values.keys() - {"name", "locale"}:
        _require_over(actor, before.provider_id, before.client_id)
        await _require_no_more(tx, actor, before.grants)
    if changes.team_id is not UNSET:
        await _require_team_of(tx, actor, changes.team_id, before.provider_id)
    after = msgspec.structs.replace(before, **values)
    if values:
        try:
            async with tx.begin_nested():
                await tx.execute(update(person).where(person.c.id == person_id).values(**values))
        except IntegrityError as error:
            raise EmailTakenError from error
    if not after.active:
        await end_sessions(tx, actor, person_id)
    await _tell(tx, actor, "person.change", after, before)
    return after


async def set_grants(tx: Tx, actor: Actor, person_id: PersonId, grants: tuple[RoleGrant, ...]) -> Person:
    """Replaces a person's grants; raises GrantTooWideError for what the actor does not hold."""
    before = await load_person(tx, actor, person_id)
    _require_over(actor, before.provider_id, before.client_id)
    await _require_no_more(tx, actor, before.grants)
    await tx.execute(delete(role_grant).where(role_grant.c.person_id == person_id))
    await _store_grants(tx, actor, before, grants)
    after = msgspec.structs.replace(before, grants=grants)
    await _tell(tx, actor, "person.grant", after, before)
    return after


async def set_password(tx: Tx, actor: Actor, person_id: PersonId, password: str) -> None:
    """Sets someone else's password and signs them out everywhere."""
    someone = await load_person(tx, actor, person_id)
    _require_over(actor, someone.provider_id, someone.client_id)
    await _require_no_more(tx, actor, someone.grants)
    await store_password(tx, actor, person_id, password)
    await end_sessions(tx, actor, person_id)
    await audit.record(
        tx, actor, "person.set_password", person_id, client_id=someone.client_id, provider_id=someone.provider_id
    )


async def _store_grants(tx: Tx, actor: Actor, someone: Person, grants: tuple[RoleGrant, ...]) -> None:
    for index, grant in enumerate(grants):
        if (grant.scope == "everything") != (grant.scope_id is None):
            message = "Name a scope_id, except for the scope `everything`."
            raise InvalidInputError(errors=(FieldError(f"/grants/{index}/scope_id", message),))
    await _require_no_more(tx, actor, grants)
    rows = [
        {"id": new_id(), "person_id": someone.id, "role": one.role, "scope": one.scope, "scope_id": one.scope_id}
        for one in dict.fromkeys(grants)
    ]
    if rows:
        await tx.execute(role_grant.insert(), rows)


async def _require_no_more(tx: Tx, actor: Actor, grants: tuple[RoleGrant, ...]) -> None:
    # What a scope reaches is looked up over everything: the part of a provider that the actor does not see counts.
    async with widened(tx):
        organization = await organization_of(tx, grants)
        own = None if actor.person_id is None else await grants_of(tx, actor.person_id)
        gone = [grant for grant in grants if not await _exists(tx, grant)]
    for grant, reach in zip(grants, reaches(grants, None, organization), strict=True):
        if not any(_includes(held, reach) for held in actor.reaches):
            raise GrantTooWideError
        if grant.scope is ScopeKind.PROVIDER and own is not None and not any(_grows_with(one, grant) for one in own):
            raise GrantTooWideError
        if grant in gone:
            raise GrantTooWideError(f"The scope {grant.scope_id} does not exist.")


async def _exists(tx: Tx, grant: RoleGrant) -> bool:
    try:
        if grant.scope is ScopeKind.CLIENT:
            await get_client(tx, _SYSTEM, ClientId(_scope(grant)))
        elif grant.scope is ScopeKind.PROVIDER:
            await get_provider(tx, _SYSTEM, ProviderId(_scope(grant)))
        elif grant.scope is ScopeKind.PROGRAM:
            await get_program(tx, _SYSTEM, ProgramId(_scope(grant)))
    except NotFoundError:
        return False
    return True


def _scope(grant: RoleGrant) -> UUID:
    if grant.scope_id is None:
        raise InvalidInputError(f"A grant over a {grant.scope} names a scope_id.")
    return grant.scope_id


def _grows_with(own: RoleGrant, wanted: RoleGrant) -> bool:
    """Whether `own` will reach what `wanted` over a provider will reach once the provider serves more."""
    same = own.scope is ScopeKind.PROVIDER and own.scope_id == wanted.scope_id
    return (same or own.scope is ScopeKind.EVERYTHING) and PERMISSIONS[wanted.role] <= PERMISSIONS[own.role]


def _includes(own: Reach, wanted: Reach) -> bool:
    return (
        wanted.permissions <= own.permissions
        and _subset(wanted.client_ids, own.client_ids)
        and _subset(wanted.provider_ids, own.provider_ids)
        and _subset(wanted.program_ids, own.program_ids)
    )


def _subset(wanted: frozenset[UUID] | None, own: frozenset[UUID] | None) -> bool:
    return own is None or (wanted is not None and wanted <= own)


def _require_over(actor: Actor, provider_id: ProviderId | None, client_id: UUID | None) -> None:
    if provider_id is None and client_id is None:
        if not any(_WRITE in reach.permissions and reach.client_ids is None for reach in actor.reaches):
            raise ForbiddenError("Only an administrator of the whole installation may do this.")
        return
    actor.require(_WRITE, provider_id=provider_id, client_id=client_id)


async def _require_team_of(tx: Tx, actor: Actor, team_id: TeamId | None, provider_id: ProviderId | None) -> None:
    if team_id is not None and (await get_team(tx, actor, team_id)).provider_id != provider_id:
        raise InvalidInputError(errors=(FieldError("/team_id", "Choose a team of the person's own provider."),))


def _fields(changes: PersonChanges) -> dict[str, Any]:
    return {name: getattr(changes, name) for name in changes.__struct_fields__}


async def _tell(tx: Tx, actor: Actor, action: str, after: Person, before: Person | None) -> None:
    owner = {"client_id": after.client_id, "provider_id": after.provider_id}
    await audit.record(tx, actor, action, after.id, before=before, after=after, **owner)
    await publish(tx, PersonChanged(person_id=after.id, **owner))
