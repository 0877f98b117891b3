"""What becomes of sensitive attributes when two customers are merged, and taken apart again."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import delete, tuple_

from careloom.customers.queries.secrets import kept_secrets
from careloom.customers.tables import customer_secret
from careloom.platform.database.transactions import Tx
from careloom.platform.ids import new_id
from careloom.platform.keys.errors import CipherBrokenError
from careloom.platform.keys.places import place_in
from careloom.platform.keys.ring import keys_of

_C: Final = customer_secret.c


async def give_secrets(tx: Tx, client_id: UUID, giver: UUID, taker: UUID) -> dict[str, UUID]:
    """Copies to `taker` what they lack of `giver`'s; answers the revision of each. What cannot be opened stays where
    it is, of a shredded client everything: a merge never fails for it.
    """
    found = await kept_secrets(tx, client_id, [giver, taker])
    wanted = [row for name, row in found.items() if name[0] == giver and (taker, name[1]) not in found]
    keys = await keys_of(tx, client_id) if wanted else None
    if keys is None or keys.shredded:
        return {}
    given: dict[str, UUID] = {}
    for row in wanted:
        try:
            text = keys.open(place_in(_C.value, giver, row.key), row.value)
        except CipherBrokenError:
            continue
        given[row.key] = new_id()
        place = place_in(_C.value, taker, row.key)
        values = {"customer_id": taker, "key": row.key, "revision": given[row.key], "blind": row.blind}
        await tx.execute(customer_secret.insert().values(client_id=client_id, value=keys.seal(place, text), **values))
    return given


async def take_secrets_back(tx: Tx, client_id: UUID, revisions: Mapping[UUID, Mapping[str, UUID]]) -> None:
    """Removes from each customer what they were given, by attribute and revision, and nobody has changed since."""
    named = [(owner, key, revision) for owner, given in revisions.items() for key, revision in given.items()]
    if named:
        mine = tuple_(_C.customer_id, _C.key, _C.revision).in_(named)
        await tx.execute(delete(customer_secret).where(_C.client_id == client_id, mine))
