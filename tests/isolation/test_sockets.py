"""Live: a desk whose person loses a client hears nothing of it any more."""

from __future__ import annotations

import pytest
from websockets.exceptions import ConnectionClosed

from careloom.evidence.isolation.kept import SYSTEM
from careloom.evidence.isolation.live import desk, until
from careloom.evidence.isolation.people import bearer_of
from careloom.evidence.isolation.probes.shared import shared_person
from careloom.evidence.isolation.server import serving
from careloom.evidence.isolation.stage import Stage
from careloom.identity.commands.people import set_grants
from careloom.identity.types import Role, RoleGrant, ScopeKind


async def test_a_desk_whose_person_loses_a_client_is_closed_at_the_next_beat(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("careloom.platform.web.live._PING_SECONDS", 0.2)
    person = await shared_person(stage, Role.AGENT)
    async with serving(stage) as place, desk(place, await bearer_of(stage.world, person)) as one:
        await until(one, "hello")
        await until(one, "ping")
        only_a = (RoleGrant(Role.AGENT, ScopeKind.CLIENT, stage.a.ids["client_id"]),)
        async with stage.runtime.database.transaction(SYSTEM) as tx:
            await set_grants(tx, SYSTEM, person.id, only_a)
        with pytest.raises(ConnectionClosed):
            await until(one, "nothing of this kind")
