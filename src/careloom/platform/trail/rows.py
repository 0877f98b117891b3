"""Entries and seals as links, read from the database."""

from collections.abc import AsyncGenerator
from typing import Any
from uuid import UUID

from msgspec import UNSET
from sqlalchemy import ColumnElement, Text, case, cast, func, select

from careloom.platform.database.transactions import Tx
from careloom.platform.tables import audit_chain, audit_entry, audit_seal
from careloom.platform.trail.link import INSTALLATION, Link, instant

BATCH = 1_000

CONTENT = cast(func.jsonb_build_object("before", audit_entry.c.before, "after", audit_entry.c.after), Text).label(
    "content"
)
"""What an entry says changed, as the database writes JSON: the text that is hashed and exported."""

ENTRY = (
    audit_entry.c.id,
    audit_entry.c.client_id,
    audit_entry.c.provider_id,
    audit_entry.c.at,
    audit_entry.c.person_id,
    audit_entry.c.api_key_id,
    audit_entry.c.actor_name,
    audit_entry.c.action,
    audit_entry.c.subject_type,
    audit_entry.c.subject_id,
    audit_entry.c.ip,
    audit_entry.c.request_id,
    audit_entry.c.glass_id,
    audit_entry.c.salt,
    audit_entry.c.erased_at,
    case((audit_entry.c.salt.is_(None), None), else_=CONTENT).label("content"),
)
"""The columns that `plain` needs."""


def plain(row: Any) -> dict[str, Any]:
    """A row of ENTRY as the fields of a Link, as far as an entry alone has them."""
    return {
        "chain": INSTALLATION if row.client_id is None else str(row.client_id),
        "id": str(row.id),
        "at": instant(row.at),
        "person_id": _text(row.person_id),
        "api_key_id": _text(row.api_key_id),
        "actor_name": row.actor_name,
        "action": row.action,
        "subject_type": row.subject_type,
        "subject_id": str(row.subject_id),
        "provider_id": _text(row.provider_id),
        "ip": row.ip,
        "request_id": row.request_id,
        "glass_id": UNSET if row.glass_id is None else str(row.glass_id),
        "salt": _text(row.salt),
        "content": row.content,
        "erased_at": None if row.erased_at is None else instant(row.erased_at),
    }


async def links(tx: Tx, client_id: UUID | None, after: int, upto: int) -> AsyncGenerator[Link | int]:
    """The links of one chain in order, with after < number <= upto. A seal without its entry comes as its number."""
    while True:
        rows = (await tx.execute(_batch(client_id, after, upto))).all()
        for row in rows:
            yield row.number if row.id is None else _link(row)
        if len(rows) < BATCH:
            return
        after = rows[-1].number


def of_chain(column: ColumnElement[Any], client_id: UUID | None) -> ColumnElement[bool]:
    """Rows of the chain of a client, or of what belongs to none."""
    return column.is_(None) if client_id is None else column == client_id


def chain_of(client_id: UUID | None) -> Any:
    """The statement for one chain's state."""
    return select(audit_chain).where(of_chain(audit_chain.c.client_id, client_id))


def _batch(client_id: UUID | None, after: int, upto: int) -> Any:
    seal = audit_seal.c
    sealed = (seal.number, seal.content_hash, seal.previous_hash, seal.hash, seal.sealed_at)
    return (
        select(*sealed, *ENTRY)
        .select_from(audit_seal.outerjoin(audit_entry, audit_entry.c.id == seal.entry_id))
        .where(of_chain(seal.client_id, client_id), seal.number > after, seal.number <= upto)
        .order_by(seal.number)
        .limit(BATCH)
    )


def _link(row: Any) -> Link:
    return Link(
        **plain(row),
        number=row.number,
        sealed_at=instant(row.sealed_at),
        content_hash=row.content_hash,
        previous_hash=row.previous_hash,
        hash=row.hash,
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
