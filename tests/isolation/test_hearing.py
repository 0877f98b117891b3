"""Whether news of B reaches A: what is not tried is found, and so is what comes through."""

from __future__ import annotations

from uuid import UUID

import pytest

from careloom.evidence.isolation.live import event_types, topics
from careloom.evidence.isolation.outcome import Tally
from careloom.evidence.isolation.probes.hearing import hearing
from careloom.evidence.isolation.server import serving
from careloom.evidence.isolation.stage import Stage
from careloom.platform.access import Actor
from careloom.platform.eventlog.event import LoggedEvent
from careloom.platform.live.desk import Desk
from careloom.platform.live.gateway import Gateway


async def found(stage: Stage) -> list[str]:
    tally = Tally()
    async with serving(stage) as place:
        await hearing(stage, place, tally)
    return tally.findings


async def test_news_that_nothing_causes_and_news_that_nobody_knows_are_found(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("careloom.evidence.isolation.live.SECONDS", 4)
    known = [*(one for one in topics() if one != "offer_made"), "parcel_lost"]
    monkeypatch.setattr("careloom.evidence.isolation.probes.hearing.topics", lambda: known)
    assert await found(stage) == [
        "offer_made is no topic that is known",
        "parcel_lost is not covered: nothing in isolation/happening.py causes it at B",
    ]


async def test_every_event_that_gets_through_is_found(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if desks were told everything."""

    def sees(_desk: Desk, _event: LoggedEvent) -> bool:
        return True

    def owners(_gateway: Gateway, _actor: Actor) -> set[UUID | None]:
        return {None}

    monkeypatch.setattr(Desk, "sees", sees)
    monkeypatch.setattr(Gateway, "_owners", owners)
    leaked = await found(stage)
    assert [one for one in event_types() if not any(each.endswith(f" hears of B's {one}") for each in leaked)] == []
    assert len(leaked) == len(event_types())
