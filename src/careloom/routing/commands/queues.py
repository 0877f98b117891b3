"""Makes and changes queues."""

from msgspec.structs import asdict, replace
from sqlalchemy import update

from careloom.conversations.types import QueueId
from careloom.organizations.commands import set_fields
from careloom.organizations.queries import get_program
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, InvalidInputError, NotFoundError
from careloom.platform.eventlog.event import publish
from careloom.platform.ids import new_id
from careloom.platform.wire import from_plain, to_plain
from careloom.routing.commands.wide import wide
from careloom.routing.events import QueueChanged
from careloom.routing.queries.queues import get_queue
from careloom.routing.queries.skills import unknown_skills
from careloom.routing.tables import queue
from careloom.routing.types import NewQueue, Queue, QueueChanges, SkillLevel

_WRITE = Permission.QUEUES_WRITE


async def create_queue(tx: Tx, actor: Actor, new: NewQueue) -> Queue:
    """A new queue of a program; raises NotFoundError, ForbiddenError, InvalidInputError."""
    made = from_plain({"id": new_id(), **to_plain(new)}, Queue)
    _require(actor, made)
    await _check(tx, actor, None, made)
    await tx.execute(queue.insert().values(**_values(made)))
    await _tell(tx, actor, "queue.create", None, made)
    return made


async def change_queue(tx: Tx, actor: Actor, queue_id: QueueId, changes: QueueChanges) -> Queue:
    """Changes a queue; raises NotFoundError, ForbiddenError, InvalidInputError.

    A queue that is not active takes nothing in any more; what waits in it is still served.
    """
    before = await get_queue(tx, actor, queue_id)
    _require(actor, before)
    given = set_fields(changes)
    if "skills" in given:
        given["skills"] = tuple(SkillLevel(one.skill_id, one.level) for one in given["skills"])
    after = replace(before, **given)
    _require(actor, after)
    await _check(tx, actor, before, after)
    table = queue.c
    here = (table.client_id == before.client_id) & (table.id == before.id)
    await tx.execute(update(queue).where(here).values(**_values(after)))
    await _tell(tx, actor, "queue.change", before, after)
    return after


def _require(actor: Actor, one: Queue) -> None:
    """A queue is for whoever rules over the client, or over the provider that works it: of a program that two of them
    serve, neither sets the other's queues.
    """
    actor.require(_WRITE, client_id=one.client_id, program_id=one.program_id)
    if not actor.may(_WRITE, client_id=one.client_id):
        actor.require(_WRITE, client_id=one.client_id, program_id=one.program_id, provider_id=one.provider_id)


def _values(one: Queue) -> dict[str, object]:
    return {**asdict(one), "channels": list(one.channels), "skills": to_plain(one.skills)}


async def _check(tx: Tx, actor: Actor, before: Queue | None, one: Queue) -> None:
    errors: list[FieldError] = []
    program = await get_program(tx, actor, one.program_id)
    if program.client_id != one.client_id:
        errors.append(FieldError("/program_id", "Choose a program of the queue's own client."))
    if one.provider_id not in program.provider_ids:
        errors.append(FieldError("/provider_id", "Choose a provider that serves the program."))
    if not set(one.channels) <= set(program.channels):
        errors.append(FieldError("/channels", "Choose channels that the program has."))
    if (one.overflow_queue_id is None) != (one.overflow_after_seconds is None):
        errors.append(FieldError("/overflow_after_seconds", "Name both the overflow queue and when, or neither."))
    errors += await _overflow_errors(tx, actor, before, one)
    async with wide(tx, actor):
        unknown = await unknown_skills(tx, one.provider_id, [need.skill_id for need in one.skills])
    errors += [FieldError(f"/skills/{index}", "Choose a skill of the queue's provider.") for index in unknown]
    if errors:
        raise InvalidInputError(errors=tuple(errors))


async def _overflow_errors(tx: Tx, actor: Actor, before: Queue | None, one: Queue) -> list[FieldError]:
    """What is wrong with the overflow where it is set anew. Raises ForbiddenError where it would make another
    provider's people work this queue and the actor does not rule over the client.
    """
    if one.overflow_queue_id is None or (before is not None and _overflow(before) == _overflow(one)):
        return []
    try:
        other = await get_queue(tx, actor, one.overflow_queue_id)
    except NotFoundError:
        other = None
    if other is None or other.client_id != one.client_id or other.id == one.id:
        return [FieldError("/overflow_queue_id", "Choose another queue of the same client.")]
    if other.provider_id != one.provider_id:
        actor.require(_WRITE, client_id=one.client_id)
    return []


def _overflow(one: Queue) -> tuple[QueueId | None, int | None]:
    return one.overflow_queue_id, one.overflow_after_seconds


async def _tell(tx: Tx, actor: Actor, action: str, before: Queue | None, after: Queue) -> None:
    await audit.record(tx, actor, action, after.id, client_id=after.client_id, before=before, after=after)
    await publish(tx, QueueChanged(client_id=after.client_id, queue_id=after.id))
