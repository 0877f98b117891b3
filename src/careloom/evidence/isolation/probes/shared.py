"""Someone who serves A and B sees both, and can carry nothing of the one into the other."""

from __future__ import annotations

from typing import Any, Final

import httpx

from careloom.evidence.isolation.attempts import known
from careloom.evidence.isolation.kept import SYSTEM, Brand
from careloom.evidence.isolation.operations import Operation, build, slot_name, slots
from careloom.evidence.isolation.outcome import Outcome, Tally
from careloom.evidence.isolation.people import bearer_of
from careloom.evidence.isolation.rows import OWNERSHIP, ids_of, rows_of
from careloom.evidence.isolation.stage import Stage
from careloom.identity.commands.people import create_person
from careloom.identity.types import NewPerson, Person, Role, RoleGrant, ScopeKind
from careloom.organizations.types import ProviderId
from careloom.platform.database.schema import Ownership

OF_THE_INSTALLATION: Final = {
    **dict.fromkeys(
        ("/api/people", "/api/api-keys", "/api/programs", "/api/teams", "/api/queues"),
        "whose people serve which programs is decided here, over brands; tested in tests/identity and "
        "tests/organizations",
    ),
    "/api/session": "of one's own session",
}
"""Beginnings of paths that are about more than one brand, with the reason."""


async def shared(stage: Stage, role: Role) -> Outcome:
    """What someone with `role` over both A and B can mix up."""
    tally = Tally()
    stage.api.headers["Authorization"] = f"Bearer {await bearer_of(stage.world, await shared_person(stage, role))}"
    await _sees_both(stage, tally)
    await _filters(stage, tally)
    await _carries(stage, tally)
    return tally.outcome(
        f"shared-{role.value}",
        f"A shared {role.value.replace('_', ' ')}, who works for A and for B",
        "Sees both; a filter by one shows nothing of the other, in any list, count or search; every change of a thing "
        "of A with B's name in each place is refused, or at least ignored; no row of one names the other's.",
    )


async def shared_person(stage: Stage, role: Role) -> Person:
    """Someone with this role over A and over B, employed where A is served."""
    grants = tuple(RoleGrant(role, ScopeKind.CLIENT, one.ids["client_id"]) for one in (stage.a, stage.b))
    provider_id = ProviderId(stage.a.ids["provider_id"])
    new = NewPerson(name="Shared", email=f"shared-{role.value}@example.org", provider_id=provider_id, grants=grants)
    async with stage.runtime.database.transaction(SYSTEM) as tx:
        return await create_person(tx, SYSTEM, new)


async def _sees_both(stage: Stage, tally: Tally) -> None:
    listed = (await stage.api.get("/api/conversations", params={"view": "all"})).json()["items"]
    both = {str(one.ids["client_id"]) for one in (stage.a, stage.b)}
    tally.probe(None if {one["client_id"] for one in listed} == both else "does not see both in the list")
    found = (await stage.api.get("/api/search", params={"q": "Parcel"})).json()["items"]
    hits = {one["conversation"]["client_id"] for one in found}
    tally.probe(None if hits == both else "does not find both by search")


async def _filters(stage: Stage, tally: Tally) -> None:
    for operation in stage.operations:
        names = {one["name"] for one in operation.query}
        if operation.method != "GET" or operation.path_slots or "client_id" not in names:
            continue
        more = {"q": "Parcel"} if "q" in names else {}
        mine = {"client_id": str(stage.a.ids["client_id"]), **more}
        answer = await stage.api.get(operation.path, params=mine)
        shown = stage.b.canary in answer.text or not (answer.is_success or answer.status_code == 403)
        tally.probe(f"{operation.name} filtered by A: {answer.status_code}, shows B" if shown else None)


async def _carries(stage: Stage, tally: Tally) -> None:
    url = stage.superuser_url
    theirs = ids_of(url, stage.b)
    for operation in stage.operations:
        places = slots(operation)
        if operation.method == "GET" or len(places) < 2 or operation.path.startswith(tuple(OF_THE_INSTALLATION)):
            continue
        for place in places:
            answer = await _send(stage.api, operation, stage, place)
            mixed = answer.is_success and _holds(answer, theirs, stage, operation, place)
            tally.probe(f"{operation.name} with B's {place}: {answer.text[:200]}" if mixed else None)
    own = {one.canary: ids_of(url, one, of_client_alone=True) for one in (stage.a, stage.b)}
    for one, other in ((stage.a, stage.b), (stage.b, stage.a)):
        mixed = _mixed(rows_of(url, one), own[other.canary])
        tally.probe(f"rows of one name the other: {mixed}" if mixed else None)


def _mixed(rows: dict[str, list[str]], others: set[str]) -> list[str]:
    """Rows of one client that name something of another; a person's own views and grants may name both."""
    return [
        f"{table}: {row}"
        for table, some in rows.items()
        if OWNERSHIP[table] is Ownership.CLIENT
        for row in some
        if any(one in row for one in others)
    ]


async def _send(both: httpx.AsyncClient, operation: Operation, stage: Stage, place: str) -> httpx.Response:
    def pick(slot: str) -> str:
        return str(known(_brand(stage, slot == place), slot_name(operation, slot)))

    request = build(operation, pick, frozenset({place}))
    more: dict[str, Any] = {"json": request.json} if request.multipart is None else {}
    if request.multipart is not None:
        more = {"data": request.multipart, "files": {"file": ("a.txt", b"words", "text/plain")}}
    headers = {"Origin": "https://shop.example"} if request.path.startswith("/chat/") else {}
    return await both.request(operation.method, request.path, params=request.params, headers=headers, **more)


def _brand(stage: Stage, theirs: bool) -> Brand:
    return stage.b if theirs else stage.a


def _holds(answer: httpx.Response, theirs: set[str], stage: Stage, operation: Operation, place: str) -> bool:
    """Whether the answer shows the two mixed."""
    named = str(known(stage.b, slot_name(operation, place)))
    mine = str(stage.a.ids["client_id"]) in answer.text
    return mine and (named in answer.text or any(one in answer.text for one in theirs))
