"""Counts and figures: what grows at B is not seen in A's numbers."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

import httpx

from careloom.compliance.commands.purge import run_purge
from careloom.compliance.types.retention import DataClass
from careloom.evidence.isolation.operations import Operation, Schema, build, slots
from careloom.evidence.isolation.outcome import Outcome, Tally
from careloom.evidence.isolation.probes.endpoints import NEEDED, own, send
from careloom.evidence.isolation.stage import Stage, consume, seal, settle
from careloom.organizations.types import ClientId

ACTORS: Final = ("owner", "agent", "team_lead", "client_viewer")
"""The first asks all that answers a number, as long as it is let in the others what names nothing in its path."""
_SEALED: Final = "/api/audit/"
"""What counts sealed entries: asked next to the seals, so that no reading of A's own comes between."""
_SLACK_SECONDS: Final = 1.0

NOT_COMPARED: Final = {
    "GET /api/audit": "shows the entries of A, of A's own readings too; how many each chain has is compared",
    **dict.fromkeys(
        ("GET /api/restores", "GET /api/restores/{restore_id}"), "of the installation: asks for a grant over everything"
    ),
    **dict.fromkeys(
        ("GET /api/session/factors", "GET /api/session/glass"), "of one's own session, which a key has none of"
    ),
}
"""Operations that answer numbers and are not compared, with the reason."""

Figures = dict[str, float | int]


async def counts(stage: Stage) -> Outcome:
    """Every number that A's people see, before and after more happened at B."""
    tally = Tally()
    counting = [one for one in stage.operations if counted(stage.schema, one)]
    asked = [one for one in counting if one.name not in NOT_COMPARED]
    sealed = [one for one in asked if one.path.startswith(_SEALED)]
    others = [one for one in asked if one not in sealed]
    await settle(stage.runtime)
    before = await _figures(stage, others)
    await seal(stage.runtime)
    began = time.monotonic()
    before |= await _figures(stage, sealed)
    await _more_at_b(stage)
    # Consumers alone: what falls due at A meanwhile would move A's figures, too.
    await consume(stage.runtime)
    await seal(stage.runtime)
    after = {**await _figures(stage, sealed), **await _figures(stage, others)}
    passed = time.monotonic() - began + _SLACK_SECONDS
    for place in sorted(before.keys() | after.keys()):
        moved = _moved(before.get(place), after.get(place), passed)
        tally.probe(f"{place} of A changed by what happened at B: {moved}" if moved else None)
    seen = {name for _, name in before}
    for operation in asked:
        lost = operation.name not in seen
        tally.probe(f"{operation.name} answers numbers, and nobody of A was answered" if lost else None)
    return tally.outcome(
        "counts",
        "Counts and figures",
        "Every operation whose description answers a number, read by A's people before and after customers and "
        "conversations were added at B, an incident was overdue there, a purge ran, entries were sealed: no number of "
        "A's moves, but for seconds that pass.",
    )


def counted(schema: Schema, operation: Operation) -> bool:
    """Whether the operation reads and its description answers a number somewhere."""
    if operation.method != "GET" or not operation.path.startswith("/api/"):
        return False
    answers = schema["paths"][operation.path]["get"]["responses"].get("200", {}).get("content", {})
    parts = schema["components"]["schemas"]
    return any(_has_number(one.get("schema", {}), parts, frozenset()) for one in answers.values())


def _has_number(schema: Schema, parts: Mapping[str, Schema], above: frozenset[str]) -> bool:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return name not in above and _has_number(parts[name], parts, above | {name})
    kinds: Any = schema.get("type")
    if any(one in ("integer", "number") for one in cast("list[str]", kinds if isinstance(kinds, list) else [kinds])):
        return True
    more = schema.get("additionalProperties")
    inner = [*schema.get("properties", {}).values(), *schema.get("oneOf", []), *schema.get("anyOf", [])]
    inner += [schema["items"]] if "items" in schema else []
    inner += [more] if isinstance(more, dict) else []
    return any(_has_number(one, parts, above) for one in inner)


async def _more_at_b(stage: Stage) -> None:
    b, client = stage.b, str(stage.b.ids["client_id"])
    for number in range(3):
        body = {
            "client_id": client,
            "name": f"{b.canary} more {number}",
            "identities": [{"kind": "email", "value": f"more{number}@{b.canary}.example"}],
        }
        made = await b.call("POST", "/api/customers", json=body)
        start = {
            "customer_id": made["id"],
            "program_id": str(b.ids["program_id"]),
            "subject": b.text("More"),
            "text": b.text("More"),
        }
        await b.call("POST", "/api/conversations/start", who="agent", json=start)
    told = {"title": b.text("Lost phone"), "regimes": ["contract"], "contract_hours": 1}
    late = {"client_ids": [client], "aware_at": "2025-01-01T00:00:00Z", **told}
    await b.call("POST", "/api/incidents", who="compliance_officer", json=late)
    await run_purge(stage.runtime, ClientId(b.ids["client_id"]), DataClass.VISITORS, by_hand=True)
    prepared = {"program_id": str(b.ids["program_id"]), "name": b.text("More")}
    await b.call("POST", "/api/imports", json=prepared)
    gone = {"client_id": client, "address": f"more@{b.canary}.example", "note": b.text("More")}
    await b.call("POST", "/api/suppressed-addresses", json=gone)


async def _figures(stage: Stage, asked: list[Operation]) -> dict[tuple[str, str], Figures]:
    """The numbers that A's people are answered, by who asks and what."""
    found: dict[tuple[str, str], Figures] = {}
    for operation in asked:
        for who in ACTORS if not operation.path_slots else ACTORS[:1]:
            answer = await _ask(stage, operation, who)
            if answer.is_success:
                found[who, operation.name] = dict(numbers(answer.json(), ""))
    return found


async def _ask(stage: Stage, operation: Operation, who: str) -> httpx.Response:
    required = frozenset(one for one in slots(operation) if one in NEEDED.get(operation.name, ()))
    return await send(stage.api, stage.a.secrets[who], build(operation, own(operation, stage.a), required))


def numbers(value: Any, place: str) -> Iterator[tuple[str, float | int]]:
    """Every number in a JSON value with its place, and how long each list is."""
    if isinstance(value, dict):
        for name, one in cast("dict[str, Any]", value).items():
            yield from numbers(one, f"{place}/{name}")
    elif isinstance(value, list):
        items = cast("list[Any]", value)
        yield f"{place}/length", len(items)
        for index, one in enumerate(items):
            yield from numbers(one, f"{place}/{index}")
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield place, value


def _moved(before: Figures | None, after: Figures | None, passed: float) -> str:
    """The numbers that are others, in words; a number of seconds may have grown by those that `passed`."""
    if before is None or after is None:
        return "answered to once alone"
    places = sorted(before.keys() | after.keys())
    return ", ".join(one for one in places if not _same(one, before.get(one), after.get(one), passed))


def _same(place: str, before: float | None, after: float | None, passed: float) -> bool:
    if before == after:
        return True
    ticks = place.endswith(("seconds", "_for", "wait"))
    return ticks and before is not None and after is not None and 0 <= after - before <= passed
