"""Seals masked originals and files anew with the current version of their client's key."""

from careloom.conversations.queries.files import file_key
from careloom.conversations.tables.message import file
from careloom.conversations.tables.privacy import masked_value
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.keys.errors import CipherBrokenError
from careloom.platform.keys.renewal import Renewal, Renewed, batch, next_of, renew_column


async def renew_originals(tx: Tx, one: Renewal) -> Renewed:
    """A batch of what was masked in messages."""
    return await renew_column(tx, one, masked_value, "value")


async def renew_files(tx: Tx, one: Renewal) -> Renewed:
    """A batch of files, whose rows are locked meanwhile: what is erased now is not put back."""
    order = [file.c.id]
    rows = await batch(tx, one, file, order)
    renewed = broken = 0
    for row in rows[: one.limit]:
        try:
            renewed += await one.files.renew(one.keys, file_key(row.client_id, row.id))
        except NotFoundError:
            continue
        except CipherBrokenError:
            broken += 1
    return Renewed(min(len(rows), one.limit), renewed, broken, next_of(rows, one.limit, order))
