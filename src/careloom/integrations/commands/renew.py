"""Seals the parts of imports' files and of archives anew with the current version of their client's key."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Table

from careloom.integrations.commands.exports import export_parts_key
from careloom.integrations.commands.uploads import IMPORTS
from careloom.integrations.tables import data_export, data_import
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.file_parts import part_key
from careloom.platform.keys.errors import CipherBrokenError
from careloom.platform.keys.renewal import Renewal, Renewed, batch, next_of


async def renew_imports(tx: Tx, one: Renewal) -> Renewed:
    """A batch of imports, with the files that they still have."""
    return await _renew_parts(tx, one, data_import, lambda row: IMPORTS.key(row.client_id, row.id, row.stored_as))


async def renew_archives(tx: Tx, one: Renewal) -> Renewed:
    """A batch of archives that wait to be fetched."""
    return await _renew_parts(tx, one, data_export, lambda row: export_parts_key(row.client_id, row.id))


async def _renew_parts(tx: Tx, one: Renewal, table: Table, key_of: Callable[[Any], str]) -> Renewed:
    order = [table.c.id]
    rows = await batch(tx, one, table, order)
    seen = renewed = broken = 0
    for row in rows[: one.limit]:
        for number in range(row.parts):
            seen += 1
            try:
                renewed += await one.files.renew(one.keys, part_key(key_of(row), number))
            except NotFoundError:
                continue
            except CipherBrokenError:
                broken += 1
    return Renewed(seen, renewed, broken, next_of(rows, one.limit, order))
