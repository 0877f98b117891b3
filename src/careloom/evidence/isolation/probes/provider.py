"""A program of A that two providers serve: each sees the program, neither the other's people, sites and skills."""

from __future__ import annotations

from careloom.evidence.isolation.builders import SYSTEM
from careloom.evidence.isolation.outcome import Outcome, Tally
from careloom.evidence.isolation.people import bearer_of
from careloom.evidence.isolation.stage import Stage
from careloom.identity.types import Role, ScopeKind
from careloom.organizations import commands as organizations
from careloom.organizations.types import ProgramChanges, ProgramId, ProviderId

_WORD = "cedar"
_LISTS = ("people", "sites", "teams", "skills", "providers", "api-keys", "live/agents", "queues", "audit")


async def providers(stage: Stage) -> Outcome:
    """An agent and a lead of another provider, in one program of A, beside A's own provider."""
    tally = Tally()
    other = await stage.world.provider(f"Provider {_WORD}")
    await stage.world.site(other, f"Site {_WORD}")
    both = (ProviderId(stage.a.ids["provider_id"]), other.id)
    async with stage.runtime.database.transaction(SYSTEM) as tx:
        changes = ProgramChanges(provider_ids=both)
        await organizations.change_program(tx, SYSTEM, ProgramId(stage.a.ids["program_id"]), changes)
    for role in (Role.AGENT, Role.TEAM_LEAD, Role.PLANNER, Role.ACCOUNT_MANAGER):
        person = await stage.world.person(
            role, ScopeKind.PROVIDER, other.id, provider=other, name=f"{role.value} {_WORD}"
        )
        await _try(stage, role, await bearer_of(stage.world, person), tally)
    await _look_back(stage, tally)
    return tally.outcome(
        "providers",
        "Two providers in one program",
        "People of a second provider, granted roles over all that it serves, in one program that the first provider "
        "serves too: the program's contacts are theirs, its other program, the first provider's people, sites, teams, "
        "skills, keys and states are not, by list and by id; nor the other way round.",
    )


async def _try(stage: Stage, role: Role, bearer: str, tally: Tally) -> None:
    headers = {"Authorization": f"Bearer {bearer}"}
    ids = stage.a.ids
    hidden = {
        **{f"/api/people/{one.id}": one.name for one in stage.a.people.values() if one.provider_id is not None},
        f"/api/sites/{ids['site_id']}": "A's site",
        f"/api/teams/{ids['team_id']}": "A's team",
        f"/api/providers/{ids['provider_id']}": "A's provider",
        f"/api/programs/{ids['second_program_id']}": "A's other program",
    }
    for path, what in hidden.items():
        answer = await stage.api.get(path, headers=headers)
        tally.probe(f"{role.value} of the other provider sees {what}" if answer.is_success else None)
    names = {one.name for one in stage.a.people.values() if one.provider_id is not None}
    for path in _LISTS:
        answer = await stage.api.get(f"/api/{path}", headers=headers)
        shown = sorted(one for one in names if one in answer.text)
        tally.probe(f"{role.value} of the other provider sees {shown} in {path}" if shown else None)
    program = await stage.api.get(f"/api/programs/{ids['program_id']}", headers=headers)
    tally.probe(None if program.is_success else f"{role.value} of the other provider does not see the shared program")


async def _look_back(stage: Stage, tally: Tally) -> None:
    for who in ("agent", "team_lead", "account_manager", "owner"):
        headers = {"Authorization": f"Bearer {stage.a.secrets[who]}"}
        for path in _LISTS:
            answer = await stage.api.get(f"/api/{path}", headers=headers)
            people = f" {_WORD}" in answer.text
            tally.probe(f"{who} of A sees the other provider's in {path}" if people else None)
