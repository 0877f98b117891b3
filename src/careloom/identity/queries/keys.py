"""Reads API keys."""

from sqlalchemy import select

from careloom.identity.tables import api_key
from careloom.identity.types import ApiKey
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.wire import reader

read_key = reader(ApiKey)


async def list_api_keys(tx: Tx, actor: Actor, limit: int = 50, after: str | None = None) -> Page[ApiKey]:
    """One's own keys; with `people.write`, those of the people one sees."""
    statement = select(api_key)
    if not actor.may(Permission.PEOPLE_WRITE):
        statement = statement.where(api_key.c.person_id == actor.person_id)
    rows = await tx.execute(keyset(statement, [api_key.c.id], after, limit, descending=True))
    return cut([read_key(row) for row in rows], limit, lambda one: [one.id])
