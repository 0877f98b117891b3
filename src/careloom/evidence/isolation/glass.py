"""An emergency access to a brand that is over and waits for its review."""

from __future__ import annotations

from datetime import timedelta

from careloom.evidence.isolation.kept import SYSTEM, Brand
from careloom.platform.clock import now
from careloom.platform.database.schema import metadata
from careloom.platform.ids import new_id


async def break_glass(brand: Brand) -> None:
    """The agent's, as it is kept: beginning one takes a session and a proof, which keys have none of."""
    at, person = now(), brand.people["agent"]
    brand.ids["glass_id"] = new_id()
    values = {
        "client_id": brand.ids["client_id"],
        "id": brand.ids["glass_id"],
        "person_id": person.id,
        "person_name": person.name,
        "reason": brand.text("A server is down"),
        "proof": "password",
        "begun_at": at - timedelta(minutes=10),
        "until": at,
        "review_by": at + timedelta(days=3),
        "ended_at": at,
        "ended_how": "hand",
    }
    async with brand.runtime.database.transaction(SYSTEM) as tx:
        await tx.execute(metadata.tables["break_glass"].insert().values(**values))
