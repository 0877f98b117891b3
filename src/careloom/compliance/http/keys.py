"""Endpoints of clients' keys: what is known of them, rotating, shredding by two people."""

from typing import Any

from litestar import get, post
from litestar.params import FromPath, JSONBody

from careloom.compliance.commands.keys import rotation, shredding
from careloom.compliance.queries import keys
from careloom.compliance.types.keys import (
    ClientKeyState,
    Confirmation,
    NewShredding,
    Rotation,
    Shredding,
    ShreddingId,
)
from careloom.organizations.types import ClientId
from careloom.platform.paging import Page
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit


@get("/client-keys", summary="Clients' keys")
async def get_client_keys(unit: Unit, limit: Limit = 50, after: After = None) -> Page[ClientKeyState]:
    """What is known of each client's key, its rotation, and whether it is to be destroyed; never the key."""
    return await unit.read(lambda tx: keys.list_keys(tx, unit.actor, limit, after))


@post("/clients/{client_id:uuid}/key-rotations", summary="Rotate a client's key")
async def rotate_key(unit: Unit, client_id: FromPath[ClientId]) -> Rotation:
    """What is written from now on is sealed by a new version; what is there, in the background."""
    return await unit.write(lambda tx: rotation.rotate_key(tx, unit.actor, client_id))


@post("/clients/{client_id:uuid}/shreddings", summary="Ask to destroy a client's keys")
async def ask_for_shredding(unit: Unit, client_id: FromPath[ClientId], data: JSONBody[NewShredding]) -> Shredding:
    """Another person has to confirm it within seven days; until then nothing happens."""
    return await unit.write(lambda tx: shredding.ask_for_shredding(tx, unit.actor, client_id, data))


@post("/shreddings/{shredding_id:uuid}/confirm", status_code=200, summary="Destroy a client's keys")
async def confirm_shredding(unit: Unit, shredding_id: FromPath[ShreddingId], data: JSONBody[Confirmation]) -> Shredding:
    """By another person than who asked. What the keys sealed is gone at once and for good; the proof is a purge."""
    return await unit.write(lambda tx: shredding.confirm_shredding(tx, unit.actor, shredding_id, data.client_name))


@post("/shreddings/{shredding_id:uuid}/withdraw", status_code=200, summary="Keep a client's keys after all")
async def withdraw_shredding(unit: Unit, shredding_id: FromPath[ShreddingId]) -> Shredding:
    """As long as nobody has confirmed it."""
    return await unit.write(lambda tx: shredding.withdraw_shredding(tx, unit.actor, shredding_id))


handlers: list[Any] = [get_client_keys, rotate_key, ask_for_shredding, confirm_shredding, withdraw_shredding]
