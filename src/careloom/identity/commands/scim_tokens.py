"""SCIM tokens of a provider's directory: shown once, stored as a fingerprint, held to their networks."""

from datetime import timedelta

import msgspec
from sqlalchemy import select, update

from careloom.identity.commands.authority import require_over
from careloom.identity.core.networks import is_within, normal
from careloom.identity.queries.scim import read_token
from careloom.identity.queries.surety import read_surety, surety_of
from careloom.identity.tables import scim_token
from careloom.identity.types.scim import Directory, MadeScimToken, NewScimToken, ScimToken, ScimTokenId
from careloom.organizations.queries import get_provider
from careloom.platform import audit
from careloom.platform.access import Actor, Permission, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database, Tx
from careloom.platform.errors import FieldError, InvalidInputError, NotFoundError, NotSignedInError
from careloom.platform.ids import new_id, new_secret
from careloom.platform.secrets import fingerprint
from careloom.platform.wire import to_plain

PREFIX = "cls_"
_TOUCH_AFTER = timedelta(minutes=1)
_SYSTEM = system_actor("SCIM")


async def create_token(tx: Tx, actor: Actor, new: NewScimToken) -> MadeScimToken:
    """A token for a provider's directory, for which the actor answers.

    Raises NotFoundError, ForbiddenError, InvalidInputError.
    """
    await get_provider(tx, actor, new.provider_id)
    require_over(actor, new.provider_id, None, Permission.SECURITY_WRITE)
    require_over(actor, new.provider_id, None, Permission.PEOPLE_WRITE)
    networks = [normal(one) for one in new.networks]
    message = "Write a network such as 203.0.113.0/24, or an address."
    wrong = tuple(FieldError(f"/networks/{at}", message) for at, one in enumerate(networks) if one is None)
    if wrong:
        raise InvalidInputError(errors=wrong)
    prefix, secret, surety = new_id().hex[-12:], new_secret(), await surety_of(tx, actor)
    made = ScimToken(
        id=ScimTokenId(new_id()),
        provider_id=new.provider_id,
        name=new.name,
        prefix=prefix,
        networks=tuple(one for one in networks if one is not None),
        created_at=now(),
        last_used_at=None,
        revoked_at=None,
        answered_by=surety.name,
    )
    values = msgspec.structs.asdict(made) | {"networks": list(made.networks), "surety": to_plain(surety)}
    del values["answered_by"]
    await tx.execute(scim_token.insert().values(**values, secret_hash=fingerprint(secret)))
    await audit.record(tx, actor, "scim_token.create", made.id, provider_id=made.provider_id, after=made)
    return MadeScimToken(made, f"{PREFIX}{prefix}_{secret}")


async def revoke_token(tx: Tx, actor: Actor, token_id: ScimTokenId) -> None:
    """Ends a token for good; raises NotFoundError, ForbiddenError."""
    row = (await tx.execute(select(scim_token).where(scim_token.c.id == token_id))).one_or_none()
    if row is None:
        raise NotFoundError
    before = read_token(row)
    require_over(actor, before.provider_id, None, Permission.SECURITY_WRITE)
    ending = update(scim_token).where(scim_token.c.id == token_id, scim_token.c.revoked_at.is_(None))
    await tx.execute(ending.values(revoked_at=now()))
    await audit.record(tx, actor, "scim_token.revoke", token_id, provider_id=before.provider_id, before=before)


async def directory_of(database: Database, bearer: str, ip: str | None, request_id: str | None) -> Directory:
    """Whose token a request comes with; raises NotSignedInError, also where it comes from another network."""
    prefix, _, secret = bearer.removeprefix(PREFIX).partition("_")
    mine = (
        scim_token.c.prefix == prefix,
        scim_token.c.secret_hash == fingerprint(secret),
        scim_token.c.revoked_at.is_(None),
    )
    async with database.transaction(_SYSTEM) as tx:
        row = (await tx.execute(select(scim_token).where(*mine))).one_or_none()
        if row is None or (row.networks and (ip is None or not is_within(ip, row.networks))):
            raise NotSignedInError("The token is not valid, or not from this address.")
        if row.last_used_at is None or now() - row.last_used_at > _TOUCH_AFTER:
            used = update(scim_token).where(scim_token.c.id == row.id)
            await tx.execute(used.values(last_used_at=now()))
    return Directory(row.provider_id, row.name, ip, request_id, read_surety(row.surety))
