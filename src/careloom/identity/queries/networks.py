"""From where clients' data may be seen, and what is left of someone's reach at an address."""

from uuid import UUID

from sqlalchemy import exists, select

from careloom.identity.core.networks import refused_clients, without
from careloom.identity.tables import client_network
from careloom.identity.types.networks import ClientNetworks
from careloom.organizations.queries import badges, get_client
from careloom.organizations.types import ClientId
from careloom.platform.access import Actor, Permission, Reach
from careloom.platform.database.transactions import Tx


async def get_networks(tx: Tx, actor: Actor, client_id: ClientId) -> ClientNetworks:
    """The networks of one client; raises NotFoundError, ForbiddenError."""
    await get_client(tx, actor, client_id)
    actor.require(Permission.SECURITY_WRITE, client_id=client_id)
    statement = select(client_network.c.networks).where(client_network.c.client_id == client_id)
    found = (await tx.execute(statement)).scalar_one_or_none()
    return ClientNetworks(client_id, tuple(found or ()))


async def is_guarded(tx: Tx, client_id: UUID) -> bool:
    """Whether a client's data may be seen from some networks alone. Needs a system transaction."""
    statement = select(exists().select_from(client_network).where(client_network.c.client_id == client_id))
    return (await tx.execute(statement)).scalar_one()


async def seen_from(tx: Tx, held: tuple[Reach, ...], ip: str | None) -> tuple[Reach, ...]:
    """What is left of `held` at an address: without the clients whose networks do not hold it.

    Needs a system transaction. A reach over everything then names every other client, and is one over everything no
    more: it manages the installation only from where it may see all of it.
    """
    statement = select(client_network.c.client_id, client_network.c.networks)
    if all(reach.client_ids is not None for reach in held):
        reached = {one for reach in held for one in reach.client_ids or ()}
        statement = statement.where(client_network.c.client_id.in_(sorted(reached)))
    lists = {row.client_id: tuple(row.networks) for row in await tx.execute(statement)}
    refused = refused_clients(lists, ip)
    if not refused:
        return held
    over_all = any(reach.client_ids is None for reach in held)
    everyone = frozenset(one.id for one in await badges(tx, None)) if over_all else frozenset[ClientId]()
    return without(held, refused, frozenset(everyone))
