"""Reads sign-in policies, and what they ask of someone."""

from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from careloom.identity.core.policy import Demands, demands
from careloom.identity.queries.people import grants_of
from careloom.identity.queries.roles import own_roles
from careloom.identity.tables import person, sign_in_policy
from careloom.identity.types.sign_in import SignInPolicy
from careloom.platform.access import Actor, Permission
from careloom.platform.database.scope import managed
from careloom.platform.database.transactions import Tx
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.wire import reader

read_policy = reader(SignInPolicy)


async def list_policies(tx: Tx, actor: Actor, limit: int = 50, after: str | None = None) -> Page[SignInPolicy]:
    """The policies of the owners that the actor sees, the oldest first."""
    actor.require(Permission.SECURITY_WRITE)
    mine = managed(actor, Permission.SECURITY_WRITE, sign_in_policy.c.client_id)
    rows = await tx.execute(keyset(select(sign_in_policy).where(mine), [sign_in_policy.c.id], after, limit))
    return cut([read_policy(row) for row in rows], limit, lambda one: [one.id])


async def demands_on(tx: Tx, person_id: UUID) -> Demands:
    """What is asked of a person: by the installation and by whom they work for. Needs a system transaction."""
    rows = await tx.execute(_over(person_id))
    grants = await grants_of(tx, person_id)
    roles = await own_roles(tx, {one.role for one in grants})
    held = {name: frozenset(one.permissions) for name, one in roles.items()}
    return demands([read_policy(row) for row in rows], grants, held)


def _over(person_id: UUID) -> Select[tuple[object, ...]]:
    policy = sign_in_policy.c
    applies = or_(
        and_(policy.client_id.is_(None), policy.provider_id.is_(None)),
        policy.client_id == person.c.client_id,
        policy.provider_id == person.c.provider_id,
    )
    return select(sign_in_policy).join(person, applies).where(person.c.id == person_id)
