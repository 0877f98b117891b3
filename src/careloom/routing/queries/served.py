"""Reads which queues a person serves."""

from collections.abc import Sequence

from sqlalchemy import select

from careloom.conversations.types import QueueId
from careloom.identity.types import PersonId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.scope import within
from careloom.platform.database.transactions import Tx
from careloom.routing.core.eligibility import has_skills, speaks
from careloom.routing.queries.profiles import find_profile
from careloom.routing.queries.queues import read_queue
from careloom.routing.tables import queue

_MOST_QUEUES = 500


async def queues_served_by(tx: Tx, actor: Actor) -> Sequence[QueueId]:
    """The active queues whose contacts the actor may answer and has the skills and the language for.

    Whoever has no profile serves every queue that they may answer.
    """
    if actor.person_id is None:
        return ()
    table = queue.c
    mine = within(actor, Permission.CONVERSATIONS_REPLY, table.client_id, table.program_id)
    queues = [read_queue(row) for row in await tx.execute(select(queue).where(table.active, mine).limit(_MOST_QUEUES))]
    profile = await find_profile(tx, PersonId(actor.person_id))
    if profile is None:
        return [one.id for one in queues]
    levels = {each.skill_id: each.level for each in profile.skills}
    fits = (one for one in queues if has_skills(levels, one.skills) and speaks(profile.languages, one.language))
    return [one.id for one in fits]
