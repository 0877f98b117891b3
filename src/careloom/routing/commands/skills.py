"""Makes skills."""

from sqlalchemy.dialects.postgresql import insert

from careloom.organizations.queries import get_provider
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.ids import new_id
from careloom.routing.errors import NameTakenError
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
