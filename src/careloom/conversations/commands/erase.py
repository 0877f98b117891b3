"""Erases what was said in contacts, and at last the contacts; what they cost stays until its own time.

A message is blanked in its place, as numbers have no gaps (0005). Bytes go before the rows that name them, in one
transaction: a crash between leaves rows that the next run takes.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import delete, exists, select, type_coerce, update
from sqlalchemy.dialects.postgresql import JSONB

from careloom.conversations.commands.message import preview
from careloom.conversations.events import ConversationChanged, facts
from careloom.conversations.queries.conversation import COLUMNS, read_conversation
from careloom.conversations.queries.files import file_key
from careloom.conversations.tables.contact import care_case, conversation, conversation_interval, customer_move
from careloom.conversations.tables.desk import draft, mention
from careloom.conversations.tables.message import file, message, pending_reply
from careloom.conversations.tables.privacy import masked_value, recording_pause
from careloom.conversations.types import MessageKind, Status
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.disposal import Counts
from careloom.platform.eventlog.event import publish
from careloom.platform.files import FileStore

_C = conversation.c
_SILENT: dict[str, Any] = {"subject": "", "preview": "", "customer_name": "", "tags": [], "language": None}
_BLANK: dict[str, Any] = {
    "subject": None,
    "html": None,
    "folded_text": None,
    "attachments": [],
    "details": {},
    "external_id": None,
}


class Erased(Struct, frozen=True):
    """Which conversations were blanked, whose they were, and how many rows of each table it took."""

    ids: tuple[UUID, ...]
    customer_ids: tuple[UUID, ...]
    counts: Counts


async def erase_contacts(tx: Tx, files: FileStore, client_id: UUID, ids: Sequence[UUID]) -> Erased:
    """Blanks what was said in those of the conversations that are resolved: words, subjects, names, files, drafts.

    Intervals stay; they name nobody but agents. Doing it again changes nothing. Locks the conversations by id.
    """
    locking = select(_C.id).where(
        _C.client_id == client_id, _C.id.in_(ids), _C.status == Status.RESOLVED, _C.erased_at.is_(None)
    )
    held = list((await tx.execute(locking.order_by(_C.id).with_for_update())).scalars())
    if not held:
        return Erased((), (), {})
    counts: Counts = {"file": await remove_files(tx, files, client_id, await _files_of(tx, client_id, held))}
    for table in (draft, pending_reply, mention, masked_value):
        where = (table.c.client_id == client_id) & table.c.conversation_id.in_(held)
        counts[table.name] = (await tx.execute(delete(table).where(where))).rowcount
    counts["message"] = await _blank_messages(tx, client_id, message.c.conversation_id.in_(held))
    blank = update(conversation).where(_C.client_id == client_id, _C.id.in_(held))
    blank = blank.values(**_SILENT, erased_at=now())
    gone = [read_conversation(row) for row in await tx.execute(blank.returning(*COLUMNS))]
    counts["conversation"] = len(gone)
    await _blank_cases(tx, client_id, [one.case_id for one in gone])
    await publish(tx, *(ConversationChanged(**facts(one), changed=("erased_at",)) for one in gone))
    return Erased(tuple(held), tuple(one.customer_id for one in gone), {k: v for k, v in counts.items() if v})


class ErasedMessages(Struct, frozen=True):
    """How many messages were blanked, whose names stood on them, and the customer whose conversation it is."""

    count: int
    names: frozenset[str]
    customer_id: UUID


async def erase_messages(
    tx: Tx, files: FileStore, client_id: UUID, conversation_id: UUID, seqs: Sequence[int]
) -> ErasedMessages:
    """Blanks single messages of a conversation, as those of a stranger who wrote into it, with their files and name."""
    mine = (_C.client_id == client_id) & (_C.id == conversation_id)
    one = (await tx.execute(select(_C.customer_id, _C.preview).where(mine).with_for_update())).one()
    m = message.c
    there = (m.client_id == client_id) & (m.conversation_id == conversation_id)
    chosen = there & m.seq.in_(seqs)
    rows = (await tx.execute(select(m.text, m.author_name, m.attachments).where(chosen))).all()
    await remove_files(tx, files, client_id, [UUID(each["file_id"]) for row in rows for each in row.attachments])
    held = (masked_value.c.client_id == client_id) & masked_value.c.message_id.in_(select(m.id).where(chosen))
    await tx.execute(delete(masked_value).where(held))
    count = await _blank_messages(tx, client_id, chosen)
    names = frozenset(row.author_name for row in rows if row.author_name)
    noted = update(message).where(there, m.kind == MessageKind.EVENT, m.author_id.is_(None), m.author_name.in_(names))
    await tx.execute(noted.values(author_name=""))
    if one.preview in {preview(row.text) for row in rows}:
        await tx.execute(update(conversation).where(mine).values(preview=""))
    return ErasedMessages(count, names, one.customer_id)


async def remove_files(tx: Tx, files: FileStore, client_id: UUID, ids: Sequence[UUID]) -> int:
    """Removes the files' bytes from the store, then their rows; messages that listed them list them no more."""
    if not ids:
        return 0
    f = file.c
    mine = (f.client_id == client_id) & f.id.in_(ids)
    rows = (await tx.execute(select(f.id, f.conversation_id).where(mine).order_by(f.id).with_for_update())).all()
    for row in rows:
        await files.delete(file_key(client_id, row.id))
    await _unlist(tx, client_id, rows)
    return (await tx.execute(delete(file).where(mine))).rowcount


async def remove_originals(tx: Tx, client_id: UUID, ids: Sequence[UUID]) -> int:
    """Deletes originals of what was masked; the marks stay in their messages."""
    o = masked_value.c
    return (await tx.execute(delete(masked_value).where(o.client_id == client_id, o.id.in_(ids)))).rowcount


async def remove_contacts(tx: Tx, client_id: UUID, ids: Sequence[UUID]) -> Counts:
    """Deletes conversations whose words are gone, with their facts; a case goes with its last conversation.

    The caller has removed what other capabilities hang on them.
    """
    statement = select(_C.id, _C.case_id).where(
        _C.client_id == client_id, _C.id.in_(ids), _C.status == Status.RESOLVED, _C.erased_at.is_not(None)
    )
    rows = (await tx.execute(statement.order_by(_C.id).with_for_update())).all()
    held = [row.id for row in rows]
    counts: Counts = {}
    for table in (draft, pending_reply, mention, masked_value, recording_pause, conversation_interval, message):
        where = (table.c.client_id == client_id) & table.c.conversation_id.in_(held)
        counts[table.name] = (await tx.execute(delete(table).where(where))).rowcount
    gone = delete(conversation).where(_C.client_id == client_id, _C.id.in_(held))
    counts["conversation"] = (await tx.execute(gone)).rowcount
    case = care_case.c
    merged = care_case.alias()
    empty = (
        (case.client_id == client_id)
        & case.id.in_({row.case_id for row in rows})
        & ~exists().where(_C.client_id == case.client_id, _C.case_id == case.id)
        & ~exists().where(merged.c.client_id == case.client_id, merged.c.merged_into == case.id)
    )
    counts["care_case"] = (await tx.execute(delete(care_case).where(empty))).rowcount
    return {name: count for name, count in counts.items() if count}


async def erase_cases(tx: Tx, client_id: UUID, customer_ids: Sequence[UUID]) -> int:
    """Blanks the subjects of the customers' cases, also of those that were merged away."""
    case = care_case.c
    mine = update(care_case).where(case.client_id == client_id, case.customer_id.in_(customer_ids), case.subject != "")
    return (await tx.execute(mine.values(subject=""))).rowcount


async def forget_moves(tx: Tx, client_id: UUID, merge_ids: Sequence[UUID]) -> int:
    """Forgets which contacts merges of customers had moved: those merges can be undone no more."""
    where = (customer_move.c.client_id == client_id) & customer_move.c.merge_id.in_(merge_ids)
    return (await tx.execute(delete(customer_move).where(where))).rowcount


async def _files_of(tx: Tx, client_id: UUID, conversation_ids: Sequence[UUID]) -> list[UUID]:
    where = (file.c.client_id == client_id) & file.c.conversation_id.in_(conversation_ids)
    return list((await tx.execute(select(file.c.id).where(where))).scalars())


async def _blank_messages(tx: Tx, client_id: UUID, chosen: Any) -> int:
    """Takes words, files and customers' names from messages; of what the program noted its key stays, of agents who."""
    m = message.c
    mine = (m.client_id == client_id) & chosen
    said = update(message).where(mine, m.kind != MessageKind.EVENT)
    count = (await tx.execute(said.values(text="", **_BLANK))).rowcount
    noted = update(message).where(mine, m.kind == MessageKind.EVENT)
    await tx.execute(noted.values(details={}, external_id=None))
    theirs = (m.kind == MessageKind.INBOUND) | m.author_id.is_(None)
    await tx.execute(update(message).where(mine, theirs).values(author_name=""))
    return count


async def _blank_cases(tx: Tx, client_id: UUID, case_ids: Sequence[UUID]) -> None:
    """A case's subject goes with the words of its last conversation."""
    case = care_case.c
    speaking = exists().where(_C.client_id == case.client_id, _C.case_id == case.id, _C.erased_at.is_(None))
    these = case.id.in_(case_ids) | case.merged_into.in_(case_ids)
    silent = update(care_case).where(case.client_id == client_id, these, ~speaking)
    await tx.execute(silent.values(subject=""))


async def _unlist(tx: Tx, client_id: UUID, rows: Sequence[Any]) -> None:
    m = message.c
    gone = {str(row.id) for row in rows}
    where = (m.client_id == client_id) & m.conversation_id.in_(
        {row.conversation_id for row in rows if row.conversation_id}
    )
    listing = select(m.conversation_id, m.seq, m.attachments).where(where, m.attachments != type_coerce([], JSONB))
    for row in (await tx.execute(listing)).all():
        left = [one for one in row.attachments if one["file_id"] not in gone]
        if len(left) < len(row.attachments):
            at = (m.client_id == client_id) & (m.conversation_id == row.conversation_id) & (m.seq == row.seq)
            await tx.execute(update(message).where(at).values(attachments=left))
