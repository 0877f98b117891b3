"""A program of A that two providers serve: each sees the program, neither the other's people, sites and skills."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

import psycopg
from psycopg import sql

from careloom.evidence.isolation.attempts import known
from careloom.evidence.isolation.builders import SYSTEM
from careloom.evidence.isolation.operations import Operation, Request, build, slot_name, slots
from careloom.evidence.isolation.outcome import Outcome, Tally
from careloom.evidence.isolation.people import bearer_of
from careloom.evidence.isolation.probes.endpoints import NEEDED, send
from careloom.evidence.isolation.rows import OWNED, OWNERSHIP, condition, owners
from careloom.evidence.isolation.stage import Stage
from careloom.identity.types import Person, Role, ScopeKind
from careloom.organizations import commands as organizations
from careloom.organizations.types import ProgramChanges, ProgramId, ProviderId
from careloom.platform.database.schema import Ownership, metadata

_WORD = "cedar"
_LISTS = ("people", "sites", "teams", "skills", "providers", "api-keys", "live/agents", "queues", "audit")


_ROLES: Final = (Role.AGENT, Role.TEAM_LEAD, Role.PLANNER, Role.ACCOUNT_MANAGER, Role.ADMIN)
_OF_NOBODY: Final = ("/chat/", "/api/sign-in", "/api/session")
"""Beginnings of paths that strangers call, or that are of one's own session."""
ALLOWED: Final = {
    "POST /api/views": "a list of one's own, which shows what one sees",
    "PATCH /api/programs/{program_id}": "which provider serves a program is the client's to say: A's own people alone",
    "PATCH /api/queues/{queue_id}": "which provider works a queue is the client's to say: A's own people alone",
    "POST /api/queues": "which provider works a queue is the client's to say: A's own people alone",
}
"""Operations that name something of the first provider's and succeed, with the reason."""
_OWN: Final = frozenset({"POST /api/views"})
_KINDS: Final = (Ownership.PROVIDER, Ownership.PERSON)
_ELSEWHERE: Final = ("event_log", "audit_entry", "idempotency_key", "saved_view")
"""Tables in which a request that is refused, or may be done, leaves a trace."""


async def providers(stage: Stage) -> Outcome:
    """An agent and a lead of another provider, in one program of A, beside A's own provider."""
    tally = Tally()
    other = await stage.world.provider(f"Provider {_WORD}")
    site = await stage.world.site(other, f"Site {_WORD}")
    both = (ProviderId(stage.a.ids["provider_id"]), other.id)
    async with stage.runtime.database.transaction(SYSTEM) as tx:
        changes = ProgramChanges(provider_ids=both)
        await organizations.change_program(tx, SYSTEM, ProgramId(stage.a.ids["program_id"]), changes)
    hidden = _provided(stage)
    named = {name: one for name, one in stage.a.ids.items() if str(one) in hidden}
    people: list[tuple[Role, Person, str]] = []
    for role in _ROLES:
        person = await stage.world.person(
            role, ScopeKind.PROVIDER, other.id, provider=other, name=f"{role.value} {_WORD}"
        )
        people.append((role, person, await bearer_of(stage.world, person)))
    for role, _, bearer in people:
        await _try(stage, role, bearer, tally)
    await _look_back(stage, tally)
    await _overflow(stage, {role: bearer for role, _, bearer in people}, other.id, tally)
    before = _kept(stage, hidden)
    for role, _, bearer in people:
        await _write(stage, f"{role.value} of the other provider", bearer, named, tally)
    changed = sorted(before ^ _kept(stage, hidden))
    tally.probe(f"rows of the first provider changed: {changed}" if changed else None)
    theirs = {"person_id": people[0][1].id, "site_id": site.id, "provider_id": other.id}
    for who in ("agent", "team_lead", "account_manager", "owner"):
        await _write(stage, f"{who} of A", stage.a.secrets[who], theirs, tally, ALLOWED.keys())
    return tally.outcome(
        "providers",
        "Two providers in one program",
        "People of a second provider, granted roles over all that it serves, in one program that the first provider "
        "serves too: the program's contacts are theirs, its other program, the first provider's people, sites, teams, "
        "skills, keys and states are not, by list and by id; nor the other way round. Every operation that changes "
        "something, with each thing of the other provider in each place for one, is refused, and changes nothing. No "
        "queue of the second provider's own has the first provider's people work it.",
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


async def _overflow(stage: Stage, bearers: Mapping[Role, str], provider_id: ProviderId, tally: Tally) -> None:
    """A queue of one's own that would have the first provider's people work it after a wait."""
    ids = stage.a.ids
    new = {name: str(ids[name]) for name in ("client_id", "program_id")} | {
        "provider_id": str(provider_id),
        "name": f"Queue {_WORD}",
        "channels": ["email"],
        "active": False,
    }
    ours = {"overflow_queue_id": str(ids["overflow_queue_id"]), "overflow_after_seconds": 1}
    planner = {"Authorization": f"Bearer {bearers[Role.PLANNER]}"}
    made = await stage.api.post("/api/queues", json=new, headers=planner)
    tally.probe(None if made.is_success else f"the other provider makes no queue of its own: {made.text[:200]}")
    for role, bearer in bearers.items():
        headers = {"Authorization": f"Bearer {bearer}"}
        changed = await stage.api.patch(f"/api/queues/{made.json()['id']}", json=ours, headers=headers)
        again = await stage.api.post("/api/queues", json=new | ours, headers=headers)
        for answer in (changed, again):
            refused = 400 <= answer.status_code < 500
            told = f"{role.value} of the other provider has its queue worked by the first: {answer.status_code}"
            tally.probe(None if refused else told)
    owner = {"Authorization": f"Bearer {stage.a.secrets['account_manager']}"}
    for one in (ours, {"overflow_queue_id": None, "overflow_after_seconds": None}):
        answer = await stage.api.patch(f"/api/queues/{made.json()['id']}", json=one, headers=owner)
        tally.probe(None if answer.is_success else f"A's manager may not set its overflow: {answer.text[:200]}")


async def _look_back(stage: Stage, tally: Tally) -> None:
    for who in ("agent", "team_lead", "account_manager", "owner"):
        headers = {"Authorization": f"Bearer {stage.a.secrets[who]}"}
        for path in _LISTS:
            answer = await stage.api.get(f"/api/{path}", headers=headers)
            people = f" {_WORD}" in answer.text
            tally.probe(f"{who} of A sees the other provider's in {path}" if people else None)


async def _write(
    stage: Stage, who: str, bearer: str, named: Mapping[str, UUID], tally: Tally, may: Collection[str] = _OWN
) -> None:
    """Every operation that changes something, with what is `named` in each place that takes it; `may` are let be."""
    for operation in stage.operations:
        if operation.method == "GET" or operation.path.startswith(_OF_NOBODY):
            continue
        for place in slots(operation):
            if slot_name(operation, place) in named:
                answer = await send(stage.api, bearer, _request(stage, operation, place, named))
                done = answer.is_success and operation.name not in may
                told = f"{who} may {operation.name} with the other's {place}: {answer.status_code} {answer.text[:200]}"
                tally.probe(told if done or answer.status_code >= 500 else None)


def _request(stage: Stage, operation: Operation, place: str, named: Mapping[str, UUID]) -> Request:
    def pick(slot: str) -> str:
        name = slot_name(operation, slot)
        return str(named[name] if slot == place else known(stage.a, name))

    return build(operation, pick, frozenset({place, *NEEDED.get(operation.name, ())} & set(slots(operation))))


def _provided(stage: Stage) -> set[str]:
    """The ids of what belongs to A's provider and its people, not to the client."""
    found = {str(one.id) for one in stage.a.people.values() if one.provider_id is not None}
    found.add(str(stage.a.ids["provider_id"]))
    with psycopg.connect(stage.superuser_url) as connection:
        for name in (one for one in OWNED if OWNERSHIP[one] in _KINDS and "id" in metadata.tables[one].c):
            query = sql.SQL("SELECT id FROM {} WHERE {}").format(sql.Identifier(name), condition(name))
            found |= {str(row[0]) for row in connection.execute(query, owners(stage.a)).fetchall()}
    return found


def _kept(stage: Stage, hidden: set[str]) -> set[str]:
    """The rows that name one of those, as they were made: when a key was last used is no change."""
    found: set[str] = set()
    with psycopg.connect(stage.superuser_url) as connection:
        for table in (one for one in OWNED if one not in _ELSEWHERE):
            query = sql.SQL("SELECT (to_jsonb(t) - 'last_used_at')::text FROM {} t WHERE {}").format(
                sql.Identifier(table), condition(table)
            )
            rows = (row[0] for row in connection.execute(query, owners(stage.a)).fetchall())
            found |= {f"{table}: {row}" for row in rows if any(one in row for one in hidden)}
    return found
