"""Reads skills."""

from collections.abc import Sequence

from sqlalchemy import select

from careloom.organizations.types import ProviderId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.paging import Page, cut, keyset
from careloom.platform.wire import reader
from careloom.routing.tables import skill
from careloom.routing.types import Skill, SkillId

read_skill = reader(Skill)


async def list_skills(tx: Tx, actor: Actor, limit: int = 50, after: str | None = None) -> Page[Skill]:
    """Skills of the actor's providers, by name."""
    actor.require(Permission.QUEUES_READ)
    rows = await tx.execute(keyset(select(skill), [skill.c.name, skill.c.id], after, limit))
    return cut([read_skill(row) for row in rows], limit, lambda one: [one.name, one.id])


async def unknown_skills(tx: Tx, provider_id: ProviderId, wanted: Sequence[SkillId]) -> list[int]:
    """The places in `wanted` of what is no skill of the provider, or was named before."""
    if not wanted:
        return []
    statement = select(skill.c.id).where(skill.c.provider_id == provider_id, skill.c.id.in_(wanted))
    left = set((await tx.execute(statement)).scalars())
    unknown: list[int] = []
    for index, one in enumerate(wanted):
        if one in left:
            left.remove(one)
        else:
            unknown.append(index)
    return unknown
