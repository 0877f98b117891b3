"""Reads what routing knows about people."""

from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from careloom.identity.queries.people import get_person
from careloom.identity.types import Person, PersonId
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import NotFoundError
from careloom.platform.wire import row_fields
from careloom.routing.tables import agent_profile
from careloom.routing.types import AgentProfile, Capacity

COLUMNS: Final = (
    agent_profile.c.person_id,
    agent_profile.c.skills,
    agent_profile.c.languages,
    agent_profile.c.capacity,
)


def read_profile(row: Any) -> AgentProfile:
    """A profile from its row."""
    return msgspec.convert(row_fields(row), AgentProfile, strict=False)


def first_profile(person: Person) -> AgentProfile:
    """What is assumed of someone of whom nothing was said: they speak their interface's language."""
    return AgentProfile(person.id, (), (person.locale,), Capacity())


async def get_profile(tx: Tx, actor: Actor, person_id: PersonId) -> AgentProfile:
    """One's own profile, or that of a provider's employee; raises NotFoundError."""
    person = await get_employee(tx, actor, person_id)
    if person_id != actor.person_id:
        actor.require(Permission.QUEUES_READ, provider_id=person.provider_id)
    return await find_profile(tx, person_id) or first_profile(person)


async def get_employee(tx: Tx, actor: Actor, person_id: UUID) -> Person:
    """Someone who works for a provider; raises NotFoundError for anyone else."""
    person = await get_person(tx, actor, PersonId(person_id))
    if person.provider_id is None:
        raise NotFoundError
    return person


async def find_profile(tx: Tx, person_id: PersonId) -> AgentProfile | None:
    """The stored profile, if there is one."""
    row = (await tx.execute(select(*COLUMNS).where(agent_profile.c.person_id == person_id))).one_or_none()
    return None if row is None else read_profile(row)
