"""Reads macros."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from careloom.knowledge.tables import macro
from careloom.knowledge.types import Macro
from careloom.platform.access import Actor, Permission
from careloom.platform.database.scope import within_shared
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.wire import reader

_READ: Final = Permission.KNOWLEDGE_READ
_LAST: Final = "\U0010ffff"
read_macro = reader(Macro)


async def list_macros(
    tx: Tx,
    actor: Actor,
    client_id: UUID | None = None,
    program_id: UUID | None = None,
    search: str | None = None,
    limit: int = 50,
    after: str | None = None,
) -> Page[Macro]:
    """Macros by name; with `program_id` those of that program and of the client's every program.

    `search` is the beginning of a name or of a shortcut.
    """
    actor.require_somewhere(_READ, client_id)
    table = macro.c
    statement = select(macro).where(within_shared(actor, _READ, table.client_id, table.program_id))
    if client_id is not None:
        statement = statement.where(table.client_id == client_id)
    if program_id is not None:
        statement = statement.where(or_(table.program_id.is_(None), table.program_id == program_id))
    if search is not None and search.strip():
        typed = search.replace("\x00", "").strip()
        statement = statement.where(or_(_begins(table.name_key, typed.lower()), _begins(table.shortcut, typed)))
    columns = [table.client_id, table.name_key, table.id]
    rows = (await tx.execute(keyset(statement, columns, after, limit))).all()
    page = cut(rows, limit, lambda row: [row.client_id, row.name_key, row.id])
    return Page(tuple(read_macro(row) for row in page.items), page.next)


async def get_macro(tx: Tx, actor: Actor, macro_id: UUID) -> Macro:
    """One macro; raises NotFoundError."""
    mine = within_shared(actor, _READ, macro.c.client_id, macro.c.program_id)
    row = (await tx.execute(select(macro).where(macro.c.id == macro_id, mine))).one_or_none()
    if row is None:
        raise NotFoundError
    return read_macro(row)


def _begins(column: Any, prefix: str) -> ColumnElement[bool]:
    return and_(column.op("~>=~", is_comparison=True)(prefix), column.op("~<~", is_comparison=True)(prefix + _LAST))
