"""Endpoints of queues and skills."""

from litestar import get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct

from careloom.conversations.types import QueueId
from careloom.organizations.types import ClientId
from careloom.platform.paging import Page
from careloom.platform.web.http import After, Limit
from careloom.platform.web.unit import Unit
from careloom.routing.commands import queues as commands
from careloom.routing.commands import skills as skill_commands
from careloom.routing.queries import queues as queries
from careloom.routing.queries import skills as skill_queries
from careloom.routing.types import Name, NewQueue, NewSkill, Queue, QueueChanges, Skill, SkillId


class SkillName(Struct, frozen=True, forbid_unknown_fields=True):
    """A skill's name."""

    name: Name


@get("/queues", summary="Queues")
async def list_queues(
    unit: Unit, client_id: FromQuery[ClientId | None] = None, limit: Limit = 50, after: After = None
) -> Page[Queue]:
    """Queues of the programs that you see, by client and name."""
    return await unit.read(lambda tx: queries.list_queues(tx, unit.actor, client_id, limit, after))


@post("/queues", summary="Make a queue")
async def create_queue(unit: Unit, data: JSONBody[NewQueue]) -> Queue:
    """A line of contacts of one program with its promise and what it asks of agents."""
    return await unit.write(lambda tx: commands.create_queue(tx, unit.actor, data))


@get("/queues/{queue_id:uuid}", summary="A queue")
async def get_queue(unit: Unit, queue_id: FromPath[QueueId]) -> Queue:
    """One queue."""
    return await unit.read(lambda tx: queries.get_queue(tx, unit.actor, queue_id))


@patch("/queues/{queue_id:uuid}", summary="Change a queue")
async def change_queue(unit: Unit, queue_id: FromPath[QueueId], data: JSONBody[QueueChanges]) -> Queue:
    """Changes the fields that are given. What waits in a queue that is no longer active is still served."""
    return await unit.write(lambda tx: commands.change_queue(tx, unit.actor, queue_id, data))


@get("/skills", summary="Skills")
async def list_skills(unit: Unit, limit: Limit = 50, after: After = None) -> Page[Skill]:
    """Skills of your providers, by name."""
    return await unit.read(lambda tx: skill_queries.list_skills(tx, unit.actor, limit, after))


@post("/skills", summary="Make a skill")
async def create_skill(unit: Unit, data: JSONBody[NewSkill]) -> Skill:
    """An ability that queues ask for."""
    return await unit.write(lambda tx: skill_commands.create_skill(tx, unit.actor, data))


@patch("/skills/{skill_id:uuid}", summary="Rename a skill")
async def rename_skill(unit: Unit, skill_id: FromPath[SkillId], data: JSONBody[SkillName]) -> Skill:
    """Queues and people keep it under its new name."""
    return await unit.write(lambda tx: skill_commands.rename_skill(tx, unit.actor, skill_id, data.name))


handlers = [list_queues, create_queue, get_queue, change_queue, list_skills, create_skill, rename_skill]
