"""Marks in which stretches of a contact nothing may be recorded, for channels that record and for their players."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from careloom.conversations.commands.held import change, hold_conversation, tell
from careloom.conversations.commands.journal import add_event, audit_act
from careloom.conversations.commands.message import added
from careloom.conversations.core.phases import OVER
from careloom.conversations.events import ConversationResolved, RecordingPaused, RecordingResumed, facts
from careloom.conversations.queries.recordings import read_pause
from careloom.conversations.tables.privacy import recording_pause
from careloom.conversations.types.privacy import PauseReason, RecordingPause
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import ConflictError
from careloom.platform.ids import new_id

_REPLY = Permission.CONVERSATIONS_REPLY


async def pause_recording(tx: Tx, actor: Actor, conversation_id: UUID, reason: PauseReason) -> RecordingPause:
    """Marks that from now on nothing of the contact may be recorded; raises ConflictError where it is so already."""
    held = await hold_conversation(tx, actor, conversation_id, _REPLY)
    before, at = held.conversation, now()
    if before.phase in OVER:
        raise ConflictError("This contact is over: nothing of it is recorded.")
    statement = insert(recording_pause).values(
        client_id=before.client_id,
        id=new_id(),
        conversation_id=before.id,
        reason=reason,
        paused_by=actor.person_id,
        paused_by_name=actor.name,
        began_at=at,
    )
    table = recording_pause.c
    statement = statement.on_conflict_do_nothing(
        index_elements=[table.client_id, table.conversation_id], index_where=table.ended_at.is_(None)
    )
    row = (await tx.execute(statement.returning(*table))).one_or_none()
    if row is None:
        raise ConflictError("Recording is paused already.")
    noted = await add_event(tx, actor, before, before.last_seq + 1, "recording_paused", at, reason=reason)
    held = await change(tx, held, at, last_seq=noted.seq)
    after = held.conversation
    await tell(tx, before, after, added(after, noted), RecordingPaused(**facts(after), pause_id=row.id))
    await audit_act(tx, actor, "conversation.pause_recording", after, pause_id=row.id)
    return read_pause(row)


async def resume_recording(tx: Tx, actor: Actor, conversation_id: UUID) -> RecordingPause:
    """Ends the pause; raises ConflictError where there is none."""
    held = await hold_conversation(tx, actor, conversation_id, _REPLY)
    before, at = held.conversation, now()
    table = recording_pause.c
    ending = update(recording_pause).where(
        table.client_id == before.client_id, table.conversation_id == before.id, table.ended_at.is_(None)
    )
    row = (await tx.execute(ending.values(ended_at=at).returning(*table))).one_or_none()
    if row is None:
        raise ConflictError("Recording is not paused.")
    noted = await add_event(tx, actor, before, before.last_seq + 1, "recording_resumed", at)
    held = await change(tx, held, at, last_seq=noted.seq)
    after = held.conversation
    await tell(tx, before, after, added(after, noted), RecordingResumed(**facts(after), pause_id=row.id))
    await audit_act(tx, actor, "conversation.resume_recording", after, pause_id=row.id)
    return read_pause(row)


async def end_pauses(tx: Tx, event: ConversationResolved) -> None:
    """A contact that is over leaves no pause open."""
    table = recording_pause.c
    ending = update(recording_pause).where(
        table.client_id == event.client_id, table.conversation_id == event.conversation_id, table.ended_at.is_(None)
    )
    await tx.execute(ending.values(ended_at=now()))
