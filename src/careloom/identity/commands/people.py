"""Makes and changes people and what they may do."""

from typing import Any

import msgspec
from msgspec import UNSET
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from careloom.identity.commands.authority import require_no_more, require_over, require_roles
from careloom.identity.commands.passwords import store_password
from careloom.identity.commands.sessions import end_sessions
from careloom.identity.errors import EmailTakenError
from careloom.identity.events import PersonChanged
from careloom.identity.queries.people import load_person
from careloom.identity.tables import person, role_grant
from careloom.identity.types import NewPerson, Person, PersonChanges, PersonId, RoleGrant
from careloom.organizations.queries import get_team
from careloom.organizations.types import ProviderId, TeamId
from careloom.platform import audit
from careloom.platform.access import Actor
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, InvalidInputError
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id


async def create_person(tx: Tx, actor: Actor, new: NewPerson) -> Person:
    """A new person; raises EmailTakenError, InvalidInputError, GrantTooWideError."""
    if new.provider_id is not None and new.client_id is not None:
        message = "A person works for a provider or for a client, not for both."
        raise InvalidInputError(errors=(FieldError("/client_id", message),))
    require_over(actor, new.provider_id, new.client_id)
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
        await store_password(tx, made.id, new.password)
    await _require_grantable(tx, actor, made, new.grants)
    await _store_grants(tx, made, new.grants)
    made = msgspec.structs.replace(made, grants=new.grants)
    await _tell(tx, actor, "person.create", made, None)
    return made


async def change_person(tx: Tx, actor: Actor, person_id: PersonId, changes: PersonChanges) -> Person:
    """Changes a person; whoever has signed in may change their own name and locale. Whoever is made inactive is signed
    out.
    """
    before = await load_person(tx, actor, person_id)
    values = {name: value for name, value in _fields(changes).items() if value is not UNSET}
    if not actor.is_themselves(person_id) or values.keys() - {"name", "locale"}:
        require_over(actor, before.provider_id, before.client_id)
        await require_no_more(tx, actor, before.grants)
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
    require_over(actor, before.provider_id, before.client_id)
    await require_no_more(tx, actor, before.grants)
    await _require_grantable(tx, actor, before, grants)
    await tx.execute(delete(role_grant).where(role_grant.c.person_id == person_id))
    await _store_grants(tx, before, grants)
    after = msgspec.structs.replace(before, grants=grants)
    await _tell(tx, actor, "person.grant", after, before)
    return after


async def set_password(tx: Tx, actor: Actor, person_id: PersonId, password: str) -> None:
    """Sets someone else's password and signs them out everywhere."""
    someone = await load_person(tx, actor, person_id)
    require_over(actor, someone.provider_id, someone.client_id)
    await require_no_more(tx, actor, someone.grants)
    await store_password(tx, person_id, password)
    await end_sessions(tx, actor, person_id)
    await audit.record(
        tx, actor, "person.set_password", person_id, client_id=someone.client_id, provider_id=someone.provider_id
    )


async def _require_grantable(tx: Tx, actor: Actor, someone: Person, grants: tuple[RoleGrant, ...]) -> None:
    for index, grant in enumerate(grants):
        if (grant.scope == "everything") != (grant.scope_id is None):
            message = "Name a scope_id, except for the scope `everything`."
            raise InvalidInputError(errors=(FieldError(f"/grants/{index}/scope_id", message),))
    await require_roles(tx, someone.provider_id, [one.role for one in grants], lambda at: f"/grants/{at}/role")
    await require_no_more(tx, actor, grants)


async def _store_grants(tx: Tx, someone: Person, grants: tuple[RoleGrant, ...]) -> None:
    rows = [
        {"id": new_id(), "person_id": someone.id, "role": one.role, "scope": one.scope, "scope_id": one.scope_id}
        for one in dict.fromkeys(grants)
    ]
    if rows:
        await tx.execute(role_grant.insert(), rows)


async def _require_team_of(tx: Tx, actor: Actor, team_id: TeamId | None, provider_id: ProviderId | None) -> None:
    if team_id is not None and (await get_team(tx, actor, team_id)).provider_id != provider_id:
        raise InvalidInputError(errors=(FieldError("/team_id", "Choose a team of the person's own provider."),))


def _fields(changes: PersonChanges) -> dict[str, Any]:
    return {name: getattr(changes, name) for name in changes.__struct_fields__}


async def _tell(tx: Tx, actor: Actor, action: str, after: Person, before: Person | None) -> None:
    owner = {"client_id": after.client_id, "provider_id": after.provider_id}
    await audit.record(tx, actor, action, after.id, before=before, after=after, **owner)
    await publish(tx, PersonChanged(person_id=after.id, **owner))
