"""Reads identity providers, and which of them someone may or must use."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import and_, or_, select

from careloom.identity.queries.people import load_person
from careloom.identity.queries.surety import decides_over, read_surety
from careloom.identity.tables import identity_provider, person
from careloom.identity.types import PersonId
from careloom.identity.types.sso import IdentityProvider, IdentityProviderId, SignInMethods, SsoChoice
from careloom.platform.access import Actor, Permission, system_actor
from careloom.platform.database.scope import managed
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.wire import row_fields

_SYSTEM = system_actor("sign-in")
_MOST_CHOICES = 10
_table = identity_provider.c


def read_identity_provider(row: Any) -> IdentityProvider:
    """An identity provider without its secret, and with the name alone of who answers for it."""
    values, surety = row_fields(row), read_surety(row.surety)
    answered = {"answered_by": surety and surety.name, "answered_at": surety and surety.at}
    return msgspec.convert(
        {**values, **answered, "has_secret": values["secret"] is not None}, IdentityProvider, strict=False
    )


async def list_identity_providers(
    tx: Tx, actor: Actor, limit: int = 50, after: str | None = None
) -> Page[IdentityProvider]:
    """Those of the owners that the actor sees, by name."""
    actor.require(Permission.SECURITY_WRITE)
    statement = select(identity_provider).where(managed(actor, Permission.SECURITY_WRITE, _table.client_id))
    rows = await tx.execute(keyset(statement, [_table.name, _table.id], after, limit))
    return cut([read_identity_provider(row) for row in rows], limit, lambda one: [one.name, one.id])


async def get_identity_provider(tx: Tx, actor: Actor, identity_provider_id: IdentityProviderId) -> IdentityProvider:
    """One of them; raises NotFoundError."""
    actor.require(Permission.SECURITY_WRITE)
    mine = managed(actor, Permission.SECURITY_WRITE, _table.client_id)
    row = (await tx.execute(select(identity_provider).where(_table.id == identity_provider_id, mine))).one_or_none()
    if row is None:
        raise NotFoundError
    return read_identity_provider(row)


async def methods_for(tx: Tx, domain: str) -> SignInMethods:
    """How people with addresses of `domain` sign in, whether there are any or not. Needs a system transaction."""
    statement = select(_table.id, _table.name, _table.only).where(_table.active, _table.domains.contains([domain]))
    rows = (await tx.execute(statement.order_by(_table.name).limit(_MOST_CHOICES))).all()
    choices = tuple(SsoChoice(IdentityProviderId(row.id), row.name) for row in rows)
    return SignInMethods(choices, password=not any(row.only for row in rows))


async def must_use_sso(tx: Tx, person_id: UUID) -> bool:
    """Whether a person's employer lets its people in by single sign-on only, and by it this one. Needs a system
    transaction.

    Who works for nobody never must: someone has to be able to correct a provider that vouches no more. Nor must whom it
    may not decide over.
    """
    of_employer = or_(
        _table.provider_id == person.c.provider_id,
        _table.client_id == person.c.client_id,
        and_(
            _table.provider_id.is_(None),
            _table.client_id.is_(None),
            or_(person.c.provider_id.is_not(None), person.c.client_id.is_not(None)),
        ),
    )
    asking = select(identity_provider).join(person, of_employer)
    rows = (await tx.execute(asking.where(person.c.id == person_id, _table.active, _table.only))).all()
    if not rows:
        return False
    someone = await load_person(tx, _SYSTEM, PersonId(person_id))
    asked = [(read_identity_provider(row), read_surety(row.surety)) for row in rows]
    return any([await decides_over(tx, one, surety, someone) for one, surety in asked])
