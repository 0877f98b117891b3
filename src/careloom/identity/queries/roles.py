"""Reads roles: those that are built in, and the providers' own."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from careloom.identity.core.roles import PERMISSIONS, known_verbs
from careloom.identity.tables import own_role
from careloom.identity.types.roles import RoleId, RoleSheet
from careloom.organizations.types import ProviderId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.paging import Page, cut, keyset

_BUILT_IN = tuple(
    RoleSheet(id=str(name), provider_id=None, name=None, purpose="", permissions=tuple(sorted(held)), version=1)
    for name, held in PERMISSIONS.items()
)


async def list_roles(tx: Tx, actor: Actor, limit: int = 50, after: str | None = None) -> Page[RoleSheet]:
    """The own roles of the actor's providers by name; the first page begins with those that are built in."""
    actor.require(Permission.ORGANIZATIONS_READ)
    rows = await tx.execute(keyset(select(own_role), [own_role.c.name, own_role.c.id], after, limit))
    page = cut([read_role(row) for row in rows], limit, lambda one: [one.name, one.id])
    return page if after is not None else Page((*_BUILT_IN, *page.items), page.next)


async def get_role(tx: Tx, actor: Actor, role: str) -> RoleSheet:
    """One role by what grants call it; raises NotFoundError."""
    actor.require(Permission.ORGANIZATIONS_READ)
    found = next((one for one in _BUILT_IN if one.id == role), None)
    if found is not None:
        return found
    role_id = own_id(role)
    row = (
        None if role_id is None else (await tx.execute(select(own_role).where(own_role.c.id == role_id))).one_or_none()
    )
    if row is None:
        raise NotFoundError
    return read_role(row)


async def own_roles(tx: Tx, roles: Iterable[str], *, locked: bool = False) -> dict[str, RoleSheet]:
    """Those of these roles that are own ones and that the transaction sees, by what grants call them.

    `locked` keeps them as they are to the end of the transaction, so that what was checked of one still holds when it
    is granted.
    """
    wanted = {one for one in map(own_id, roles) if one is not None}
    if not wanted:
        return {}
    statement = select(own_role).where(own_role.c.id.in_(sorted(wanted))).order_by(own_role.c.id)
    rows = await tx.execute(statement.with_for_update(read=True) if locked else statement)
    return {one.id: one for one in map(read_role, rows)}


def own_id(role: str) -> RoleId | None:
    """The id of an own role, of what a grant calls it; None for anything else."""
    try:
        found = UUID(role)
    except ValueError:
        return None
    return RoleId(found) if str(found) == role else None


def read_role(row: Any) -> RoleSheet:
    """An own role from a row of its table."""
    return RoleSheet(
        id=str(row.id),
        provider_id=ProviderId(row.provider_id),
        name=row.name,
        purpose=row.purpose,
        permissions=tuple(sorted(known_verbs(row.permissions))),
        version=row.version,
    )
