"""Makes and renames skills."""

from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from careloom.organizations.queries import get_provider
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.ids import new_id
from careloom.routing.errors import NameTakenError
from careloom.routing.queries.skills import read_skill
from careloom.routing.tables import skill
from careloom.routing.types import NewSkill, Skill, SkillId


async def create_skill(tx: Tx, actor: Actor, new: NewSkill) -> Skill:
    """A new skill of a provider; raises NotFoundError, NameTakenError."""
    actor.require(Permission.QUEUES_WRITE, provider_id=new.provider_id)
    await get_provider(tx, actor, new.provider_id)
    made = Skill(SkillId(new_id()), new.provider_id, new.name)
    values = {"id": made.id, "provider_id": made.provider_id, "name": made.name}
    stored = await tx.execute(insert(skill).values(**values).on_conflict_do_nothing().returning(skill.c.id))
    if stored.one_or_none() is None:
        raise NameTakenError
    await audit.record(tx, actor, "skill.create", made.id, provider_id=made.provider_id, after=made)
    return made


async def rename_skill(tx: Tx, actor: Actor, skill_id: UUID, name: str) -> Skill:
    """Gives a skill another name; queues and people keep it. Raises NotFoundError, NameTakenError."""
    row = (await tx.execute(select(skill).where(skill.c.id == skill_id))).one_or_none()
    if row is None:
        raise NotFoundError
    before = read_skill(row)
    actor.require(Permission.QUEUES_WRITE, provider_id=before.provider_id)
    after = replace(before, name=name)
    try:
        async with tx.begin_nested():
            await tx.execute(update(skill).where(skill.c.id == before.id).values(name=name))
    except IntegrityError as error:
        raise NameTakenError from error
    await audit.record(tx, actor, "skill.rename", before.id, provider_id=before.provider_id, before=before, after=after)
    return after
