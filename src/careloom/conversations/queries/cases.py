"""Cases with their conversations."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from careloom.conversations.queries.conversation import conversations, read_conversation, visible
from careloom.conversations.tables.contact import care_case, conversation
from careloom.conversations.types import Case, Conversation, Status
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError

MOST_CONVERSATIONS = 500


async def get_case(tx: Tx, actor: Actor, case_id: UUID) -> Case:
    """One case with those of its conversations that the actor may see, oldest first; raises NotFoundError."""
    row = (await tx.execute(select(care_case).where(care_case.c.id == case_id))).one_or_none()
    if row is None:
        raise NotFoundError
    if not actor.may(Permission.CONVERSATIONS_READ, client_id=row.client_id, program_id=row.program_id):
        raise NotFoundError
    statement = (
        conversations()
        .where(conversation.c.client_id == row.client_id, conversation.c.case_id == row.id, visible(actor))
        .order_by(conversation.c.created_at, conversation.c.id)
        .limit(MOST_CONVERSATIONS)
    )
    members = tuple(read_conversation(one) for one in await tx.execute(statement))
    return Case(
        id=row.id,
        client_id=row.client_id,
        program_id=row.program_id,
        number=row.number,
        customer_id=row.customer_id,
        subject=row.subject,
        status=status_of(members),
        merged_into=row.merged_into,
        created_at=row.created_at,
        conversations=members,
    )


def status_of(members: Sequence[Conversation]) -> Status:
    """A case is open while one of its conversations is, else pending while one is, else resolved."""
    statuses = {one.status for one in members}
    return next((one for one in (Status.OPEN, Status.PENDING) if one in statuses), Status.RESOLVED)
