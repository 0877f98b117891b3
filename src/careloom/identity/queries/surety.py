"""Over whom an identity provider or a directory may decide: nobody over whom who answers for it could not."""

from typing import Any

from sqlalchemy import select

from careloom.identity.core.reach import holds_all, includes, manages, reaches, reaches_beyond
from careloom.identity.queries.actors import organization_of
from careloom.identity.queries.people import grants_of
from careloom.identity.tables import person
from careloom.identity.types import Person, PersonId, Role, RoleGrant, ScopeKind
from careloom.identity.types.surety import Owned, Surety
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx, widened
from careloom.platform.wire import from_plain


def read_surety(stored: Any) -> Surety | None:
    """What a row keeps of who answers; None where nobody does, as for what was restored from an archive."""
    return None if stored is None else from_plain(stored, Surety)


async def surety_of(tx: Tx, actor: Actor) -> Surety:
    """`actor` as who answers. Of their grants those count that they act with in full: not what a key, a network or a
    country narrows.
    """
    if actor.person_id is None:
        return Surety(actor.name, now(), (RoleGrant(Role.ADMIN, ScopeKind.EVERYTHING),))
    async with widened(tx):
        own = await grants_of(tx, actor.person_id)
        employer = select(person.c.provider_id).where(person.c.id == actor.person_id)
        employer_id = (await tx.execute(employer)).scalar_one()
        organization = await organization_of(tx, own)
    used = tuple(
        grant
        for grant, reach in zip(own, reaches(own, employer_id, organization), strict=True)
        if any(includes(held, reach) for held in actor.reaches)
    )
    return Surety(actor.name, now(), used, employer_id, PersonId(actor.person_id))


async def answers_for(tx: Tx, surety: Surety | None, whose: Owned, grants: tuple[RoleGrant, ...]) -> bool:
    """Whether who answers could make and change someone of this owner who holds `grants`, as they could set their
    password. Needs a transaction that sees all that the grants name.
    """
    if surety is None:
        return False
    organization = await organization_of(tx, (*surety.grants, *grants))
    held = reaches(surety.grants, surety.provider_id, organization)
    if not manages(held, whose.provider_id, whose.client_id, Permission.PEOPLE_WRITE):
        return False
    return holds_all(surety.grants, held, grants, organization)


async def goes_beyond(tx: Tx, owner: Owned, someone: Person) -> bool:
    """Whether someone reaches beyond what an owner itself works on, so that the owner's directory may not decide over
    them, whoever answers for it. Of no owner: never. Needs a transaction that sees all that the grants name.
    """
    if owner.provider_id is not None:
        own = RoleGrant(Role.ADMIN, ScopeKind.PROVIDER, owner.provider_id)
    elif owner.client_id is not None:
        own = RoleGrant(Role.ADMIN, ScopeKind.CLIENT, owner.client_id)
    else:
        return False
    organization = await organization_of(tx, (own, *someone.grants))
    (bounds,) = reaches((own,), owner.provider_id, organization)
    return any(reaches_beyond(held, bounds) for held in reaches(someone.grants, someone.provider_id, organization))


async def decides_over(tx: Tx, owner: Owned, surety: Surety | None, someone: Person) -> bool:
    """Whether what `owner` has, and `surety` answers for, may decide over someone; needs a transaction as above."""
    return await answers_for(tx, surety, someone, someone.grants) and not await goes_beyond(tx, owner, someone)
