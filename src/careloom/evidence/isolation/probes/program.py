"""Two providers serve a program of A each: neither sees the other's contacts, nor acts for the whole client."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import httpx
import psycopg
from psycopg import sql

from careloom.evidence.isolation.builders import SYSTEM
from careloom.evidence.isolation.operations import Operation, build, slots
from careloom.evidence.isolation.outcome import Outcome, Tally
from careloom.evidence.isolation.people import bearer_of
from careloom.evidence.isolation.probes.endpoints import NEEDED, own, send
from careloom.evidence.isolation.rows import condition, ids_of, owners, rows_of
from careloom.evidence.isolation.stage import Stage
from careloom.identity.types import Role, ScopeKind
from careloom.organizations import commands as organizations
from careloom.organizations.types import ProgramChanges, ProgramId, Provider

_WORD = "cedar"
_ROLES: Final = tuple(one for one in Role if one is not Role.ON_CALL)

_OF_NOBODY: Final = re.compile(r"^(/chat/|/health|/ready|/api/sign-in/|/api/session)")
"""What a visitor calls, or nobody in particular, or one's own session."""

_SHARED_ROWS: Final = {
    "client": "true",
    "customer": "true",
    "customer_identity": "true",
    "customer_note": "true",
    "customer_consent": "true",
    "customer_merge": "true",
    "timeline_entry": "program_id IS NULL",
    "macro": "program_id IS NULL",
    "disposition": "program_id IS NULL",
    "program": "id = %(second)s",
    "person": "client_id IS NOT NULL",
}
"""Which rows of a client whoever works for it may see: the customers, who are the client's, and what every program
uses.
"""

SHARED: Final = {
    "GET /api/clients/{client_id}": "its name and colour stand on every contact",
    "GET /api/clients/{client_id}/attribute-schema": "what one asks the client's customers",
    "POST /api/files": "a file of one's own, before a message takes it along",
    "POST /api/views": "a list of one's own",
    "PUT /api/presence": "one's own state",
    **dict.fromkeys(
        (
            "POST /api/customers",
            "POST /api/customers/find",
            "GET /api/customers/{customer_id}",
            "PATCH /api/customers/{customer_id}",
            "POST /api/customers/{customer_id}/attributes/reveal",
            "GET /api/customers/{customer_id}/consents",
            "PUT /api/customers/{customer_id}/consents",
            "GET /api/customers/{customer_id}/consents/records",
            "POST /api/customers/{customer_id}/identities",
            "DELETE /api/customers/{customer_id}/identities/{identity_id}",
            "POST /api/customers/{customer_id}/merge",
            "GET /api/customers/{customer_id}/merge-suggestions",
            "GET /api/customers/{customer_id}/merges",
            "POST /api/customer-merges/{merge_id}/undo",
            "GET /api/customers/{customer_id}/notes",
            "POST /api/customers/{customer_id}/notes",
            "GET /api/customers/{customer_id}/timeline",
        ),
        "a customer is the client's, the same person in every program",
    ),
}
"""Operations on one thing of the client that whoever works for it may call, with the reason."""

_EACH: Final = {"POST /api/inbound/many": '"accepted":null'}
"""What answers for each item by itself, and how it says that it took none."""


@dataclass(frozen=True)
class Other:
    """A provider that serves A's second program alone."""

    stage: Stage
    provider: Provider

    async def bearer(self, role: Role) -> str:
        """The secret of someone of it, with the role over all that it serves."""
        world, name = self.stage.world, f"{role.value} {_WORD}"
        person = await world.person(role, ScopeKind.PROVIDER, self.provider.id, provider=self.provider, name=name)
        return await bearer_of(world, person)


async def beside(stage: Stage) -> Other:
    """Lets another provider serve A's second program."""
    other = await stage.world.provider(f"Provider {_WORD}")
    second = ProgramId(stage.a.ids["second_program_id"])
    async with stage.runtime.database.transaction(SYSTEM) as tx:
        await organizations.change_program(tx, SYSTEM, second, ProgramChanges(provider_ids=(other.id,)))
    return Other(stage, other)


async def programs(stage: Stage) -> Outcome:
    """People of another provider, which serves A's second program, with every operation of the API."""
    tally = Tally()
    other = await beside(stage)
    second = stage.a.ids["second_program_id"]
    hidden, reached = hidden_ids(stage), set[str]()
    asked = [one for one in stage.operations if not _OF_NOBODY.match(one.path)]
    for role in _ROLES:
        bearer = await other.bearer(role)
        before = _hidden_rows(stage, hidden)
        for operation in (one for one in asked if one.name not in SHARED):
            tally.probe(await _try(stage, role, bearer, operation, hidden, reached))
        changed = sorted(before - _hidden_rows(stage, hidden))
        for operation in (one for one in asked if one.name in SHARED):
            tally.probe(await _try(stage, role, bearer, operation, hidden, reached))
        tally.probe(f"{role.value} of the other provider changed {changed}" if changed else None)
        program = await stage.api.get(f"/api/programs/{second}", headers={"Authorization": f"Bearer {bearer}"})
        tally.probe(None if program.is_success else f"{role.value} of the other provider does not see its own program")
    for operation in asked:
        useless = operation.name in SHARED and operation.name not in reached
        tally.probe(f"{operation.name} is known as shared, and opens to nobody" if useless else None)
    return tally.outcome(
        "programs",
        "Two providers, a program each",
        "People of a provider that serves a client's second program, in every role, with every operation on what "
        "belongs to the first program and to the whole client: no list holds anything of it; nothing of it opens or "
        "changes; what is set for the whole client, asked in its name or taken out of it is refused.",
    )


async def _try(
    stage: Stage, role: Role, bearer: str, operation: Operation, hidden: set[str], reached: set[str]
) -> str | None:
    required = frozenset(one for one in slots(operation) if one in NEEDED.get(operation.name, ()))
    request = build(operation, own(operation, stage.a), required)
    answer = await send(stage.api, bearer, request)
    who = f"{operation.name} as {role.value} of the other provider"
    shown = sorted(one for one in hidden if one in answer.text and one not in request.sent)
    if shown:
        return f"{who}: {answer.status_code} shows {', '.join(shown)}"
    if _reached(operation, answer):
        reached.add(operation.name)
        return None if operation.name in SHARED else f"{who}: {answer.status_code} {answer.text[:200]}"
    return None


def _reached(operation: Operation, answer: httpx.Response) -> bool:
    """Whether one thing was opened or done; lists are held to what they may show."""
    refused = operation.name in _EACH and _EACH[operation.name] in answer.text
    return answer.is_success and not refused and (operation.method != "GET" or bool(operation.path_slots))


def hidden_ids(stage: Stage) -> set[str]:
    """The ids of A's rows, but for those that whoever works for the client shares."""
    found = ids_of(stage.superuser_url, stage.a)
    names = {**owners(stage.a), "second": stage.a.ids["second_program_id"]}
    with psycopg.connect(stage.superuser_url) as connection:
        for table, shared in _SHARED_ROWS.items():
            query = sql.SQL("SELECT id FROM {} WHERE {} AND ({})").format(
                sql.Identifier(table),
                condition(table),
                sql.SQL(shared),  # pyright: ignore[reportArgumentType]
            )
            found -= {str(row[0]) for row in connection.execute(query, names).fetchall()}
    return found


def _hidden_rows(stage: Stage, hidden: set[str]) -> set[str]:
    """A's rows that hold one of these ids, as text."""
    rows = rows_of(stage.superuser_url, stage.a)
    return {f"{table}: {row}" for table, some in rows.items() for row in some if any(one in row for one in hidden)}
