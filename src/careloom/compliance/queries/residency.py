"""Reads what this installation declares of regions."""

from careloom.compliance.types.residency import Declared
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.residency import residency_of


async def get_declared(tx: Tx, actor: Actor) -> Declared:
    """What data of clients is held against, as this process knows it; raises ForbiddenError."""
    actor.require(Permission.COMPLIANCE_READ)
    here = residency_of(tx)
    return Declared(here.regions, here.files, here.relay)
