"""API keys: shown once, stored as a fingerprint, held to what their person may do."""

from uuid import UUID

from sqlalchemy import update

from careloom.identity.queries.keys import keys_for, read_key
from careloom.identity.queries.people import get_person
from careloom.identity.tables import api_key
from careloom.identity.types import ApiKey, ApiKeyId, MadeApiKey, NewApiKey, Person, PersonId
from careloom.platform import audit
from careloom.platform.access import DORMANT, Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, ForbiddenError, InvalidInputError, NotFoundError, NotSignedInError
from careloom.platform.ids import new_id, new_secret
from careloom.platform.secrets import fingerprint
from careloom.platform.texts.text import say


async def create_api_key(tx: Tx, actor: Actor, new: NewApiKey) -> MadeApiKey:
    """A key for oneself; raises InvalidInputError for a permission or client that one does not hold, and for an end
    that is over.

    A key cannot make keys: the new one would do all that its person can, whatever the first was held to.
    """
    if actor.person_id is None:
        raise NotSignedInError
    if actor.api_key_id is not None:
        raise ForbiddenError("API keys are made by people who have signed in, not with another key.")
    actor.require(Permission.API_KEYS_WRITE)
    unknown = [one for one in new.permissions if one not in actor.permissions - DORMANT]
    if unknown:
        message = say("You do not hold, or no key may hold: {permissions}.", permissions=tuple(sorted(unknown)))
        raise InvalidInputError(errors=(FieldError("/permissions", message),))
    if actor.client_ids is not None and not actor.client_ids.issuperset(new.client_ids):
        raise InvalidInputError(errors=(FieldError("/client_ids", "Choose among the clients that you see."),))
    if new.expires_at is not None and new.expires_at <= now():
        raise InvalidInputError(errors=(FieldError("/expires_at", "Choose a moment that is still to come."),))
    owner = await get_person(tx, actor, PersonId(actor.person_id))
    prefix, secret = new_id().hex[-12:], new_secret()
    made = ApiKey(
        id=ApiKeyId(new_id()),
        name=new.name,
        prefix=prefix,
        person_id=owner.id,
        person_name=owner.name,
        permissions=new.permissions,
        client_ids=new.client_ids,
        created_at=now(),
        expires_at=new.expires_at,
        last_used_at=None,
        revoked_at=None,
    )
    values = {name: getattr(made, name) for name in made.__struct_fields__ if name != "person_name"}
    values |= {"permissions": list(new.permissions), "client_ids": list(new.client_ids)}
    await tx.execute(api_key.insert().values(**values, secret_hash=fingerprint(secret)))
    await _tell(tx, actor, "api_key.create", made.id, owner, after=made)
    return MadeApiKey(made, f"clk_{prefix}_{secret}")


async def revoke_api_key(tx: Tx, actor: Actor, key_id: UUID) -> None:
    """Ends a key for good, one's own or, with `people.write`, that of someone one sees; raises NotFoundError."""
    row = (await tx.execute(keys_for(actor).where(api_key.c.id == key_id))).one_or_none()
    if row is None:
        raise NotFoundError
    await tx.execute(
        update(api_key).where(api_key.c.id == key_id, api_key.c.revoked_at.is_(None)).values(revoked_at=now())
    )
    before = read_key(row)
    owner = await get_person(tx, actor, before.person_id)
    await _tell(tx, actor, "api_key.revoke", before.id, owner, before=before)


async def _tell(tx: Tx, actor: Actor, action: str, key_id: ApiKeyId, owner: Person, **values: ApiKey) -> None:
    await audit.record(tx, actor, action, key_id, client_id=owner.client_id, provider_id=owner.provider_id, **values)
