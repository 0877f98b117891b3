"""Every class of probes of the shipped suite finds nothing, and tries much."""

from __future__ import annotations

import pytest

from careloom.evidence.isolation.probes.endpoints import undescribed
from careloom.evidence.isolation.stage import Stage
from careloom.evidence.isolation.suite import PROBES

LEAST = {
    "tables": 1_000,
    "control": 100,
    "sockets": 60,
    "providers": 400,
    "programs": 1_000,
    "scim": 126,
    "counts": 100,
    "jobs": 30,
    "timing": 230,
}
"""How much each class tries at least; classes of endpoints and of shared agents are below."""


@pytest.mark.parametrize("name", PROBES)
async def test_nothing_of_b_is_reached(stage: Stage, name: str) -> None:
    outcome = await PROBES[name](stage)
    assert not outcome.findings, "\n".join(outcome.findings)
    assert outcome.probes >= LEAST.get(name, 400 if name.startswith("endpoints") else 60), outcome.probes


async def test_every_route_is_described_or_known(stage: Stage) -> None:
    assert undescribed(stage) == []
