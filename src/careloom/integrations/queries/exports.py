"""Reads exports."""

from typing import Any, Final

import msgspec
from sqlalchemy import select

from careloom.integrations.queries.told import told
from careloom.integrations.tables import data_export
from careloom.integrations.types import Export, ExportId
from careloom.organizations.types import ClientId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.scope import within
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.texts.languages import Language
from careloom.platform.wire import row_fields

EXPORT_COLUMNS: Final = tuple(data_export.c[name] for name in Export.__struct_fields__)
_EXPORT: Final = Permission.DATA_EXPORT


def read_export(row: Any, language: Language = Language.EN) -> Export:
    """An export from a row of its columns, with the reason of its failure in a language."""
    fields = row_fields(row)
    return msgspec.convert({**fields, "error": told(fields["error"], language)}, Export, strict=False)


async def list_exports(
    tx: Tx, actor: Actor, client_id: ClientId | None = None, limit: int = 50, after: str | None = None
) -> Page[Export]:
    """Exports of the clients that the actor may export, the newest first."""
    actor.require(_EXPORT, client_id=client_id)
    statement = select(*EXPORT_COLUMNS).where(within(actor, _EXPORT, data_export.c.client_id))
    if client_id is not None:
        statement = statement.where(data_export.c.client_id == client_id)
    rows = await tx.execute(keyset(statement, [data_export.c.id], after, limit, descending=True))
    return cut([read_export(row, actor.language) for row in rows], limit, lambda one: [one.id])


async def get_export(tx: Tx, actor: Actor, export_id: ExportId) -> Export:
    """One export; raises NotFoundError."""
    row = (await tx.execute(select(*EXPORT_COLUMNS).where(data_export.c.id == export_id))).one_or_none()
    if row is None or not actor.may(_EXPORT, client_id=row.client_id):
        raise NotFoundError
    return read_export(row, actor.language)
