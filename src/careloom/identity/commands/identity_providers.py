"""Sets up the identity providers that people sign in with."""

from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import UNSET, Struct
from sqlalchemy import delete, update

from careloom.identity.commands.authority import require_no_more, require_over, require_owner, require_roles
from careloom.identity.core.sso import is_safe_address
from careloom.identity.queries.identity_providers import get_identity_provider
from careloom.identity.queries.surety import surety_of
from careloom.identity.tables import external_identity, identity_provider
from careloom.identity.types.sso import (
    IdentityProvider,
    IdentityProviderChanges,
    IdentityProviderId,
    NewIdentityProvider,
)
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx, widened
from careloom.platform.errors import FieldError, InvalidInputError
from careloom.platform.ids import new_id
from careloom.platform.outbound import lies_inside, require_addresses
from careloom.platform.sealing import seal
from careloom.platform.wire import to_plain

PURPOSE = "identity provider"
_ANSWERED = ("issuer", "application_id", "groups_claim", "rules", "provisions", "second_factor")
"""What decides whom it lets in, and with what. Its name, domains, secret and `only` do not."""


class House(Struct, frozen=True):
    """What the installation brings: its key, and the private networks in which identity providers may lie."""

    key: bytes
    networks: tuple[str, ...]


async def create_identity_provider(tx: Tx, actor: Actor, house: House, new: NewIdentityProvider) -> IdentityProvider:
    """An identity provider for an owner's people, for which the actor answers: it lets in nobody over whom they could
    not decide, and its rules grant no more than they could.

    Raises InvalidInputError, NotFoundError, ForbiddenError, GrantTooWideError.
    """
    await require_owner(tx, actor, new)
    values = msgspec.structs.asdict(new)
    secret = values.pop("secret")
    surety = await surety_of(tx, actor)
    values |= {"answered_by": surety.name, "answered_at": surety.at}
    made = IdentityProvider(id=IdentityProviderId(new_id()), has_secret=secret is not None, active=True, **values)
    _require_outside(made, house.networks)
    await _require_sound(tx, actor, made)
    _require_answerable(actor, made)
    sealed = None if secret is None else seal(house.key, made.id, PURPOSE, secret)
    await tx.execute(identity_provider.insert().values(**_row(made), secret=sealed, surety=to_plain(surety)))
    await _tell(tx, actor, "identity_provider.create", made, None, made)
    return made


async def change_identity_provider(
    tx: Tx, actor: Actor, house: House, identity_provider_id: IdentityProviderId, changes: IdentityProviderChanges
) -> IdentityProvider:
    """Changes what is given; a new secret replaces the former one. Whoever changes whom it lets in, or with what,
    answers for it from then on; with another issuer it knows nobody yet.
    """
    before = await get_identity_provider(tx, actor, identity_provider_id)
    require_over(actor, before.provider_id, before.client_id, Permission.SECURITY_WRITE)
    values = {name: value for name, value in msgspec.structs.asdict(changes).items() if value is not UNSET}
    secret = values.pop("secret", None)
    after = msgspec.structs.replace(before, **values, has_secret=before.has_secret or secret is not None)
    _require_outside(after, house.networks)
    await _require_sound(tx, actor, after)
    row = _row(after) | ({} if secret is None else {"secret": seal(house.key, before.id, PURPOSE, secret)})
    await tx.execute(update(identity_provider).where(identity_provider.c.id == before.id).values(**row))
    if after.issuer != before.issuer:
        await _forget_links(tx, before.id)
    if any(getattr(after, name) != getattr(before, name) for name in _ANSWERED) or (after.active and not before.active):
        _require_answerable(actor, after)
        after = await _answer(tx, actor, after)
    await _tell(tx, actor, "identity_provider.change", after, before, after)
    return after


async def confirm_identity_provider(tx: Tx, actor: Actor, identity_provider_id: IdentityProviderId) -> IdentityProvider:
    """Answers for it as it is: from now on it lets in those over whom the actor could decide.

    Raises NotFoundError, ForbiddenError, GrantTooWideError.
    """
    before = await get_identity_provider(tx, actor, identity_provider_id)
    require_over(actor, before.provider_id, before.client_id, Permission.SECURITY_WRITE)
    await _require_sound(tx, actor, before)
    _require_answerable(actor, before)
    after = await _answer(tx, actor, before)
    await _tell(tx, actor, "identity_provider.confirm", after, before, after)
    return after


async def delete_identity_provider(tx: Tx, actor: Actor, identity_provider_id: IdentityProviderId) -> None:
    """Trusts it no more; whom it made here stays, and signs in some other way."""
    before = await get_identity_provider(tx, actor, identity_provider_id)
    require_over(actor, before.provider_id, before.client_id, Permission.SECURITY_WRITE)
    await tx.execute(delete(identity_provider).where(identity_provider.c.id == before.id))
    await _tell(tx, actor, "identity_provider.delete", before, before, None)


def _require_outside(one: IdentityProvider, networks: tuple[str, ...]) -> None:
    """Names are looked up at each call; what is written as an address is known already."""
    require_addresses({"/issuer": one.issuer})
    if lies_inside(urlsplit(one.issuer).hostname or "", networks):
        message = "This address lies in a private network, which this installation does not call; choose another."
        raise InvalidInputError(errors=(FieldError("/issuer", message),))


async def _require_sound(tx: Tx, actor: Actor, one: IdentityProvider) -> None:
    if not is_safe_address(one.issuer):
        message = "Write an address that begins with https://; http:// only for this machine itself."
        raise InvalidInputError(errors=(FieldError("/issuer", message),))
    await require_roles(tx, one.provider_id, [rule.grant.role for rule in one.rules], lambda at: f"/rules/{at}/grant")
    await require_no_more(tx, actor, tuple(rule.grant for rule in one.rules))


def _require_answerable(actor: Actor, one: IdentityProvider) -> None:
    if one.provisions:
        require_over(actor, one.provider_id, one.client_id, Permission.PEOPLE_WRITE)


async def _answer(tx: Tx, actor: Actor, one: IdentityProvider) -> IdentityProvider:
    surety = await surety_of(tx, actor)
    mine = identity_provider.c.id == one.id
    await tx.execute(update(identity_provider).where(mine).values(surety=to_plain(surety)))
    return msgspec.structs.replace(one, answered_by=surety.name, answered_at=surety.at)


async def _forget_links(tx: Tx, identity_provider_id: IdentityProviderId) -> None:
    """Two issuers may call different people by the same subject."""
    async with widened(tx):
        of_it = external_identity.c.identity_provider_id == identity_provider_id
        await tx.execute(delete(external_identity).where(of_it))


def _row(one: IdentityProvider) -> dict[str, Any]:
    values = msgspec.structs.asdict(one)
    for shown in ("has_secret", "answered_by", "answered_at"):
        del values[shown]
    return values | {"rules": to_plain(one.rules), "domains": list(one.domains)}


async def _tell(
    tx: Tx,
    actor: Actor,
    action: str,
    one: IdentityProvider,
    before: IdentityProvider | None,
    after: IdentityProvider | None,
) -> None:
    owner = {"client_id": one.client_id, "provider_id": one.provider_id}
    await audit.record(tx, actor, action, one.id, before=before, after=after, **owner)
