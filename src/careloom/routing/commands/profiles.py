"""Says what people can do and how much at once."""

from sqlalchemy.dialects.postgresql import insert

from careloom.identity.types import Person, PersonId
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, InvalidInputError
from careloom.platform.eventlog.event import publish
from careloom.platform.wire import from_plain, to_plain
from careloom.routing.events import AgentProfileChanged
from careloom.routing.queries.profiles import find_profile, first_profile, get_employee
from careloom.routing.queries.skills import unknown_skills
from careloom.routing.tables import agent_profile
from careloom.routing.types import AgentProfile, NewAgentProfile


async def set_profile(tx: Tx, actor: Actor, person_id: PersonId, new: NewAgentProfile) -> AgentProfile:
    """Replaces a person's skills, languages and capacity; raises NotFoundError, InvalidInputError."""
    person = await get_employee(tx, actor, person_id)
    provider_id = person.provider_id
    if not actor.may(Permission.QUEUES_WRITE, provider_id=provider_id):
        actor.require(Permission.PRESENCE_SET_OTHERS, provider_id=provider_id)
    if provider_id is not None:
        unknown = await unknown_skills(tx, provider_id, [one.skill_id for one in new.skills])
        if unknown:
            errors = (FieldError(f"/skills/{one}", "Choose a skill of the person's provider.") for one in unknown)
            raise InvalidInputError(errors=tuple(errors))
    before = await find_profile(tx, person_id)
    after = from_plain({"person_id": person_id, **to_plain(new)}, AgentProfile)
    await _store(tx, person, after, replace=True)
    await audit.record(tx, actor, "profile.set", person_id, provider_id=provider_id, before=before, after=after)
    await publish(tx, AgentProfileChanged(provider_id=provider_id, person_id=person_id))
    return after


async def keep_profile(tx: Tx, person: Person) -> None:
    """Stores what is assumed of a person of whom nothing was said, so that there is a row to lock."""
    await _store(tx, person, first_profile(person), replace=False)


async def _store(tx: Tx, person: Person, one: AgentProfile, *, replace: bool) -> None:
    values = {"skills": to_plain(one.skills), "languages": list(one.languages), "capacity": to_plain(one.capacity)}
    statement = insert(agent_profile).values(person_id=one.person_id, provider_id=person.provider_id, **values)
    if replace:
        statement = statement.on_conflict_do_update(index_elements=[agent_profile.c.person_id], set_=values)
    else:
        statement = statement.on_conflict_do_nothing()
    await tx.execute(statement)
