"""The endpoint of what the installation declares of regions."""

from typing import Any

from litestar import get

from careloom.compliance.queries.residency import get_declared
from careloom.compliance.types.residency import Declared
from careloom.platform.web.unit import Unit


@get("/compliance/residency", summary="Which regions are served here")
async def get_residency(unit: Unit) -> Declared:
    """What the operator declared; data of a client whose region does not fit is refused."""
    return await unit.read(lambda tx: get_declared(tx, unit.actor))


handlers: list[Any] = [get_residency]
