"""People as a provider's directory makes, changes and removes them."""

import msgspec
from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from careloom.identity.commands import people
from careloom.identity.core.scim.users import ScimUser
from careloom.identity.errors import BeyondDirectoryError, UserNameTakenError
from careloom.identity.queries.people import load_person
from careloom.identity.queries.scim import get_user, granted_by_groups, groups_of, is_taken, was_removed
from careloom.identity.queries.surety import answers_for, decides_over
from careloom.identity.tables import scim_member, scim_user
from careloom.identity.types import NewPerson, PersonChanges, PersonId, RoleGrant
from careloom.identity.types.scim import Directory
from careloom.platform import audit
from careloom.platform.access import Actor, system_actor
from careloom.platform.database.transactions import Tx, widened


async def make_user(tx: Tx, directory: Directory, user: ScimUser) -> PersonId:
    """A new person of the directory's provider, or one whom it removed before, with all that they still hold.

    Raises UserNameTakenError, EmailTakenError.
    """
    actor = acting(directory)
    if await is_taken(tx, directory.provider_id, user.user_name):
        raise UserNameTakenError
    known = await was_removed(tx, directory.provider_id, user.email)
    if known is not None:
        await require_own(tx, directory, known)
        await people.change_person(tx, actor, known, PersonChanges(user.name, locale=user.locale, active=user.active))
        await _keep(tx, known, user)
        return known
    new = NewPerson(user.name, user.email, directory.provider_id, locale=user.locale)
    made = await people.create_person(tx, actor, new)
    if not user.active:
        await people.change_person(tx, actor, made.id, PersonChanges(active=False))
    await _keep(tx, made.id, user)
    return made.id


async def change_user(tx: Tx, directory: Directory, person_id: PersonId, before: ScimUser, after: ScimUser) -> None:
    """Makes someone what the directory says; who is made inactive is signed out at once.

    Raises BeyondDirectoryError, UserNameTakenError, EmailTakenError.
    """
    if before == after:
        return
    await require_own(tx, directory, person_id)
    if await is_taken(tx, directory.provider_id, after.user_name, person_id):
        raise UserNameTakenError
    fields = ("name", "email", "locale", "active")
    was, wanted = ({one: getattr(user, one) for one in fields} for user in (before, after))
    changes = {one: value for one, value in wanted.items() if value != was[one]}
    await people.change_person(tx, acting(directory), person_id, PersonChanges(**changes))
    await _keep(tx, person_id, after)


async def remove_user(tx: Tx, directory: Directory, person_id: PersonId) -> None:
    """Lets someone sign in no more, and takes them out of every group; what they did stays theirs.

    Raises NotFoundError, BeyondDirectoryError.
    """
    before = await get_user(tx, directory.provider_id, person_id, locked=True)
    await require_own(tx, directory, person_id)
    await people.change_person(tx, acting(directory), person_id, PersonChanges(active=False))
    await _keep(tx, person_id, before)
    await tx.execute(delete(scim_member).where(scim_member.c.person_id == person_id))
    await tx.execute(update(scim_user).where(scim_user.c.person_id == person_id).values(removed=True))
    await regrant(tx, directory, [person_id], await granted_by_groups(tx, directory.provider_id))
    await audit.record(tx, acting(directory), "person.remove", person_id, provider_id=directory.provider_id)


async def regrant(tx: Tx, directory: Directory, members: list[PersonId], managed: frozenset[RoleGrant]) -> None:
    """Gives people what their groups give. `managed` is what groups give and take; other grants stay as they are.

    Raises BeyondDirectoryError.
    """
    groups = await groups_of(tx, members)
    for one in members:
        someone = await load_person(tx, acting(directory), one)
        own = [grant for grant in someone.grants if grant not in managed]
        given = [grant for group in groups[one] for grant in group.grants]
        wanted = tuple(dict.fromkeys((*own, *given)))
        if set(wanted) != set(someone.grants):
            await require_own(tx, directory, one, giving=wanted)
            await people.set_grants(tx, acting(directory), one, wanted)


async def require_own(tx: Tx, directory: Directory, person_id: PersonId, *, giving: tuple[RoleGrant, ...] = ()) -> None:
    """Raises BeyondDirectoryError for who reaches beyond what the provider works on, or holds or is given what who
    answers for the directory could not give; NotFoundError for strangers.
    """
    someone = await load_person(tx, acting(directory), person_id)
    async with widened(tx):
        if not await decides_over(tx, directory, directory.surety, someone):
            raise BeyondDirectoryError
        if not await answers_for(tx, directory.surety, someone, giving):
            raise BeyondDirectoryError


def acting(directory: Directory) -> Actor:
    """Who is noted: the directory. What it may is bounded by its transaction, and by who answers for it."""
    actor = system_actor(f"SCIM: {directory.name}")
    return msgspec.structs.replace(actor, ip=directory.ip, request_id=directory.request_id)


async def _keep(tx: Tx, person_id: PersonId, user: ScimUser) -> None:
    values = {
        "user_name": user.user_name,
        "external_id": user.external_id,
        "given_name": user.given_name,
        "family_name": user.family_name,
        "removed": False,
    }
    statement = insert(scim_user).values(person_id=person_id, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=values))
