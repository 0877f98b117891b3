"""Visitors of chat widgets."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from careloom.channels.tables import visitor
from careloom.channels.types import Visitor, WidgetId
from careloom.platform.database.transactions import Tx
from careloom.platform.wire import reader

_HIDDEN = {"made_at", "seen_at", "present"}
COLUMNS = tuple(column for column in visitor.c if column.name not in _HIDDEN)
read_visitor = reader(Visitor)


async def find_visitor(
    tx: Tx, client_id: UUID, widget_id: WidgetId, visitor_id: UUID, *, lock: bool = False
) -> Visitor | None:
    """The widget's visitor; `lock` keeps others from changing it until the transaction ends."""
    statement = _visitors(client_id, widget_id).where(visitor.c.id == visitor_id)
    return await _one(tx, statement, lock=lock)


async def find_identified(
    tx: Tx, client_id: UUID, widget_id: WidgetId, external_id: str, *, lock: bool = False
) -> Visitor | None:
    """The visitor whom the client knows by `external_id`."""
    statement = _visitors(client_id, widget_id).where(visitor.c.external_id == external_id)
    return await _one(tx, statement, lock=lock)


def _visitors(client_id: UUID, widget_id: WidgetId) -> Select[Any]:
    return select(*COLUMNS).where(visitor.c.client_id == client_id, visitor.c.widget_id == widget_id)


async def _one(tx: Tx, statement: Select[Any], *, lock: bool) -> Visitor | None:
    row = (await tx.execute(statement.with_for_update() if lock else statement)).one_or_none()
    return None if row is None else read_visitor(row)
