"""More messages of conversations that were imported earlier: they follow what is there, in order of time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select, text, update

from careloom.conversations.commands.held import Held, hold_conversations
from careloom.conversations.commands.message import preview
from careloom.conversations.commands.past import ImportedMessage, Run, redacted_messages, store_runs
from careloom.conversations.queries.imported import Past, past_of
from careloom.conversations.tables.contact import conversation
from careloom.conversations.tables.message import message
from careloom.conversations.types import ConversationId, FileId, MessageKind, Phase, Status
from careloom.organizations.types import ClientId, ProgramId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx

_C: Final = conversation.c
_M: Final = message.c
_SPOKEN: Final = (MessageKind.INBOUND, MessageKind.OUTBOUND)
_ADDED: Final = "client_id = :client_id AND conversation_id = :id AND seq BETWEEN :first AND :last"
_FILES: Final = text(f"""
    DELETE FROM file WHERE client_id = :client_id AND id IN (
        SELECT (one ->> 'file_id')::uuid FROM message, jsonb_array_elements(attachments) AS one WHERE {_ADDED}
    ) RETURNING id
""")  # noqa: S608
_ORIGINALS: Final = text(f"""
    DELETE FROM masked_value WHERE client_id = :client_id
        AND message_id IN (SELECT id FROM message WHERE {_ADDED})
""")  # noqa: S608
_MESSAGES: Final = text(f"DELETE FROM message WHERE {_ADDED}")  # noqa: S608


class Addition(Struct, frozen=True):
    """Messages `first` to `last` were added to a conversation, whose row said the rest before; it has not changed
    since while `stamp` is its last change, None where it changed in between.
    """

    first: int
    last: int
    last_inbound_seq: int
    read_seq: int
    waiting_since: datetime | None
    updated_at: datetime
    stamp: datetime | None


async def hold_past(tx: Tx, client_id: ClientId, ids: Collection[ConversationId]) -> dict[ConversationId, Past]:
    """Locks imported conversations that messages are to be added to; answers what they hold by then."""
    await hold_conversations(tx, ids)
    return await past_of(tx, client_id, ids)


async def append_past(
    tx: Tx,
    actor: Actor,
    client_id: ClientId,
    program_id: ProgramId,
    more: Mapping[ConversationId, Sequence[ImportedMessage]],
) -> dict[ConversationId, Addition]:
    """Adds messages to conversations of the program, those of each in order of time, as the client's policy lets them
    be stored.

    Nothing is published, and a conversation's state stays. Raises ForbiddenError.
    """
    actor.require(Permission.DATA_IMPORT, client_id=client_id, program_id=program_id)
    held = await hold_conversations(tx, list(more))
    mine = [one for one in held if (one.conversation.client_id, one.conversation.program_id) == (client_id, program_id)]
    runs = [await _run(tx, one, more[one.conversation.id]) for one in mine]
    await store_runs(tx, client_id, runs)
    return {one.conversation.id: await _note(tx, one, run) for one, run in zip(mine, runs, strict=True)}


async def _run(tx: Tx, held: Held, some: Sequence[ImportedMessage]) -> Run:
    one = held.conversation
    named = [replace(each, author_name=each.author_name or one.customer_name) for each in some]
    messages, taken = await redacted_messages(tx, one.client_id, sorted(named, key=lambda each: each.at))
    return Run(
        client_id=one.client_id,
        conversation_id=one.id,
        customer_id=one.customer_id,
        channel=one.channel,
        first=one.last_seq + 1,
        messages=messages,
        taken=taken,
    )


async def _note(tx: Tx, held: Held, run: Run) -> Addition:
    one = held.conversation
    last = run.first + len(run.messages) - 1
    inbound = [seq for seq, each in enumerate(run.messages, run.first) if each.kind is MessageKind.INBOUND]
    shown, waiting = await _spoken(tx, one.client_id, one.id)
    waits = waiting if _is_unrouted(held) else one.waiting_since
    stamp = max(one.updated_at, run.messages[-1].at)
    values: dict[str, Any] = {
        "last_seq": last,
        "last_inbound_seq": max(inbound, default=held.last_inbound_seq),
        "read_seq": held.read_seq if waits or (one.unread and not _is_unrouted(held)) else last,
        "waiting_since": waits,
        "preview": shown,
        "updated_at": stamp,
    }
    await _write(tx, one.client_id, one.id, values)
    return Addition(run.first, last, held.last_inbound_seq, held.read_seq, one.waiting_since, one.updated_at, stamp)


def _is_unrouted(held: Held) -> bool:
    """Whether it waits as it was imported: nobody here has had it, and no queue promises anything."""
    one = held.conversation
    return one.status is Status.OPEN and one.phase is Phase.QUEUED and one.queue_id is None and held.interval_seq == 1


async def _spoken(tx: Tx, client_id: ClientId, conversation_id: ConversationId) -> tuple[str, datetime | None]:
    """The beginning of what was said last, and since when the customer waits for an answer, by time."""
    mine = (_M.client_id == client_id, _M.conversation_id == conversation_id)
    order = (_M.at.desc(), _M.seq.desc())
    last = select(_M.text).where(*mine, _M.kind.in_(_SPOKEN)).order_by(*order).limit(1)
    found = (await tx.execute(last)).scalar_one_or_none()
    if found is None:
        found = (await tx.execute(select(_M.text).where(*mine).order_by(_M.seq).limit(1))).scalar_one()
    answered = select(_M.at).where(*mine, _M.kind == MessageKind.OUTBOUND).order_by(*order).limit(1).scalar_subquery()
    asked = select(_M.at).where(*mine, _M.kind == MessageKind.INBOUND, (answered.is_(None)) | (_M.at > answered))
    waiting = (await tx.execute(asked.order_by(_M.at).limit(1))).scalar_one_or_none()
    return preview(found), waiting


async def _write(tx: Tx, client_id: ClientId, conversation_id: ConversationId, values: dict[str, Any]) -> None:
    await tx.execute(update(conversation).where(_C.client_id == client_id, _C.id == conversation_id).values(values))


async def any_addition_touched(tx: Tx, client_id: ClientId, additions: Mapping[ConversationId, Addition]) -> bool:
    """Whether one of these conversations is gone, or has changed since messages were added to it."""
    statement = select(_C.id, _C.last_seq, _C.updated_at).where(_C.client_id == client_id, _C.id.in_(additions))
    found = {row.id: (row.last_seq, row.updated_at) for row in await tx.execute(statement)}
    return found != {each: (one.last, one.stamp) for each, one in additions.items()}


async def remove_additions(
    tx: Tx, actor: Actor, client_id: ClientId, program_id: ProgramId, additions: Mapping[ConversationId, Addition]
) -> list[FileId]:
    """Takes added messages back, unless their conversation has changed since; answers the files whose bytes are to
    go.
    """
    actor.require(Permission.DATA_IMPORT, client_id=client_id, program_id=program_id)
    held = await hold_conversations(tx, list(additions))
    files: list[FileId] = []
    for each in held:
        one = each.conversation
        added = additions[one.id]
        if (one.last_seq, one.updated_at) != (added.last, added.stamp):
            continue
        values = {"client_id": client_id, "id": one.id, "first": added.first, "last": added.last}
        files += [FileId(found) for found in (await tx.execute(_FILES, values)).scalars()]
        await tx.execute(_ORIGINALS, values)
        await tx.execute(_MESSAGES, values)
        shown, _ = await _spoken(tx, client_id, one.id)
        before: dict[str, Any] = {
            "last_seq": added.first - 1,
            "last_inbound_seq": added.last_inbound_seq,
            "read_seq": added.read_seq,
            "waiting_since": added.waiting_since,
            "updated_at": added.updated_at,
            "preview": shown,
        }
        await _write(tx, client_id, one.id, before)
    return files
