"""The whole demo world in one value."""

from functools import cache

from careloom.demo.core.tasks import is_resolved, outcomes_of_client
from careloom.demo.library import load_macros
from careloom.demo.world.clients import CLIENTS, PROVIDER, SITES, TEAMS
from careloom.demo.world.people import COACH, PEOPLE, PERSONAS
from careloom.demo.world.programs import PROGRAMS
from careloom.demo.world.queues import QUEUES, SKILLS
from careloom.demo.world.specs import DispositionSpec, QueueSpec, World
from careloom.identity.types import Role


@cache
def demo_world() -> World:
    """Return the demo world; always the same."""
    return World(
        provider=PROVIDER,
        sites=SITES,
        teams=TEAMS,
        clients=CLIENTS,
        programs=PROGRAMS,
        roles=(COACH,),
        skills=SKILLS,
        queues=QUEUES,
        dispositions=tuple(
            DispositionSpec(client.key, outcome, is_resolved(outcome))
            for client in CLIENTS
            for outcome in outcomes_of_client(client.key)
        ),
        macros=load_macros(),
        people=PEOPLE,
        personas=PERSONAS,
    )


def able_people(world: World, queue: QueueSpec) -> tuple[str, ...]:
    """Return the keys of people who may and can take the queue's contacts (grant, language, skills)."""
    able: list[str] = []
    for person in world.people:
        levels = {skill.skill: skill.level for skill in person.skills}
        granted = any(grant.key == queue.client and grant.role == Role.AGENT for grant in person.grants)
        skilled = all(levels.get(need.skill, 0) >= need.level for need in queue.skills)
        if granted and skilled and queue.language in person.languages:
            able.append(person.key)
    return tuple(able)
