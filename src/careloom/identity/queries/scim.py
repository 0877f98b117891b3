"""Reads what a provider's directory keeps here: tokens, users, groups."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, true

from careloom.identity.core.scim.filter import parse_filter
from careloom.identity.core.scim.users import ScimUser
from careloom.identity.queries.scim_filter import condition
from careloom.identity.queries.surety import read_surety
from careloom.identity.tables import person, scim_group, scim_member, scim_token, scim_user
from careloom.identity.types import PersonId, RoleGrant
from careloom.identity.types.scim import ScimGroup, ScimGroupId, ScimToken
from careloom.organizations.types import ProviderId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.wire import from_plain, row_fields

_USER_NAME = func.coalesce(scim_user.c.user_name, person.c.email)
_USERS = {
    "id": person.c.id,
    "username": _USER_NAME,
    "externalid": scim_user.c.external_id,
    "displayname": person.c.name,
    "name.formatted": person.c.name,
    "name.givenname": scim_user.c.given_name,
    "name.familyname": scim_user.c.family_name,
    "emails": person.c.email,
    "emails.value": person.c.email,
    "active": person.c.active,
}
_GROUPS = {"id": scim_group.c.id, "displayname": scim_group.c.name, "externalid": scim_group.c.external_id}


def read_token(row: Any) -> ScimToken:
    """A token without its secret, and with the name alone of who answers for it."""
    surety = read_surety(row.surety)
    return from_plain({**row_fields(row), "answered_by": surety and surety.name}, ScimToken)


async def list_tokens(tx: Tx, actor: Actor, limit: int = 50, after: str | None = None) -> Page[ScimToken]:
    """The tokens of the actor's providers, newest first."""
    actor.require(Permission.SECURITY_WRITE)
    rows = await tx.execute(keyset(select(scim_token), [scim_token.c.id], after, limit, descending=True))
    return cut([read_token(row) for row in rows], limit, lambda one: [one.id])


async def list_groups(tx: Tx, actor: Actor, limit: int = 50, after: str | None = None) -> Page[ScimGroup]:
    """The groups of the actor's providers, by name."""
    actor.require(Permission.SECURITY_WRITE)
    rows = await tx.execute(keyset(select(scim_group), [scim_group.c.name, scim_group.c.id], after, limit))
    return cut([read_group(row) for row in rows], limit, lambda one: [one.name, one.id])


def read_group(row: Any) -> ScimGroup:
    """A group from a row of its table."""
    return from_plain(row_fields(row), ScimGroup)


async def get_group(tx: Tx, group_id: ScimGroupId, *, locked: bool = False) -> ScimGroup:
    """One group that the transaction sees; raises NotFoundError."""
    statement = select(scim_group).where(scim_group.c.id == group_id)
    row = (await tx.execute(statement.with_for_update() if locked else statement)).one_or_none()
    if row is None:
        raise NotFoundError
    return read_group(row)


async def find_groups(
    tx: Tx, provider_id: ProviderId, text: str | None, start: int, count: int
) -> tuple[int, list[ScimGroup]]:
    """How many of a provider's groups fulfil a filter, and `count` of them from `start` on, by age.

    Raises BadFilterError.
    """
    members = {"members": scim_member.c.person_id, "members.value": scim_member.c.person_id}
    wanted = true() if text is None else condition(parse_filter(text), {**_GROUPS, **members})
    joined = scim_group.outerjoin(scim_member, scim_member.c.group_id == scim_group.c.id)
    ids = select(scim_group.c.id).select_from(joined).where(scim_group.c.provider_id == provider_id, wanted)
    chosen = select(scim_group).where(scim_group.c.id.in_(ids))
    total, rows = await _page(tx, chosen, scim_group.c.id, start, count)
    return total, [read_group(row) for row in rows]


async def find_users(
    tx: Tx, provider_id: ProviderId, text: str | None, start: int, count: int
) -> tuple[int, list[tuple[PersonId, ScimUser]]]:
    """How many of a provider's people fulfil a filter, and `count` of them from `start` on, by age.

    Raises BadFilterError.
    """
    wanted = true() if text is None else condition(parse_filter(text), _USERS)
    total, rows = await _page(
        tx, _users().where(person.c.provider_id == provider_id, wanted), person.c.id, start, count
    )
    return total, [_read_user(row) for row in rows]


async def get_user(tx: Tx, provider_id: ProviderId, person_id: PersonId, *, locked: bool = False) -> ScimUser:
    """One person of a provider as a user; raises NotFoundError."""
    statement = _users().where(person.c.provider_id == provider_id, person.c.id == person_id)
    row = (await tx.execute(statement.with_for_update(of=person) if locked else statement)).one_or_none()
    if row is None:
        raise NotFoundError
    return _read_user(row)[1]


async def is_taken(tx: Tx, provider_id: ProviderId, user_name: str, but: PersonId | None = None) -> bool:
    """Whether someone else of the provider has this user name."""
    same = func.lower(_USER_NAME) == user_name.lower()
    others = true() if but is None else person.c.id != but
    found = _users().where(person.c.provider_id == provider_id, same, others).limit(1)
    return (await tx.execute(found)).first() is not None


async def members_of(tx: Tx, group_ids: Sequence[UUID]) -> dict[UUID, list[tuple[UUID, str]]]:
    """The members of each group, by id with their names."""
    columns = (scim_member.c.group_id, person.c.id, person.c.name)
    joined = scim_member.join(person, person.c.id == scim_member.c.person_id)
    statement = select(*columns).select_from(joined).where(scim_member.c.group_id.in_(list(group_ids)))
    found: dict[UUID, list[tuple[UUID, str]]] = {one: [] for one in group_ids}
    for row in await tx.execute(statement.order_by(person.c.id)):
        found[row.group_id].append((row.id, row.name))
    return found


async def groups_of(tx: Tx, person_ids: Sequence[UUID]) -> dict[UUID, list[ScimGroup]]:
    """The groups of each person."""
    joined = scim_member.join(scim_group, scim_group.c.id == scim_member.c.group_id)
    statement = select(scim_member.c.person_id, scim_group).select_from(joined)
    found: dict[UUID, list[ScimGroup]] = {one: [] for one in person_ids}
    rows = await tx.execute(statement.where(scim_member.c.person_id.in_(list(person_ids))).order_by(scim_group.c.id))
    for row in rows:
        found[row.person_id].append(read_group(row))
    return found


async def granted_by_groups(tx: Tx, provider_id: ProviderId) -> frozenset[RoleGrant]:
    """Every grant that some group of a provider gives its members."""
    rows = await tx.execute(select(scim_group.c.grants).where(scim_group.c.provider_id == provider_id))
    return frozenset(from_plain(one, RoleGrant) for some in rows.scalars() for one in some)


def _users() -> Select[Any]:
    kept = or_(scim_user.c.person_id.is_(None), ~scim_user.c.removed)
    own = (scim_user.c.external_id, scim_user.c.given_name, scim_user.c.family_name)
    joined = person.outerjoin(scim_user, scim_user.c.person_id == person.c.id)
    columns: list[ColumnElement[Any]] = [person.c.id, person.c.name, person.c.email, person.c.locale, person.c.active]
    return select(*columns, _USER_NAME.label("user_name"), *own).select_from(joined).where(kept)


def _read_user(row: Any) -> tuple[PersonId, ScimUser]:
    fields = row_fields(row)
    return PersonId(fields.pop("id")), ScimUser(**fields)


async def _page(
    tx: Tx, statement: Select[Any], by: ColumnElement[Any], start: int, count: int
) -> tuple[int, Sequence[Any]]:
    total = (await tx.execute(select(func.count()).select_from(statement.order_by(None).subquery()))).scalar_one()
    if count == 0 or start > total:
        return total, ()
    return total, (await tx.execute(statement.order_by(by).offset(start - 1).limit(count))).all()


async def was_removed(tx: Tx, provider_id: ProviderId, email: str) -> PersonId | None:
    """Whom a directory removed and now makes again: the provider's person of this address, if removed."""
    removed = exists().where(scim_user.c.person_id == person.c.id, scim_user.c.removed)
    mine = (person.c.provider_id == provider_id, func.lower(person.c.email) == email.lower(), removed)
    return (await tx.execute(select(person.c.id).where(*mine))).scalar_one_or_none()
