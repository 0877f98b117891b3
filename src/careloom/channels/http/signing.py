"""Endpoints of the keys that sign a domain's mail."""

from uuid import UUID

from litestar import delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody

from careloom.channels.commands.signing import change_signing_key, create_signing_key, delete_signing_key
from careloom.channels.queries.signing import list_signing_keys
from careloom.channels.types.signing import NewSigningKey, SigningKey, SigningKeyChanges
from careloom.organizations.types import ClientId
from careloom.platform.paging import Page
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit


@get("/signing-keys", summary="Keys that sign mail (DKIM)")
async def get_signing_keys(
    unit: Unit, client_id: FromQuery[ClientId | None] = None, limit: Limit = 50, after: After = None
) -> Page[SigningKey]:
    """Each with the TXT record to publish; private keys are never shown."""
    return await unit.read(lambda tx: list_signing_keys(tx, unit.actor, client_id, limit, after))


@post("/signing-keys", summary="Make a key for a domain")
async def post_signing_key(unit: Unit, data: JSONBody[NewSigningKey]) -> SigningKey:
    """Publish its record, then switch it on."""
    return await unit.write(lambda tx: create_signing_key(tx, unit.actor, data))


@patch("/signing-keys/{signing_key_id:uuid}", summary="Switch a key on or off")
async def patch_signing_key(
    unit: Unit, signing_key_id: FromPath[UUID], data: JSONBody[SigningKeyChanges]
) -> SigningKey:
    """Mail of the domain carries a signature of each key that is on."""
    return await unit.write(lambda tx: change_signing_key(tx, unit.actor, signing_key_id, data))


@delete("/signing-keys/{signing_key_id:uuid}", summary="Remove a key")
async def remove_signing_key(unit: Unit, signing_key_id: FromPath[UUID]) -> None:
    """Forgets it for good; leave its record in DNS for some days, as mail is on its way."""
    await unit.write(lambda tx: delete_signing_key(tx, unit.actor, signing_key_id))


handlers = [get_signing_keys, post_signing_key, patch_signing_key, remove_signing_key]
