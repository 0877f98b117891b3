"""Words for removing things for good: what a hold spares, and what a batch took."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Table, and_, select

from careloom.platform.database.transactions import Tx
from careloom.platform.tables import audit_entry
from careloom.platform.wire import row_fields, to_plain

Counts = dict[str, int]
"""How many rows of each table."""


class Spared(Struct, frozen=True):
    """What may not be removed: `everything` of the client, or what belongs to these."""

    everything: bool = False
    customer_ids: frozenset[UUID] = frozenset()
    case_ids: frozenset[UUID] = frozenset()
    conversation_ids: frozenset[UUID] = frozenset()


class Due(Struct, frozen=True):
    """Something whose time has come: its id, and the moment that its age is counted from."""

    id: UUID
    at: datetime


def keeping(
    spared: Spared,
    *,
    customer_id: ColumnElement[Any] | None = None,
    case_id: ColumnElement[Any] | None = None,
    conversation_id: ColumnElement[Any] | None = None,
) -> ColumnElement[bool]:
    """True for rows that no hold spares; a row that names nothing is spared by a hold on everything alone."""
    clauses: list[ColumnElement[bool]] = []
    for column, ids in (
        (customer_id, spared.customer_ids),
        (case_id, spared.case_ids),
        (conversation_id, spared.conversation_ids),
    ):
        if column is not None and ids:
            clauses.append(column.is_(None) | column.not_in(sorted(ids)))
    return and_(*clauses) if clauses else _true()


def digest(previous: str, ids: Iterable[object]) -> str:
    """A running SHA-256 over ids in their order, so that whoever has the list can show that it is this one."""
    return hashlib.sha256("\n".join([previous, *map(str, ids)]).encode()).hexdigest()


def add(total: Counts, more: Counts) -> Counts:
    """Both together, without what is zero."""
    keys = total.keys() | more.keys()
    return {key: total.get(key, 0) + more.get(key, 0) for key in sorted(keys) if total.get(key, 0) + more.get(key, 0)}


async def held_rows(tx: Tx, table: Table, where: ColumnElement[bool], *without: str) -> list[dict[str, Any]]:
    """Rows of `table` as plain values, by primary key, without the columns named and those that the database computes:
    for disclosure to their subject.
    """
    columns = [column for column in table.c if column.name not in without and column.computed is None]
    rows = await tx.execute(select(*columns).where(where).order_by(*table.primary_key.columns))
    return [to_plain(row_fields(row)) for row in rows]


async def audited(tx: Tx, client_id: UUID, subject_ids: Iterable[UUID]) -> list[dict[str, Any]]:
    """What the audit trail says was done with these, without where the staff sat who did it."""
    c = audit_entry.c
    columns = (c.id, c.at, c.actor_name, c.action, c.subject_id, c.before, c.after)
    statement = select(*columns).where(c.client_id == client_id, c.subject_id.in_(list(subject_ids)))
    return [to_plain(row_fields(row)) for row in await tx.execute(statement.order_by(c.id).limit(10_000))]


def _true() -> ColumnElement[bool]:
    return and_(True)  # noqa: FBT003
