"""What is begun with a browser or another server and ended once: a challenge, or a sign-in elsewhere."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from careloom.identity.tables import ceremony
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import CareloomError
from careloom.platform.secrets import fingerprint


async def begin_ceremony(
    tx: Tx, kind: str, secret: str, data: dict[str, Any], lasts: timedelta, person_id: UUID | None = None
) -> None:
    """Remembers `data` under a random secret; needs a system transaction."""
    values = {"secret_hash": fingerprint(secret), "kind": kind, "person_id": person_id, "data": data}
    await tx.execute(ceremony.insert().values(**values, expires_at=now() + lasts))


async def end_ceremony(
    tx: Tx, kind: str, secret: str, unknown: type[CareloomError], person_id: UUID | None = None
) -> dict[str, Any]:
    """What was remembered, once: it is forgotten with the answer. Raises `unknown`; needs a system transaction."""
    mine = (
        (ceremony.c.secret_hash == fingerprint(secret))
        & (ceremony.c.kind == kind)
        & ceremony.c.person_id.is_not_distinct_from(person_id)
        & (ceremony.c.expires_at > now())
    )
    row = (await tx.execute(delete(ceremony).where(mine).returning(ceremony.c.data))).one_or_none()
    if row is None:
        raise unknown
    return row.data
