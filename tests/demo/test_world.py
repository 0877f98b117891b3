"""The demo world holds together: what refers to something refers to something that exists."""

import re
from zoneinfo import ZoneInfo

import pytest

from careloom.demo.core.tasks import CLIENTS, TASKS
from careloom.demo.world.build import able_people, demo_world
from careloom.demo.world.clients import OFFICE_TEAM
from careloom.demo.world.specs import QueueSpec
from careloom.identity.types import Role, ScopeKind
from careloom.organizations.types import Shore

WORLD = demo_world()
PROGRAM_CLIENT = {program.key: program.client for program in WORLD.programs}
SITE_OF_TEAM = {team.key: team.site for team in WORLD.teams}
FLOOR = [person for person in WORLD.people if person.capacity]
TEAM_OF = {person.key: person.team for person in WORLD.people}


def _contrast_with_white(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def test_a_provider_with_three_shores_serves_six_clients_of_different_industries() -> None:
    assert {site.shore for site in WORLD.sites} == set(Shore)
    assert tuple(client.key for client in WORLD.clients) == CLIENTS
    assert len({client.industry for client in WORLD.clients}) == 6
    assert len({client.color for client in WORLD.clients}) == 6


def test_white_text_is_legible_on_every_brand_colour() -> None:
    for client in WORLD.clients:
        assert re.fullmatch(r"#[0-9a-f]{6}", client.color)
        assert _contrast_with_white(client.color) >= 4.5


def test_zones_exist_and_addresses_are_reserved_ones() -> None:
    for place in (*WORLD.sites, *WORLD.programs):
        assert ZoneInfo(place.time_zone)
    for address in (*(p.mail.address for p in WORLD.programs), *(p.email for p in WORLD.people)):
        assert re.fullmatch(r"[a-z.]+@[a-z]+\.example", address)


def test_every_task_has_a_program_of_its_client_and_every_program_a_task() -> None:
    for task in TASKS.values():
        assert PROGRAM_CLIENT[task.program] == task.client
    assert {task.program for task in TASKS.values()} == set(PROGRAM_CLIENT)


def test_every_program_has_a_voice_and_a_queue_for_each_channel() -> None:
    for program in WORLD.programs:
        assert program.voice.greeting
        assert program.voice.tone_do
        assert program.voice.tone_dont
        assert program.voice.signature
        served = [channel for queue in WORLD.queues if queue.program == program.key for channel in queue.channels]
        assert sorted(served) == sorted(program.channels)


@pytest.mark.parametrize("queue", WORLD.queues, ids=lambda queue: queue.key)
def test_a_queue_has_three_able_agents_on_two_sites(queue: QueueSpec) -> None:
    able = able_people(WORLD, queue)
    simulated = [person.key for person in WORLD.people if person.key in able and person.simulated]
    assert len(simulated) >= 3
    assert len({SITE_OF_TEAM[team] for key in simulated if (team := TEAM_OF[key])}) >= 2


def test_queues_refer_to_existing_skills_and_overflow_to_the_same_client() -> None:
    skills = {skill.key for skill in WORLD.skills}
    queues = {queue.key: queue for queue in WORLD.queues}
    for queue in WORLD.queues:
        assert queue.client == PROGRAM_CLIENT[queue.program]
        assert {need.skill for need in queue.skills} <= skills
        if queue.overflow_queue is not None:
            assert queues[queue.overflow_queue].client == queue.client
            assert queue.overflow_after_seconds


def test_keys_and_addresses_are_unique() -> None:
    groups = (
        WORLD.sites,
        WORLD.teams,
        WORLD.clients,
        WORLD.programs,
        WORLD.skills,
        WORLD.queues,
        WORLD.people,
    )
    for group in groups:
        assert len({each.key for each in group}) == len(group)
    assert len({person.email for person in WORLD.people}) == len(WORLD.people)
    assert len({program.mail.address for program in WORLD.programs}) == len(WORLD.programs)


def test_forty_agents_and_leads_in_teams_with_a_lead_each() -> None:
    assert len(FLOOR) == 40
    leads = [p.team for p in FLOOR if any(grant.role == Role.TEAM_LEAD for grant in p.grants)]
    assert sorted(filter(None, leads)) == sorted(set(SITE_OF_TEAM) - {OFFICE_TEAM})


def test_whoever_works_for_the_provider_sits_in_a_country_that_every_client_allows() -> None:
    country = {site.key: site.country for site in WORLD.sites}
    sitting = {country[SITE_OF_TEAM[team]] for team in TEAM_OF.values() if team}
    assert all(person.team for person in WORLD.people if person.client is None)
    assert all(sitting <= set(client.countries) for client in WORLD.clients if client.countries)
    assert any(client.countries for client in WORLD.clients)


def test_several_agents_serve_two_or_three_clients() -> None:
    served = [len([grant for grant in person.grants if grant.role == Role.AGENT]) for person in FLOOR]
    assert served.count(2) >= 10
    assert served.count(3) >= 3


def test_grants_skills_and_teams_of_people_exist() -> None:
    scopes = {
        ScopeKind.EVERYTHING: {None},
        ScopeKind.PROVIDER: {WORLD.provider.key},
        ScopeKind.CLIENT: set(CLIENTS),
        ScopeKind.PROGRAM: set(PROGRAM_CLIENT),
    }
    skills = {skill.key for skill in WORLD.skills}
    for person in WORLD.people:
        assert person.grants
        assert all(grant.key in scopes[grant.scope] for grant in person.grants)
        assert {skill.skill for skill in person.skills} <= skills
        assert all(1 <= skill.level <= 5 for skill in person.skills)
        assert person.team is None or person.team in SITE_OF_TEAM


def test_each_role_has_a_persona_who_holds_it_and_is_not_simulated() -> None:
    people = {person.key: person for person in WORLD.people}
    assert {persona.role for persona in WORLD.personas} == set(Role)
    for persona in WORLD.personas:
        person = people[persona.person]
        assert any(grant.role == persona.role for grant in person.grants)
        assert not person.simulated


def test_every_macro_belongs_to_a_client_and_its_shortcut_is_unique_there() -> None:
    shortcuts: set[tuple[str, str]] = set()
    for macro in WORLD.macros:
        assert macro.client in CLIENTS
        assert macro.program is None or PROGRAM_CLIENT[macro.program] == macro.client
        assert macro.name
        assert macro.body
        assert re.fullmatch(r"[a-z0-9-]+", macro.shortcut)
        shortcuts.add((macro.client, macro.shortcut))
    assert len(shortcuts) == len(WORLD.macros)
    assert {macro.client for macro in WORLD.macros} == set(CLIENTS)


def test_dispositions_are_unique_and_tell_success_from_failure() -> None:
    names = [(disposition.client, disposition.name) for disposition in WORLD.dispositions]
    assert len(set(names)) == len(names)
    for client in CLIENTS:
        assert {each.resolved for each in WORLD.dispositions if each.client == client} == {True, False}


def test_the_agents_persona_is_the_closest_fit_of_her_queues_so_that_contacts_reach_whoever_looks_around() -> None:
    persona = next(one.person for one in WORLD.personas if one.key == "agent")
    total = {person.key: sum(skill.level for skill in person.skills) for person in WORLD.people}
    served = [able for queue in WORLD.queues if persona in (able := able_people(WORLD, queue))]
    assert len(served) >= 5
    for able in served:
        assert total[persona] < min(total[key] for key in able if key != persona)
