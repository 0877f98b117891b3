"""Reads sessions."""

from uuid import UUID

from sqlalchemy import exists, select

from careloom.identity.tables import session
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx


async def is_signed_in(tx: Tx, person_id: UUID) -> bool:
    """Whether a person has a session that runs. Needs a system transaction."""
    running = exists().where(session.c.person_id == person_id, session.c.expires_at > now())
    return bool((await tx.execute(select(running))).scalar_one())
