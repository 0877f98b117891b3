"""Makes, changes and removes providers' own roles. Nobody can put more into a role than they could grant."""

from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct
from msgspec.structs import replace
from sqlalchemy import cast, delete, exists, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError

from careloom.identity.commands.authority import require_held, require_over, require_roles
from careloom.identity.errors import RoleChangedError, RoleHeldError, RoleNamedError, RoleNameTakenError
from careloom.identity.events import PersonChanged, RoleChanged
from careloom.identity.queries.roles import read_role
from careloom.identity.tables import identity_provider, own_role, role_grant, scim_group, sign_in_policy
from careloom.identity.types import RoleGrant, ScopeKind
from careloom.identity.types.roles import NewRole, RoleChanges, RoleId, RoleSheet
from careloom.organizations.queries import get_provider
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import ForbiddenError, NotFoundError
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id


class Replaced(Struct, frozen=True):
    """What took the place of a removed role."""

    replacement: str | None


async def create_role(tx: Tx, actor: Actor, new: NewRole) -> RoleSheet:
    """A role of a provider; raises NotFoundError, ForbiddenError for a permission that one does not hold oneself,
    RoleNameTakenError.
    """
    await get_provider(tx, actor, new.provider_id)
    require_over(actor, new.provider_id, None, Permission.ROLES_WRITE)
    made = RoleSheet(
        id=str(new_id()),
        provider_id=new.provider_id,
        name=new.name,
        purpose=new.purpose,
        permissions=tuple(sorted(set(new.permissions))),
        version=1,
    )
    _require_own(actor, made)
    try:
        async with tx.begin_nested():
            await tx.execute(own_role.insert().values(**_row(made)))
    except IntegrityError as error:
        raise RoleNameTakenError from error
    await _tell(tx, actor, "role.create", made, None, made)
    return made


async def change_role(tx: Tx, actor: Actor, role_id: RoleId, changes: RoleChanges) -> RoleSheet:
    """Changes a role for all who hold it, from their next request on.

    Whoever changes a role could grant it as it is and as it will be, wherever it is granted. Raises NotFoundError,
    ForbiddenError, GrantTooWideError, RoleChangedError, RoleNameTakenError.
    """
    before = await _hold(tx, actor, role_id)
    if changes.version != before.version:
        raise RoleChangedError
    values = {name: value for name, value in msgspec.structs.asdict(changes).items() if value is not UNSET}
    values["permissions"] = tuple(sorted(set(values.get("permissions", before.permissions))))
    after = replace(before, **values | {"version": before.version + 1})
    await _require_grantable(tx, actor, before)
    _require_own(actor, after)
    try:
        async with tx.begin_nested():
            statement = update(own_role).where(own_role.c.id == role_id)
            await tx.execute(statement.values(**_row(after), changed_at=now()))
    except IntegrityError as error:
        raise RoleNameTakenError from error
    await _require_grantable(tx, actor, after)
    await _tell(tx, actor, "role.change", after, before, after)
    return after


async def remove_role(tx: Tx, actor: Actor, role_id: RoleId, replacement: str | None) -> None:
    """Removes a role that nobody holds, or puts `replacement` in its place wherever it is granted.

    Raises NotFoundError, ForbiddenError, GrantTooWideError, RoleHeldError, RoleNamedError, InvalidInputError.
    """
    before = await _hold(tx, actor, role_id)
    if await _is_named(tx, before):
        raise RoleNamedError
    scopes = await _require_grantable(tx, actor, before)
    if scopes and replacement in (None, before.id):
        raise RoleHeldError
    if replacement is not None:
        await require_roles(tx, before.provider_id, [replacement], lambda _: "/replacement")
        await require_held(tx, actor, tuple(replace(one, role=replacement) for one in scopes))
        await _put_in_its_place(tx, actor, before, replacement)
    await tx.execute(delete(own_role).where(own_role.c.id == role_id))
    await _tell(tx, actor, "role.remove", before, before, Replaced(replacement))


async def _hold(tx: Tx, actor: Actor, role_id: RoleId) -> RoleSheet:
    """The role, which nobody else changes or grants until the transaction ends."""
    row = (await tx.execute(select(own_role).where(own_role.c.id == role_id).with_for_update())).one_or_none()
    if row is None:
        raise NotFoundError
    found = read_role(row)
    require_over(actor, found.provider_id, None, Permission.ROLES_WRITE)
    return found


def _require_own(actor: Actor, role: RoleSheet) -> None:
    """Raises ForbiddenError unless the actor holds all that the role does over its provider, by one grant."""
    wanted = frozenset(role.permissions)
    own = [one.permissions for one in actor.reaches if one.covers(None, role.provider_id, None)]
    if any(wanted <= held for held in own):
        return
    widest = max(own, key=lambda held: len(wanted & held), default=frozenset[Permission]())
    lacking = tuple(sorted(wanted - widest))
    raise ForbiddenError("You can only give what you hold yourself; not: {permissions}.", permissions=lacking)


async def _require_grantable(tx: Tx, actor: Actor, role: RoleSheet) -> tuple[RoleGrant, ...]:
    """The grants of a role, one for each scope; raises GrantTooWideError where the actor could not make one of them, as
    the role stands now, or one that a rule makes.
    """
    columns = (role_grant.c.scope, role_grant.c.scope_id)
    rows = await tx.execute(select(*columns).where(role_grant.c.own_role_id == _id(role)).distinct())
    held = tuple(RoleGrant(role.id, ScopeKind(row.scope), row.scope_id) for row in rows)
    rules = (await tx.execute(select(identity_provider.c.rules).where(_names_in_rules(role)))).scalars()
    groups = (await tx.execute(select(scim_group.c.grants).where(_names_in_groups(role)))).scalars()
    plain = [*(one["grant"] for some in rules for one in some), *(one for some in groups for one in some)]
    ruled = [msgspec.convert(one, RoleGrant, strict=False) for one in plain]
    await require_held(tx, actor, (*held, *(one for one in ruled if one.role == role.id)))
    return held


def _names_in_rules(role: RoleSheet) -> Any:
    return identity_provider.c.rules.contains(cast([{"grant": {"role": role.id}}], JSONB))


def _names_in_groups(role: RoleSheet) -> Any:
    return scim_group.c.grants.contains(cast([{"role": role.id}], JSONB))


async def _is_named(tx: Tx, role: RoleSheet) -> bool:
    in_policy = exists().where(sign_in_policy.c.second_factor_roles.contains([role.id]))
    in_rules = exists().where(_names_in_rules(role))
    in_groups = exists().where(_names_in_groups(role))
    return bool((await tx.execute(select(or_(in_policy, in_rules, in_groups)))).scalar_one())


async def _put_in_its_place(tx: Tx, actor: Actor, role: RoleSheet, replacement: str) -> None:
    """Lets everyone who holds `role` hold `replacement` instead, over the same."""
    other = role_grant.alias()
    twice = exists().where(
        other.c.person_id == role_grant.c.person_id,
        other.c.role == replacement,
        other.c.scope == role_grant.c.scope,
        other.c.scope_id.is_not_distinct_from(role_grant.c.scope_id),
    )
    mine = role_grant.c.own_role_id == _id(role)
    gone = await tx.execute(delete(role_grant).where(mine, twice).returning(role_grant.c.person_id))
    put = await tx.execute(update(role_grant).where(mine).values(role=replacement).returning(role_grant.c.person_id))
    people = sorted({*gone.scalars(), *put.scalars()})
    for one in people:
        was, now_is = {"role": role.id}, {"role": replacement}
        await audit.record(tx, actor, "person.grant", one, provider_id=role.provider_id, before=was, after=now_is)
    await publish(tx, *(PersonChanged(person_id=one, provider_id=role.provider_id) for one in people))


def _id(role: RoleSheet) -> RoleId:
    return RoleId(UUID(role.id))


def _row(role: RoleSheet) -> dict[str, Any]:
    return msgspec.structs.asdict(role) | {"id": _id(role), "permissions": list(role.permissions)}


async def _tell(tx: Tx, actor: Actor, action: str, role: RoleSheet, before: RoleSheet | None, after: object) -> None:
    await audit.record(tx, actor, action, _id(role), provider_id=role.provider_id, before=before, after=after)
    await publish(tx, RoleChanged(role_id=_id(role), provider_id=role.provider_id))
