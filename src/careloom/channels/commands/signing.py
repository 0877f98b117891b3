"""Makes, switches and removes the keys that sign a domain's mail."""

from asyncio import to_thread
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import delete, select, update

from careloom.channels.core.email.dkim import make_key
from careloom.channels.queries.signing import get_signing_key, read_key
from careloom.channels.tables import mail_address, signing_key
from careloom.channels.types.signing import NewSigningKey, SigningKey, SigningKeyChanges
from careloom.organizations.queries import get_client
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, InvalidInputError
from careloom.platform.ids import new_id
from careloom.platform.keys.places import place_in
from careloom.platform.keys.renewal import Renewal, Renewed, renew_column
from careloom.platform.keys.ring import sealing_keys


async def create_signing_key(tx: Tx, actor: Actor, new: NewSigningKey) -> SigningKey:
    """A new key, not switched on; raises InvalidInputError for a domain from which the client writes no mail,
    ShreddedError.
    """
    await get_client(tx, actor, new.client_id)
    actor.require(Permission.CHANNELS_WRITE, client_id=new.client_id)
    domain = new.domain.lower()
    own = select(mail_address.c.id).where(
        mail_address.c.client_id == new.client_id, mail_address.c.address.endswith(f"@{domain}", autoescape=True)
    )
    if (await tx.execute(own.limit(1))).first() is None:
        raise InvalidInputError(errors=(FieldError("/domain", "No mail address of this client lies in this domain."),))
    key, key_id = await to_thread(make_key, new.algorithm), new_id()
    keys = await sealing_keys(tx, new.client_id)
    statement = signing_key.insert().values(
        client_id=new.client_id,
        id=key_id,
        domain=domain,
        selector=f"cl{now():%Y%m}{key_id.hex[-6:]}",
        algorithm=new.algorithm,
        private_key=keys.seal(place_in(signing_key.c.private_key, key_id), key.private),
        public_key=key.public,
    )
    made = read_key((await tx.execute(statement.returning(*signing_key.c))).one())
    await audit.record(tx, actor, "signing_key.create", made.id, client_id=made.client_id, after=made)
    return made


async def change_signing_key(tx: Tx, actor: Actor, key_id: UUID, changes: SigningKeyChanges) -> SigningKey:
    """Switches a key on or off; raises NotFoundError."""
    before = await get_signing_key(tx, actor, key_id)
    after = replace(before, active=changes.active)
    of_key = (signing_key.c.client_id == before.client_id) & (signing_key.c.id == before.id)
    await tx.execute(update(signing_key).where(of_key).values(active=changes.active))
    await audit.record(
        tx, actor, "signing_key.change", before.id, client_id=before.client_id, before=before, after=after
    )
    return after


async def renew_signing_keys(tx: Tx, one: Renewal) -> Renewed:
    """A batch of private keys, sealed anew with the current version of their client's key."""
    return await renew_column(tx, one, signing_key, "private_key")


async def delete_signing_key(tx: Tx, actor: Actor, key_id: UUID) -> None:
    """Forgets a key for good; raises NotFoundError."""
    before = await get_signing_key(tx, actor, key_id)
    of_key = (signing_key.c.client_id == before.client_id) & (signing_key.c.id == before.id)
    await tx.execute(delete(signing_key).where(of_key))
    await audit.record(tx, actor, "signing_key.delete", before.id, client_id=before.client_id, before=before)
