"""Reads restores; for those who oversee the whole installation, as nobody else has a client that is not here."""

from typing import Any, Final

import msgspec
from sqlalchemy import select

from careloom.integrations.queries.told import told
from careloom.integrations.tables import data_restore
from careloom.integrations.types import Restore, RestoreId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.texts.languages import Language
from careloom.platform.wire import row_fields

RESTORE_COLUMNS: Final = tuple(data_restore.c[name] for name in Restore.__struct_fields__)


def read_restore(row: Any, language: Language = Language.EN) -> Restore:
    """A restore from a row of its columns, with the reason of its failure in a language."""
    fields = row_fields(row)
    return msgspec.convert({**fields, "error": told(fields["error"], language)}, Restore, strict=False)


async def list_restores(tx: Tx, actor: Actor, limit: int = 50, after: str | None = None) -> Page[Restore]:
    """The newest first."""
    actor.require_everything(Permission.DATA_RESTORE)
    rows = await tx.execute(keyset(select(*RESTORE_COLUMNS), [data_restore.c.id], after, limit, descending=True))
    return cut([read_restore(row, actor.language) for row in rows], limit, lambda one: [one.id])


async def get_restore(tx: Tx, actor: Actor, restore_id: RestoreId) -> Restore:
    """One restore; raises NotFoundError."""
    actor.require_everything(Permission.DATA_RESTORE)
    row = (await tx.execute(select(*RESTORE_COLUMNS).where(data_restore.c.id == restore_id))).one_or_none()
    if row is None:
        raise NotFoundError
    return read_restore(row, actor.language)
