"""Cases: given another subject, merged, split."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update

from careloom.conversations.commands.opening import open_case
from careloom.conversations.events import CaseChanged, ConversationChanged, facts
from careloom.conversations.queries.cases import get_case
from careloom.conversations.queries.conversation import COLUMNS, read_conversation
from careloom.conversations.tables.contact import care_case, conversation
from careloom.conversations.types import Case, CaseId, Conversation
from careloom.organizations.queries import as_stored
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.schema import Writer
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import ConflictError, InvalidInputError
from careloom.platform.eventlog.event import Event, publish

_WRITE = Permission.CONVERSATIONS_WRITE


async def change_case(tx: Tx, actor: Actor, case_id: UUID, subject: str) -> Case:
    """Gives the case another subject."""
    before = await _hold(tx, actor, case_id)
    where = (care_case.c.client_id == before.client_id, care_case.c.id == before.id)
    await tx.execute(update(care_case).where(*where).values(subject=await _subject(tx, before.client_id, subject)))
    after = await get_case(tx, actor, case_id)
    await publish(tx, CaseChanged(client_id=after.client_id, case_id=after.id))
    await _audit(tx, actor, "case.change", before, None, {"fields": ["subject"]})
    return after


async def merge_case(tx: Tx, actor: Actor, case_id: UUID, into_id: UUID) -> Case:
    """Moves every conversation of the case into another of the same program; answers that one.

    Raises ConflictError where one of them was merged before, InvalidInputError for another program's.
    """
    # Before either is looked for: which of the two is missed first must not tell which of them there is.
    actor.require(_WRITE)
    if case_id == into_id:
        raise InvalidInputError("A case cannot be merged into itself.")
    first, second = sorted((case_id, into_id))
    held = {one.id: one for one in (await _hold(tx, actor, first), await _hold(tx, actor, second))}
    source, target = held[CaseId(case_id)], held[CaseId(into_id)]
    if source.program_id != target.program_id:
        raise InvalidInputError("Only cases of one program can be merged.")
    moved = await _repoint(tx, source, [one.id for one in source.conversations], target.id, target.number)
    where = (care_case.c.client_id == source.client_id, care_case.c.id == source.id)
    await tx.execute(update(care_case).where(*where).values(merged_into=target.id))
    events: list[Event] = [CaseChanged(client_id=target.client_id, case_id=target.id, other_case_id=source.id)]
    await publish(tx, *events, *_moved(moved))
    await _audit(tx, actor, "case.merge", source, {"merged_into": None}, {"merged_into": target.id})
    return await get_case(tx, actor, target.id)


async def split_case(tx: Tx, actor: Actor, case_id: UUID, conversation_ids: Sequence[UUID], subject: str) -> Case:
    """Moves some of the case's conversations into a new case; answers the new one.

    Raises InvalidInputError unless they are some, and not all, of the case's.
    """
    source = await _hold(tx, actor, case_id)
    wanted = set(conversation_ids)
    mine = {one.id: one for one in source.conversations}
    if not wanted or not wanted < mine.keys():
        raise InvalidInputError("Choose some of the case's conversations, and leave at least one.")
    customer_id = mine[min(one for one in mine if one in wanted)].customer_id
    client_id, program_id = source.client_id, source.program_id
    subject = await _subject(tx, client_id, subject)
    new, number = await open_case(tx, client_id, program_id, customer_id, subject, now())
    moved = await _repoint(tx, source, sorted(wanted), new, number)
    await publish(tx, CaseChanged(client_id=client_id, case_id=new, other_case_id=source.id), *_moved(moved))
    await _audit(tx, actor, "case.split", source, None, {"into": new, "conversations": sorted(wanted)})
    return await get_case(tx, actor, new)


async def _subject(tx: Tx, client_id: UUID, given: str) -> str:
    return (await as_stored(tx, client_id, care_case, {"subject": given}, Writer.STAFF))["subject"]


async def _hold(tx: Tx, actor: Actor, case_id: UUID) -> Case:
    seen = await get_case(tx, actor, case_id)
    actor.require(_WRITE, client_id=seen.client_id, program_id=seen.program_id)
    of_case = (conversation.c.client_id == seen.client_id) & (conversation.c.case_id == seen.id)
    await tx.execute(select(conversation.c.id).where(of_case).order_by(conversation.c.id).with_for_update())
    where = (care_case.c.client_id == seen.client_id, care_case.c.id == seen.id)
    await tx.execute(select(care_case.c.id).where(*where).with_for_update(key_share=True))
    held = await get_case(tx, actor, case_id)
    if held.merged_into is not None:
        raise ConflictError("Case {number} was merged into another one.", number=str(held.number))
    return held


async def _repoint(tx: Tx, source: Case, ids: Sequence[UUID], case_id: CaseId, number: int) -> list[Conversation]:
    where = (conversation.c.client_id == source.client_id, conversation.c.id.in_(ids))
    statement = update(conversation).where(*where).values(case_id=case_id, case_number=number)
    return [read_conversation(row) for row in await tx.execute(statement.returning(*COLUMNS))]


def _moved(conversations: list[Conversation]) -> list[Event]:
    return [ConversationChanged(**facts(one), changed=("case_id", "case_number")) for one in conversations]


async def _audit(tx: Tx, actor: Actor, action: str, one: Case, before: object, after: object) -> None:
    await audit.record(tx, actor, action, one.id, client_id=one.client_id, before=before, after=after)
