"""Sets up the identity providers that people sign in with."""

from typing import Any

import msgspec
from msgspec import UNSET
from sqlalchemy import delete, update

from careloom.identity.commands.authority import require_no_more, require_over, require_owner, require_roles
from careloom.identity.core.sso import is_safe_address
from careloom.identity.queries.identity_providers import get_identity_provider
from careloom.identity.tables import identity_provider
from careloom.identity.types.sso import (
    IdentityProvider,
    IdentityProviderChanges,
    IdentityProviderId,
    NewIdentityProvider,
)
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, InvalidInputError
from careloom.platform.ids import new_id
from careloom.platform.sealing import seal
from careloom.platform.wire import to_plain

PURPOSE = "identity provider"


async def create_identity_provider(tx: Tx, actor: Actor, key: bytes, new: NewIdentityProvider) -> IdentityProvider:
    """An identity provider for an owner's people; its rules may grant no more than the actor could.

    Raises InvalidInputError, NotFoundError, ForbiddenError, GrantTooWideError.
    """
    await require_owner(tx, actor, new)
    values = msgspec.structs.asdict(new)
    secret = values.pop("secret")
    made = IdentityProvider(id=IdentityProviderId(new_id()), has_secret=secret is not None, active=True, **values)
    await _require_sound(tx, actor, made)
    sealed = None if secret is None else seal(key, made.id, PURPOSE, secret)
    await tx.execute(identity_provider.insert().values(**_row(made), secret=sealed))
    await _tell(tx, actor, "identity_provider.create", made, None, made)
    return made


async def change_identity_provider(
    tx: Tx, actor: Actor, key: bytes, identity_provider_id: IdentityProviderId, changes: IdentityProviderChanges
) -> IdentityProvider:
    """Changes what is given; a new secret replaces the former one."""
    before = await get_identity_provider(tx, actor, identity_provider_id)
    require_over(actor, before.provider_id, before.client_id, Permission.SECURITY_WRITE)
    values = {name: value for name, value in msgspec.structs.asdict(changes).items() if value is not UNSET}
    secret = values.pop("secret", None)
    after = msgspec.structs.replace(before, **values, has_secret=before.has_secret or secret is not None)
    await _require_sound(tx, actor, after)
    row = _row(after) | ({} if secret is None else {"secret": seal(key, before.id, PURPOSE, secret)})
    await tx.execute(update(identity_provider).where(identity_provider.c.id == before.id).values(**row))
    await _tell(tx, actor, "identity_provider.change", after, before, after)
    return after


async def delete_identity_provider(tx: Tx, actor: Actor, identity_provider_id: IdentityProviderId) -> None:
    """Trusts it no more; whom it made here stays, and signs in some other way."""
    before = await get_identity_provider(tx, actor, identity_provider_id)
    require_over(actor, before.provider_id, before.client_id, Permission.SECURITY_WRITE)
    await tx.execute(delete(identity_provider).where(identity_provider.c.id == before.id))
    await _tell(tx, actor, "identity_provider.delete", before, before, None)


async def _require_sound(tx: Tx, actor: Actor, one: IdentityProvider) -> None:
    if not is_safe_address(one.issuer):
        message = "Write an address that begins with https://; http:// only for this machine itself."
        raise InvalidInputError(errors=(FieldError("/issuer", message),))
    await require_roles(tx, one.provider_id, [rule.grant.role for rule in one.rules], lambda at: f"/rules/{at}/grant")
    await require_no_more(tx, actor, tuple(rule.grant for rule in one.rules))


def _row(one: IdentityProvider) -> dict[str, Any]:
    values = msgspec.structs.asdict(one)
    del values["has_secret"]
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
