"""Counts, figures and jobs: what grows at B is not seen in A's numbers, and a job of A does nothing to B."""

from __future__ import annotations

import re
from typing import Any

import psycopg

from careloom.evidence.isolation.outcome import Outcome, Tally
from careloom.evidence.isolation.rows import fingerprints, rows_of
from careloom.evidence.isolation.stage import Stage, consume, settle
from careloom.main import tasks
from careloom.platform.errors import CareloomError

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")
_COUNTS = ("conversations/counts", "live/queues", "live/agents", "queues", "customers", "programs")


async def counts(stage: Stage) -> Outcome:
    """A's counts and figures before and after more happened at B."""
    tally = Tally()
    actors = ("owner", "agent", "team_lead", "client_viewer")
    await settle(stage.runtime)
    before = {who: await _figures(stage, who) for who in actors}
    for number in range(3):
        body = {
            "client_id": str(stage.b.ids["client_id"]),
            "name": f"{stage.b.canary} more {number}",
            "identities": [{"kind": "email", "value": f"more{number}@{stage.b.canary}.example"}],
        }
        made = await stage.b.call("POST", "/api/customers", json=body)
        start = {
            "customer_id": made["id"],
            "program_id": str(stage.b.ids["program_id"]),
            "subject": stage.b.text("More"),
            "text": stage.b.text("More"),
        }
        await stage.b.call("POST", "/api/conversations/start", who="agent", json=start)
    # Consumers alone: what falls due at A meanwhile would move A's figures, too.
    await consume(stage.runtime)
    for who in actors:
        after = await _figures(stage, who)
        for path in _COUNTS:
            same = before[who].get(path) == after.get(path)
            tally.probe(None if same else f"{path} of {who} of A changed by what happened at B")
    return tally.outcome(
        "counts",
        "Counts and figures",
        "All counts, queue figures, lists and the live board that A's people see, before and after customers and "
        "conversations were added at B: they must not move.",
    )


async def jobs(stage: Stage) -> Outcome:
    """Every background job that was run for A, run again as A's with B's ids in each of its arguments."""
    tally = Tally()
    with psycopg.connect(stage.superuser_url) as connection:
        found = connection.execute("SELECT DISTINCT task_name, args FROM procrastinate_jobs").fetchall()
        words = " ".join(str(row) for row in found)
    for canary in (stage.a.canary, stage.b.canary):
        tally.probe(f"jobs hold words of {canary}" if canary in words else None)
    known = {one.name: one for one in tasks(stage.runtime)}
    before = fingerprints(rows_of(stage.superuser_url, stage.b))
    mine, theirs = str(stage.a.ids["client_id"]), str(stage.b.ids["client_id"])
    for name, arguments in found:
        if arguments.get("client_id") != theirs:
            continue
        swapped: dict[str, Any] = {**arguments, "client_id": mine}
        tally.probe(await _run(known[name].run, swapped, name))
    after = fingerprints(rows_of(stage.superuser_url, stage.b))
    for table, digest in before.items():
        tally.probe(None if after[table] == digest else f"a job of A changed {table} of B")
    return tally.outcome(
        "jobs",
        "Background jobs",
        "Jobs hold no words of customers; every job that was run for B, run as A's with the rest of its arguments B's, "
        "changes nothing of B.",
    )


async def _run(run: Any, arguments: dict[str, Any], name: str) -> str | None:
    try:
        await run(**arguments)
    except CareloomError:
        return None
    except Exception as error:
        return f"{name}: {type(error).__name__}"
    return None


async def _figures(stage: Stage, who: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in _COUNTS:
        answer = await stage.api.get(f"/api/{path}", headers={"Authorization": f"Bearer {stage.a.secrets[who]}"})
        found[path] = _timeless(answer.json()) if answer.is_success else answer.status_code
    return found


def _timeless(value: Any) -> Any:
    """What does not change by itself: without moments and durations."""
    if isinstance(value, dict):
        return {name: _timeless(one) for name, one in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [_timeless(one) for one in value]  # pyright: ignore[reportUnknownVariableType]
    return None if isinstance(value, float) or (isinstance(value, str) and _MOMENT.match(value)) else value
