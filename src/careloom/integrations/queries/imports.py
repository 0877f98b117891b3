"""Reads imports, what they refused, and the keys under which entries were taken over."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Select, literal_column, select, text
from sqlalchemy.dialects.postgresql import JSONB

from careloom.customers.queries.imported import erased
from careloom.integrations.queries.told import told
from careloom.integrations.tables import data_import, import_key, import_refusal
from careloom.integrations.types import Import, ImportId, Refusal
from careloom.organizations.types import ClientId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.scope import within
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.texts.languages import Language
from careloom.platform.wire import row_fields

IMPORT_COLUMNS: Final = tuple(data_import.c[name] for name in Import.__struct_fields__)
_IN_LISTS: Final[tuple[ColumnElement[Any], ...]] = tuple(
    literal_column("'[]'::jsonb", JSONB).label(each.name) if each.name in ("columns", "left_out", "preview") else each
    for each in IMPORT_COLUMNS
)
_KNOWN: Final = text(
    "SELECT key, record_id FROM import_key WHERE client_id = :client_id AND kind = :kind AND key = ANY(:keys)"
)

SourceKey = tuple[str, str]
"""`customer` or `conversation`, and the key with its source before it."""


class MadeKey(Struct, frozen=True):
    """An entry that an import took over."""

    kind: str
    key: str
    record_id: UUID
    made: bool
    stamp: Any
    given: Any


def read_import(row: Any, language: Language = Language.EN) -> Import:
    """An import from a row of its columns, with its reasons in a language."""
    fields = row_fields(row)
    fields["error"] = told(fields["error"], language)
    fields["preview"] = [{**line, "reason": told(line["reason"], language)} for line in fields["preview"]]
    return msgspec.convert(fields, Import, strict=False)


async def list_imports(
    tx: Tx, actor: Actor, client_id: ClientId | None = None, limit: int = 50, after: str | None = None
) -> Page[Import]:
    """Imports that the actor may see, the newest first, without what they show of their files."""
    actor.require_somewhere(Permission.DATA_IMPORT, client_id)
    table = data_import.c
    statement: Select[Any] = select(*_IN_LISTS).where(
        within(actor, Permission.DATA_IMPORT, table.client_id, table.program_id)
    )
    if client_id is not None:
        statement = statement.where(table.client_id == client_id)
    rows = await tx.execute(keyset(statement, [table.id], after, limit, descending=True))
    return cut([read_import(row, actor.language) for row in rows], limit, lambda one: [one.id])


async def get_import(tx: Tx, actor: Actor, import_id: ImportId) -> Import:
    """One import; raises NotFoundError."""
    row = (await tx.execute(select(*IMPORT_COLUMNS).where(data_import.c.id == import_id))).one_or_none()
    if row is None or not actor.may(Permission.DATA_IMPORT, client_id=row.client_id, program_id=row.program_id):
        raise NotFoundError
    return read_import(row, actor.language)


async def list_refusals(tx: Tx, actor: Actor, one: Import, limit: int = 50, after: str | None = None) -> Page[Refusal]:
    """What an import did not take over, or not whole, in the order of the file."""
    table = import_refusal.c
    statement = select(*(table[name] for name in Refusal.__struct_fields__)).where(
        table.client_id == one.client_id, table.import_id == one.id
    )
    rows = await tx.execute(keyset(statement, [table.row, table.number], after, limit))
    return cut([_read_refusal(row, actor.language) for row in rows], limit, lambda each: [each.row, each.number])


def _read_refusal(row: Any, language: Language) -> Refusal:
    fields = row_fields(row)
    return msgspec.convert({**fields, "reason": told(fields["reason"], language)}, Refusal, strict=False)


async def known_keys(tx: Tx, client_id: ClientId, keys: Collection[SourceKey]) -> dict[SourceKey, UUID]:
    """What was made of these entries before, by any import; those that are new are left out."""
    known: dict[SourceKey, UUID] = {}
    for kind in sorted({each[0] for each in keys}):
        names = sorted({key for each, key in keys if each == kind})
        rows = await tx.execute(_KNOWN, {"client_id": client_id, "kind": kind, "keys": names})
        known |= {(kind, row.key): row.record_id for row in rows}
    return known


async def erased_keys(tx: Tx, client_id: ClientId, keys: Mapping[SourceKey, UUID]) -> set[SourceKey]:
    """Those of the `keys` under which customers were known who have been erased since."""
    gone = await erased(tx, client_id, set(keys.values()))
    return {key for key, record_id in keys.items() if record_id in gone}


async def keys_of(tx: Tx, one: Import, kind: str, after: str, limit: int) -> list[MadeKey]:
    """Entries of one kind that an import took over, by key after `after`."""
    table = import_key.c
    statement = (
        select(*(table[name] for name in MadeKey.__struct_fields__))
        .where(table.client_id == one.client_id, table.import_id == one.id, table.kind == kind, table.key > after)
        .order_by(table.key)
        .limit(limit)
    )
    return [MadeKey(*row) for row in await tx.execute(statement)]


async def given_by_others(tx: Tx, one: Import, customer_ids: Collection[UUID]) -> bool:
    """Whether another import has given something to one of these customers."""
    table = import_key.c
    statement = select(table.key).where(
        table.client_id == one.client_id,
        table.record_id.in_(customer_ids),
        table.import_id != one.id,
        table.given != {},
    )
    return (await tx.execute(statement.limit(1))).first() is not None


async def added_by_others(tx: Tx, one: Import, conversation_ids: Collection[UUID]) -> bool:
    """Whether another import has added messages to one of these conversations."""
    table = import_key.c
    statement = select(table.key).where(
        table.client_id == one.client_id,
        table.record_id.in_(conversation_ids),
        table.import_id != one.id,
        table.kind == "addition",
    )
    return (await tx.execute(statement.limit(1))).first() is not None


async def made_by(tx: Tx, one: Import, record_ids: Collection[UUID]) -> set[UUID]:
    """Which of these records the import made."""
    table = import_key.c
    statement = select(table.record_id).where(
        table.client_id == one.client_id, table.record_id.in_(record_ids), table.import_id == one.id, table.made
    )
    return set((await tx.execute(statement)).scalars())
