"""Endpoints of clients' networks."""

from litestar import get, put
from litestar.params import FromPath, JSONBody

from careloom.identity.commands import networks
from careloom.identity.queries.networks import get_networks
from careloom.identity.types.networks import ClientNetworks, NewNetworks
from careloom.organizations.types import ClientId
from careloom.platform.web.unit import Unit


@get("/clients/{client_id:uuid}/networks", summary="From where a client's data may be seen")
async def get_client_networks(unit: Unit, client_id: FromPath[ClientId]) -> ClientNetworks:
    """Empty: from everywhere."""
    return await unit.read(lambda tx: get_networks(tx, unit.actor, client_id))


@put("/clients/{client_id:uuid}/networks", summary="Set from where a client's data may be seen")
async def set_client_networks(unit: Unit, client_id: FromPath[ClientId], data: JSONBody[NewNetworks]) -> ClientNetworks:
    """People and keys at other addresses see nothing of the client, from their next request on."""
    return await unit.write(lambda tx: networks.set_networks(tx, unit.actor, client_id, data))


handlers = [get_client_networks, set_client_networks]
