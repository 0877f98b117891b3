"""Endpoints of what must not be seen or recorded: masked values, pauses of the recording."""

from typing import Annotated, Any

from litestar import get, post
from litestar.params import FromPath, JSONBody, PathParameter
from msgspec import Struct

from careloom.conversations.commands import privacy, recordings
from careloom.conversations.queries.recordings import list_pauses
from careloom.conversations.types import ConversationId
from careloom.conversations.types.privacy import Original, PauseReason, RecordingPause
from careloom.platform.paging import Page
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit

Number = Annotated[int, PathParameter(ge=1, le=2_147_483_647)]


class NewPause(Struct, frozen=True, forbid_unknown_fields=True):
    """Why nothing may be recorded."""

    reason: PauseReason


@post(
    "/conversations/{conversation_id:uuid}/messages/{seq:int}/reveal", status_code=200, summary="Show what was masked"
)
async def reveal(unit: Unit, conversation_id: FromPath[ConversationId], seq: Number) -> Page[Original]:
    """The originals behind a message's marks, as far as they are kept; each call leaves an audit entry."""
    async with unit.transaction() as tx:  # not `write`, which keeps the answer for repeats
        return Page(await privacy.reveal(tx, unit.actor, conversation_id, seq))


@get("/conversations/{conversation_id:uuid}/recording-pauses", summary="When nothing may be recorded")
async def get_pauses(
    unit: Unit, conversation_id: FromPath[ConversationId], limit: Limit = 50, after: After = None
) -> Page[RecordingPause]:
    """Newest first; one without `ended_at` lasts."""
    return await unit.read(lambda tx: list_pauses(tx, unit.actor, conversation_id, limit, after))


@post("/conversations/{conversation_id:uuid}/recording-pauses", summary="Pause the recording")
async def pause(unit: Unit, conversation_id: FromPath[ConversationId], data: JSONBody[NewPause]) -> RecordingPause:
    """Nothing of the contact may be recorded until it is resumed; 409 where it is paused already."""
    return await unit.write(lambda tx: recordings.pause_recording(tx, unit.actor, conversation_id, data.reason))


@post("/conversations/{conversation_id:uuid}/recording-pauses/end", status_code=200, summary="Resume the recording")
async def resume(unit: Unit, conversation_id: FromPath[ConversationId]) -> RecordingPause:
    """409 where it is not paused; it also ends with the contact."""
    return await unit.write(lambda tx: recordings.resume_recording(tx, unit.actor, conversation_id))


handlers: list[Any] = [reveal, get_pauses, pause, resume]
