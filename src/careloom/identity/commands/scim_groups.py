"""Groups of a provider's directory, their members, and what these may do."""

from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from careloom.identity.commands.authority import require_no_more, require_over, require_roles
from careloom.identity.commands.scim_users import acting, regrant
from careloom.identity.errors import GroupNameTakenError, UnknownMemberError
from careloom.identity.queries.scim import get_group, granted_by_groups, members_of
from careloom.identity.queries.surety import surety_of
from careloom.identity.tables import person, scim_group, scim_member
from careloom.identity.types import PersonId, RoleGrant
from careloom.identity.types.scim import Directory, ScimGroup, ScimGroupId
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.ids import new_id
from careloom.platform.wire import to_plain

MOST_MEMBERS = 20_000


async def make_group(
    tx: Tx, directory: Directory, name: str, external_id: str | None, members: frozenset[UUID]
) -> ScimGroup:
    """A group that gives nothing until someone says what; raises GroupNameTakenError, UnknownMemberError."""
    made = ScimGroup(ScimGroupId(new_id()), directory.provider_id, name, external_id, (), now())
    values = {one: getattr(made, one) for one in made.__struct_fields__ if one != "grants"}
    try:
        async with tx.begin_nested():
            await tx.execute(scim_group.insert().values(**values))
    except IntegrityError as error:
        raise GroupNameTakenError from error
    await audit.record(tx, acting(directory), "scim_group.create", made.id, provider_id=made.provider_id, after=made)
    await _set_members(tx, directory, made, members)
    return made


async def change_group(
    tx: Tx, directory: Directory, before: ScimGroup, name: str, external_id: str | None, members: frozenset[UUID]
) -> None:
    """Renames a group and sets its members; raises GroupNameTakenError, UnknownMemberError, BeyondDirectoryError."""
    if (name, external_id) != (before.name, before.external_id):
        values = {"name": name, "external_id": external_id}
        try:
            async with tx.begin_nested():
                await tx.execute(update(scim_group).where(scim_group.c.id == before.id).values(**values))
        except IntegrityError as error:
            raise GroupNameTakenError from error
        was = {"name": before.name, "external_id": before.external_id}
        owner = {"provider_id": before.provider_id}
        await audit.record(tx, acting(directory), "scim_group.change", before.id, **owner, before=was, after=values)
    await _set_members(tx, directory, before, members)


async def remove_group(tx: Tx, directory: Directory, group_id: ScimGroupId) -> None:
    """Removes a group, and what it gave from who was in it; raises NotFoundError, BeyondDirectoryError."""
    before = await get_group(tx, group_id, locked=True)
    managed = await granted_by_groups(tx, directory.provider_id)
    members = [PersonId(one) for one, _ in (await members_of(tx, [group_id]))[group_id]]
    await tx.execute(delete(scim_group).where(scim_group.c.id == group_id))
    await regrant(tx, directory, members, managed)
    owner = {"provider_id": before.provider_id}
    await audit.record(tx, acting(directory), "scim_group.remove", group_id, **owner, before=before)


async def set_group_grants(tx: Tx, actor: Actor, group_id: ScimGroupId, grants: tuple[RoleGrant, ...]) -> ScimGroup:
    """What members of a group may do, from now on and at once; nobody can give more than they hold.

    Raises NotFoundError, ForbiddenError, GrantTooWideError, InvalidInputError.
    """
    before = await get_group(tx, group_id, locked=True)
    require_over(actor, before.provider_id, None, Permission.SECURITY_WRITE)
    require_over(actor, before.provider_id, None, Permission.PEOPLE_WRITE)
    await require_roles(tx, before.provider_id, [one.role for one in grants], lambda at: f"/grants/{at}/role")
    await require_no_more(tx, actor, before.grants)
    await require_no_more(tx, actor, grants)
    managed = await granted_by_groups(tx, before.provider_id)
    kept = tuple(dict.fromkeys(grants))
    await tx.execute(update(scim_group).where(scim_group.c.id == group_id).values(grants=to_plain(kept)))
    after = await get_group(tx, group_id)
    owner = {"provider_id": before.provider_id}
    await audit.record(tx, actor, "scim_group.grant", group_id, **owner, before=before, after=after)
    directory = Directory(before.provider_id, before.name, actor.ip, actor.request_id, await surety_of(tx, actor))
    members = [PersonId(one) for one, _ in (await members_of(tx, [group_id]))[group_id]]
    await regrant(tx, directory, members, managed | frozenset(kept))
    return after


async def _set_members(tx: Tx, directory: Directory, group: ScimGroup, wanted: frozenset[UUID]) -> None:
    held = {one for one, _ in (await members_of(tx, [group.id]))[group.id]}
    gone, come = held - wanted, wanted - held
    await _require_known(tx, directory, come)
    mine = (scim_member.c.group_id == group.id, scim_member.c.person_id.in_(sorted(gone)))
    if gone:
        await tx.execute(delete(scim_member).where(*mine))
    owner = {"provider_id": group.provider_id, "group_id": group.id}
    if come:
        await tx.execute(scim_member.insert(), [{**owner, "person_id": one} for one in sorted(come)])
    changed = [PersonId(one) for one in sorted(gone | come)]
    if changed:
        change = {"joined": sorted(come), "left": sorted(gone)}
        owned = {"provider_id": group.provider_id}
        await audit.record(tx, acting(directory), "scim_group.members", group.id, **owned, after=change)
    if group.grants:
        await regrant(tx, directory, changed, await granted_by_groups(tx, directory.provider_id))


async def _require_known(tx: Tx, directory: Directory, people: frozenset[UUID]) -> None:
    own = (person.c.provider_id == directory.provider_id, person.c.id.in_(sorted(people)))
    known = frozenset((await tx.execute(select(person.c.id).where(*own))).scalars())
    if not people <= known:
        raise UnknownMemberError
