"""Sets from where a client's data may be seen."""

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from careloom.identity.core.networks import is_within, normal
from careloom.identity.queries.networks import get_networks
from careloom.identity.tables import client_network
from careloom.identity.types.networks import ClientNetworks, NewNetworks
from careloom.organizations.types import ClientId
from careloom.platform import audit
from careloom.platform.access import Actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, InvalidInputError
from careloom.platform.texts.text import say


async def set_networks(tx: Tx, actor: Actor, client_id: ClientId, new: NewNetworks) -> ClientNetworks:
    """Replaces a client's networks; an empty list allows every address. Takes effect at the next request.

    Raises InvalidInputError for what is no network, or for a list that would shut the actor out.
    """
    before = await get_networks(tx, actor, client_id)
    wanted = [normal(one) for one in new.networks]
    message = "Write a network such as 203.0.113.0/24, or an address."
    wrong = tuple(FieldError(f"/networks/{at}", message) for at, one in enumerate(wanted) if one is None)
    if wrong:
        raise InvalidInputError(errors=wrong)
    kept = list(dict.fromkeys(one for one in wanted if one is not None))
    if kept and actor.ip is not None and not is_within(actor.ip, kept):
        own = say("Your own address, {ip}, is in none of them: you would shut yourself out.", ip=actor.ip)
        raise InvalidInputError(errors=(FieldError("/networks", own),))
    if kept:
        values = {"networks": kept, "changed_at": now()}
        statement = insert(client_network).values(client_id=client_id, **values)
        await tx.execute(statement.on_conflict_do_update(index_elements=["client_id"], set_=values))
    else:
        await tx.execute(delete(client_network).where(client_network.c.client_id == client_id))
    after = ClientNetworks(client_id, tuple(kept))
    await audit.record(tx, actor, "client.set_networks", client_id, client_id=client_id, before=before, after=after)
    return after
