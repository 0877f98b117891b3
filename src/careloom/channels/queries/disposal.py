"""What is kept of mail and visitors: for disclosure to their sender, and to see what has outlived its time."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_

from careloom.channels.core.email.headers import sender_of
from careloom.channels.tables import incoming_mail, mail_reference, outgoing_mail, suppressed_address, visitor
from careloom.platform.database.transactions import Tx
from careloom.platform.disposal import Counts, Due, held_rows
from careloom.platform.keys.places import bytes_in
from careloom.platform.keys.ring import ClientKeys, keys_of

_AT_ONCE = 50
_OF_CONTACT = (incoming_mail, mail_reference, outgoing_mail)


async def disclosed(
    tx: Tx, client_id: UUID, customer_ids: Sequence[UUID], conversation_ids: Sequence[UUID], addresses: Collection[str]
) -> dict[str, list[dict[str, Any]]]:
    """All rows of the customers' mail and visits, by table; mail as it came without its bytes."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table in _OF_CONTACT:
        where = (table.c.client_id == client_id) & table.c.conversation_id.in_(conversation_ids)
        found[table.name] = await held_rows(tx, table, where, "raw", "key")
    resting = (suppressed_address.c.client_id == client_id) & suppressed_address.c.address.in_(sorted(addresses))
    found[suppressed_address.name] = await held_rows(tx, suppressed_address, resting)
    found[visitor.name] = await held_rows(tx, visitor, visits(client_id, customer_ids, addresses))
    return found


async def sent_elsewhere(
    tx: Tx, client_id: UUID, addresses: Collection[str], conversation_ids: Collection[UUID]
) -> list[dict[str, Any]]:
    """Mail from these addresses that belongs to one of these conversations or to none, without its bytes."""
    c = incoming_mail.c
    senders = {one.lower() for one in addresses}
    beside = c.conversation_id.is_(None) | c.conversation_id.in_(list(conversation_ids))
    ids = [row.id async for row, raw in _opened_mails(tx, client_id, beside) if sender_of(raw) in senders]
    return await held_rows(tx, incoming_mail, (c.client_id == client_id) & c.id.in_(ids), "raw", "key")


async def raw_mails(tx: Tx, client_id: UUID, ids: Sequence[UUID]) -> list[tuple[UUID, bytes]]:
    """These mails as they came, 2,000 at most; none of a client whose keys were destroyed."""
    c = incoming_mail.c
    statement = select(c.id, c.raw).where(c.client_id == client_id, c.id.in_(ids))
    rows = list(await tx.execute(statement.order_by(c.id).limit(2_000)))
    keys = await keys_of(tx, client_id) if rows else None
    return [(row.id, _opened(keys, row)) for row in rows] if keys and not keys.shredded else []


async def written_elsewhere(
    tx: Tx, client_id: UUID, addresses: Collection[str], own: Collection[UUID]
) -> dict[UUID, list[int]]:
    """Numbers of messages that came from these addresses into conversations that are not among `own`."""
    c = mail_reference.c
    statement = select(c.conversation_id, c.seq).where(
        c.client_id == client_id, c.sender.in_(sorted(addresses)), c.conversation_id.not_in(list(own))
    )
    found: dict[UUID, list[int]] = {}
    for row in await tx.execute(statement.limit(5_000)):
        found.setdefault(row.conversation_id, []).append(row.seq)
    return found


async def left_of(tx: Tx, client_id: UUID, customer_ids: Sequence[UUID], addresses: Collection[str]) -> Counts:
    """Rows that still tell of these customers beside their contacts, by table."""
    found = {"visitor": await _count(tx, visitor, visits(client_id, customer_ids, addresses))}
    found["incoming_mail"] = len(await mail_naming(tx, client_id, addresses, None))
    sent = (mail_reference.c.client_id == client_id) & mail_reference.c.sender.in_(sorted(addresses))
    found["mail_reference"] = await _count(tx, mail_reference, sent)
    return {name: count for name, count in found.items() if count}


async def visitors_of(tx: Tx, client_id: UUID, customer_ids: Sequence[UUID], addresses: Collection[str]) -> list[UUID]:
    """The visitors who are these customers."""
    statement = select(visitor.c.id).where(visits(client_id, customer_ids, addresses))
    return list((await tx.execute(statement.limit(10_000))).scalars())


async def due_raw_mail(tx: Tx, client_id: UUID, before: datetime, limit: int, after: UUID | None = None) -> list[Any]:
    """Mail taken in before then, by id: rows of `id`, `at` and `conversation_id`, for which holds are asked."""
    c = incoming_mail.c
    statement = select(c.id, c.received_at.label("at"), c.conversation_id).where(
        c.client_id == client_id, c.received_at < before
    )
    return list((await tx.execute(_by_id(statement, c.id, limit, after))).all())


async def due_visitors(tx: Tx, client_id: UUID, before: datetime, limit: int, after: UUID | None = None) -> list[Any]:
    """Visitors not seen since then, by id: rows of `id`, `at`, `customer_id` and `conversation_id`."""
    c = visitor.c
    statement = select(c.id, c.seen_at.label("at"), c.customer_id, c.conversation_id).where(
        c.client_id == client_id, c.seen_at < before, ~c.present
    )
    return list((await tx.execute(_by_id(statement, c.id, limit, after))).all())


async def due_suppressed(tx: Tx, client_id: UUID, before: datetime, limit: int, after: Due | None = None) -> list[Due]:
    """Suppressed addresses that were added before then, by when."""
    c = suppressed_address.c
    statement = select(c.id, c.added_at.label("at")).where(c.client_id == client_id, c.added_at < before)
    if after is not None:
        statement = statement.where(tuple_(c.added_at, c.id) > (after.at, after.id))
    rows = await tx.execute(statement.order_by(c.added_at, c.id).limit(limit))
    return [Due(row.id, row.at) for row in rows]


def visits(client_id: UUID, customer_ids: Sequence[UUID], addresses: Collection[str]) -> ColumnElement[bool]:
    """True for visitors who are these customers, or who named one of their addresses."""
    c = visitor.c
    return and_(c.client_id == client_id, or_(c.customer_id.in_(customer_ids), c.email.in_(sorted(addresses))))


async def mail_naming(tx: Tx, client_id: UUID, addresses: Collection[str], conversation_id: UUID | None) -> list[UUID]:
    """Mail of this conversation, or of none, in whose envelope or text one of the addresses stands.

    It is sealed, so each is opened; of a client whose keys were destroyed the envelopes alone tell.
    """
    c = incoming_mail.c
    mine = c.conversation_id.is_(None) if conversation_id is None else c.conversation_id == conversation_id
    words = [one.lower().encode() for one in addresses if "@" in one]
    senders = {one.lower() for one in addresses}
    found: list[UUID] = []
    async for row, raw in _opened_mails(tx, client_id, mine):
        text = raw.lower()
        if row.return_path.lower() in senders or any(one in text for one in words):
            found.append(row.id)
    return found


async def _opened_mails(tx: Tx, client_id: UUID, which: ColumnElement[bool]) -> AsyncIterator[tuple[Any, bytes]]:
    """Mail by id, each with its bytes; with none of a client whose keys were destroyed."""
    c = incoming_mail.c
    statement = select(c.id, c.return_path, c.raw).where(c.client_id == client_id, which)
    keys, after = await keys_of(tx, client_id), None
    while True:
        rows = list(await tx.execute(_by_id(statement, c.id, _AT_ONCE, after)))
        for row in rows:
            yield row, b"" if keys.shredded else _opened(keys, row)
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1].id


def _opened(keys: ClientKeys, row: Any) -> bytes:
    return keys.open_file(bytes_in(incoming_mail.c.raw, row.id), row.raw)


def _by_id(statement: Any, column: Any, limit: int, after: UUID | None) -> Any:
    if after is not None:
        statement = statement.where(column > after)
    return statement.order_by(column).limit(limit)


async def _count(tx: Tx, table: Any, where: Any) -> int:
    return int((await tx.execute(select(func.count()).select_from(table).where(where))).scalar_one())
