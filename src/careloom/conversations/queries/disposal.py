"""What is kept of contacts: for disclosure to their customer, and to see what has outlived its time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_

from careloom.conversations.tables.contact import care_case, conversation, conversation_interval
from careloom.conversations.tables.desk import draft, mention
from careloom.conversations.tables.message import file, message, pending_reply
from careloom.conversations.tables.privacy import masked_value, recording_pause
from careloom.conversations.types import Status
from careloom.organizations.types import ClientId
from careloom.platform.database.transactions import Tx
from careloom.platform.disposal import Counts, Due, Spared, held_rows, keeping

_C = conversation.c
_RESOLVED = _C.status == Status.RESOLVED
_INSIDES = ("search", "previous_seq", "previous_ended_at", "value")
"""Columns that are not told: how the program finds and chains rows, and what was masked."""


class Contact(Struct, frozen=True):
    """A conversation as far as its removal goes."""

    id: UUID
    customer_id: UUID
    case_id: UUID
    case_number: int
    open: bool


async def contacts_of(tx: Tx, client_id: UUID, customer_ids: Sequence[UUID], limit: int = 10_000) -> list[Contact]:
    """The customers' conversations that still hold words, oldest first."""
    statement = select(_C.id, _C.customer_id, _C.case_id, _C.case_number, _RESOLVED.label("over")).where(
        _C.client_id == client_id, _C.customer_id.in_(customer_ids), _C.erased_at.is_(None)
    )
    rows = await tx.execute(statement.order_by(_C.id).limit(limit))
    return [Contact(row.id, row.customer_id, row.case_id, row.case_number, open=not row.over) for row in rows]


async def customers_in_touch(tx: Tx, client_id: UUID, customer_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of the customers who have a contact whose words are still kept."""
    statement = select(_C.customer_id).where(
        _C.client_id == client_id, _C.customer_id.in_(customer_ids), _C.erased_at.is_(None)
    )
    return frozenset((await tx.execute(statement.distinct())).scalars())


async def due_contacts(
    tx: Tx, client_id: UUID, before: datetime, spared: Spared, limit: int, after: Due | None = None
) -> list[Due]:
    """Conversations resolved before then whose words are still kept, by when they were resolved."""
    return await _due(tx, _over(client_id, before, spared).where(_C.erased_at.is_(None)), limit, after)


async def due_skeletons(
    tx: Tx, client_id: UUID, before: datetime, spared: Spared, limit: int, after: Due | None = None
) -> list[Due]:
    """Conversations resolved before then whose words are gone already: facts without a person in them."""
    return await _due(tx, _over(client_id, before, spared).where(_C.erased_at.is_not(None)), limit, after)


async def due_files(
    tx: Tx, client_id: UUID, before: datetime, spared: Spared, limit: int, after: Due | None = None
) -> list[Due]:
    """Files stored before then that no conversation has, or one that was resolved before then, by age."""
    f = file.c
    loose = (f.conversation_id.is_(None)) & (not spared.everything)
    ended = and_(
        _C.id.is_not(None),
        _RESOLVED,
        _C.resolved_at < before,
        keeping(spared, customer_id=_C.customer_id, case_id=_C.case_id, conversation_id=_C.id),
    )
    statement = (
        select(f.id, f.made_at.label("at"))
        .join(conversation, (_C.client_id == f.client_id) & (_C.id == f.conversation_id), isouter=True)
        .where(f.client_id == client_id, f.made_at < before, or_(loose, ended))
    )
    if after is not None:
        statement = statement.where(tuple_(f.made_at, f.id) > (after.at, after.id))
    rows = await tx.execute(statement.order_by(f.made_at, f.id).limit(limit))
    return [Due(row.id, row.at) for row in rows]


async def clients_with_due_originals(tx: Tx, before: datetime) -> list[ClientId]:
    """Clients who have originals of what was masked whose time was over before then. Needs a system transaction."""
    o = masked_value.c
    statement = select(o.client_id).where(o.kept_until < before).distinct().order_by(o.client_id)
    return [ClientId(one) for one in (await tx.execute(statement)).scalars()]


async def due_originals(
    tx: Tx, client_id: UUID, before: datetime, spared: Spared, limit: int, after: Due | None = None
) -> list[Due]:
    """Originals of what was masked whose time was over before then, by when it was."""
    o = masked_value.c
    statement = (
        select(o.id, o.kept_until.label("at"))
        .join(conversation, (_C.client_id == o.client_id) & (_C.id == o.conversation_id))
        .where(
            o.client_id == client_id,
            o.kept_until < before,
            keeping(spared, customer_id=_C.customer_id, case_id=_C.case_id, conversation_id=_C.id),
        )
    )
    if after is not None:
        statement = statement.where(tuple_(o.kept_until, o.id) > (after.at, after.id))
    rows = await tx.execute(statement.order_by(o.kept_until, o.id).limit(limit))
    return [Due(row.id, row.at) for row in rows]


async def disclosed(tx: Tx, client_id: UUID, customer_ids: Sequence[UUID]) -> dict[str, list[dict[str, Any]]]:
    """All rows of the customers' cases and conversations, by table; of what was masked, that it was."""
    cases = (care_case.c.client_id == client_id) & care_case.c.customer_id.in_(customer_ids)
    own = (_C.client_id == client_id) & _C.customer_id.in_(customer_ids)
    found = {"care_case": await held_rows(tx, care_case, cases), "conversation": await held_rows(tx, conversation, own)}
    ids = select(_C.id).where(own)
    for table in (message, draft, pending_reply, file, mention, masked_value, recording_pause, conversation_interval):
        where = (table.c.client_id == client_id) & table.c.conversation_id.in_(ids)
        found[table.name] = await held_rows(tx, table, where, *_INSIDES)
    return found


async def disclosed_messages(
    tx: Tx, client_id: UUID, places: Mapping[UUID, Sequence[int]]
) -> dict[str, list[dict[str, Any]]]:
    """Single messages, by their numbers in each conversation, and the files that they list, by table."""
    m, f = message.c, file.c
    rows: list[dict[str, Any]] = []
    for conversation_id, seqs in sorted(places.items()):
        there = (m.client_id == client_id) & (m.conversation_id == conversation_id) & m.seq.in_(seqs)
        rows += await held_rows(tx, message, there, *_INSIDES)
    ids = [UUID(each["file_id"]) for row in rows for each in row["attachments"]]
    files = await held_rows(tx, file, (f.client_id == client_id) & f.id.in_(ids)) if ids else []
    return {"message": rows, "file": files}


async def left_of(tx: Tx, client_id: UUID, customer_ids: Sequence[UUID]) -> Counts:
    """Rows of the customers' contacts that still hold words or files, by table; without those a hold or an open case
    keeps, which the caller knows.
    """
    own = (_C.client_id == client_id) & _C.customer_id.in_(customer_ids) & _C.erased_at.is_not(None)
    ids = select(_C.id).where(own)
    found: Counts = {}
    for table in (draft, pending_reply, file, masked_value):
        where = (table.c.client_id == client_id) & table.c.conversation_id.in_(ids)
        found[table.name] = await _count(tx, table, where)
    m = message.c
    speaking = (m.client_id == client_id) & m.conversation_id.in_(ids) & (m.kind != "event") & (m.text != "")
    found["message"] = await _count(tx, message, speaking)
    found["conversation"] = await _count(tx, conversation, own & ((_C.subject != "") | (_C.preview != "")))
    return {name: count for name, count in found.items() if count}


async def facts_of(tx: Tx, client_id: UUID, customer_ids: Sequence[UUID]) -> Counts:
    """What stays of the customers' erased contacts so that bills can be checked: facts that name no customer."""
    own = (_C.client_id == client_id) & _C.customer_id.in_(customer_ids) & _C.erased_at.is_not(None)
    i = conversation_interval.c
    facts = (i.client_id == client_id) & i.conversation_id.in_(select(_C.id).where(own))
    counts = {"conversation": await _count(tx, conversation, own)}
    return counts | {"conversation_interval": await _count(tx, conversation_interval, facts)}


async def spared_contacts(tx: Tx, client_id: UUID, ids: Sequence[UUID], spared: Spared) -> frozenset[UUID]:
    """Those of the conversations that a hold keeps, directly or by their case or customer."""
    held = or_(
        _C.id.in_(sorted(spared.conversation_ids)),
        _C.case_id.in_(sorted(spared.case_ids)),
        _C.customer_id.in_(sorted(spared.customer_ids)),
    )
    statement = select(_C.id).where(_C.client_id == client_id, _C.id.in_(ids), held)
    return frozenset((await tx.execute(statement)).scalars())


async def subject_exists(tx: Tx, client_id: UUID, table: str, subject_id: UUID) -> bool:
    """Whether the client has a `case` or `conversation` of this id."""
    one = care_case if table == "case" else conversation
    statement = select(one.c.id).where(one.c.client_id == client_id, one.c.id == subject_id)
    return (await tx.execute(statement)).one_or_none() is not None


async def loose_files(tx: Tx, client_id: UUID, made_by: Sequence[UUID]) -> list[UUID]:
    """Files that these stored and that no message took along."""
    f = file.c
    where = (f.client_id == client_id) & f.conversation_id.is_(None) & f.made_by.in_(made_by)
    return list((await tx.execute(select(f.id).where(where))).scalars())


def _over(client_id: UUID, before: datetime, spared: Spared) -> Any:
    kept: ColumnElement[bool] = keeping(spared, customer_id=_C.customer_id, case_id=_C.case_id, conversation_id=_C.id)
    return select(_C.id, _C.resolved_at.label("at")).where(
        _C.client_id == client_id, _RESOLVED, _C.resolved_at < before, kept
    )


async def _due(tx: Tx, statement: Any, limit: int, after: Due | None) -> list[Due]:
    if after is not None:
        statement = statement.where(tuple_(_C.resolved_at, _C.id) > (after.at, after.id))
    rows = await tx.execute(statement.order_by(_C.resolved_at, _C.id).limit(limit))
    return [Due(row.id, row.at) for row in rows]


async def _count(tx: Tx, table: Any, where: Any) -> int:
    return int((await tx.execute(select(func.count()).select_from(table).where(where))).scalar_one())
