"""Seals exports that wait to be fetched anew with the current version of their client's key."""

from careloom.compliance.commands.requests import export_key
from careloom.compliance.tables import privacy_request
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.keys.errors import CipherBrokenError
from careloom.platform.keys.renewal import Renewal, Renewed, batch, next_of


async def renew_exports(tx: Tx, one: Renewal) -> Renewed:
    """A batch of requests, those that have an export."""
    order = [privacy_request.c.id]
    rows = await batch(tx, one, privacy_request, order)
    kept = [row for row in rows[: one.limit] if row.export_until is not None]
    renewed = broken = 0
    for row in kept:
        try:
            renewed += await one.files.renew(one.keys, export_key(row.client_id, row.id))
        except NotFoundError:
            continue
        except CipherBrokenError:
            broken += 1
    return Renewed(len(kept), renewed, broken, next_of(rows, one.limit, order))
