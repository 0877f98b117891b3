"""Counts and figures: what grows at B is not seen in A's numbers."""

from __future__ import annotations

import re
from typing import Any

from careloom.evidence.isolation.outcome import Outcome, Tally
from careloom.evidence.isolation.stage import Stage, consume, settle

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
