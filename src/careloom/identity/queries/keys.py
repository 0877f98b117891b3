"""Reads API keys."""

from typing import Any

from sqlalchemy import Select, or_, select

from careloom.identity.tables import api_key, person
from careloom.identity.types import ApiKey
from careloom.platform.access import Actor, Permission
from careloom.platform.database.scope import managed
from careloom.platform.database.transactions import Tx
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.wire import reader

read_key = reader(ApiKey)


def keys_for(actor: Actor) -> Select[Any]:
    """One's own keys, for a key itself alone; with `people.write`, those of the people one sees; each with its person's
    name.
    """
    statement = select(api_key, person.c.name.label("person_name")).join(person, person.c.id == api_key.c.person_id)
    of_key = actor.api_key_id is not None
    own = api_key.c.id == actor.api_key_id if of_key else api_key.c.person_id == actor.person_id
    if not actor.may(Permission.PEOPLE_WRITE):
        return statement.where(own)
    return statement.where(or_(own, managed(actor, Permission.PEOPLE_WRITE, person.c.client_id)))


async def list_api_keys(tx: Tx, actor: Actor, limit: int = 50, after: str | None = None) -> Page[ApiKey]:
    """The keys of `keys_for`, newest first."""
    rows = await tx.execute(keyset(keys_for(actor), [api_key.c.id], after, limit, descending=True))
    return cut([read_key(row) for row in rows], limit, lambda one: [one.id])
