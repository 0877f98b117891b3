"""Reads exports."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from careloom.integrations.queries.told import told
from careloom.integrations.tables import data_export
from careloom.integrations.types import Archives, Export, ExportId, ExportState
from careloom.organizations.types import ClientId
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.scope import within
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.texts.languages import Language
from careloom.platform.wire import row_fields

EXPORT_COLUMNS: Final = tuple(data_export.c[name] for name in Export.__struct_fields__)
_EXPORT: Final = Permission.DATA_EXPORT
_SHOWN: Final = data_export.c.removed_at.is_(None)


def read_export(row: Any, language: Language = Language.EN) -> Export:
    """An export from a row of its columns, with the reason of its failure in a language."""
    fields = row_fields(row)
    return msgspec.convert({**fields, "error": told(fields["error"], language)}, Export, strict=False)


async def list_exports(
    tx: Tx, actor: Actor, client_id: ClientId | None = None, limit: int = 50, after: str | None = None
) -> Page[Export]:
    """Exports of the clients that the actor may export, the newest first."""
    actor.require(_EXPORT, client_id=client_id)
    statement = select(*EXPORT_COLUMNS).where(within(actor, _EXPORT, data_export.c.client_id), _SHOWN)
    if client_id is not None:
        statement = statement.where(data_export.c.client_id == client_id)
    rows = await tx.execute(keyset(statement, [data_export.c.id], after, limit, descending=True))
    return cut([read_export(row, actor.language) for row in rows], limit, lambda one: [one.id])


async def get_export(tx: Tx, actor: Actor, export_id: ExportId) -> Export:
    """One export; raises NotFoundError."""
    row = (await tx.execute(select(*EXPORT_COLUMNS).where(data_export.c.id == export_id, _SHOWN))).one_or_none()
    if row is None or not actor.may(_EXPORT, client_id=row.client_id):
        raise NotFoundError
    return read_export(row, actor.language)


async def archives_of(tx: Tx, client_ids: Collection[UUID]) -> dict[ClientId, Archives]:
    """What became of these clients' archives, also of removed ones; nothing of those that have none. The caller has
    checked who asks.
    """
    c = data_export.c
    fetched = func.max(c.made_at).filter(c.fetched_at.is_not(None))
    waiting = func.max(c.made_at).filter(c.state == ExportState.READY, c.expires_at > now())
    mine = select(c.client_id, fetched.label("fetched"), waiting.label("waiting"))
    found = await tx.execute(mine.where(c.client_id.in_(list(client_ids))).group_by(c.client_id))
    return {row.client_id: _younger(row) for row in found}


def _younger(row: Any) -> Archives:
    over = row.waiting is None or (row.fetched is not None and row.waiting <= row.fetched)
    return Archives(row.fetched, None if over else row.waiting)
