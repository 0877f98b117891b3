"""Two processes of every role on one database; each is restarted in turn under load, as an update does."""

import asyncio
import logging
from pathlib import Path

import pytest

from bench.failover.crowd import Crowd, Rates, Tally
from bench.failover.desks import Floor
from bench.failover.installed import ADMIN, Installed, installed
from careloom.platform.database.embedded import EmbeddedPostgres
from tests.chaos.verdict import Ledger, settled

_log = logging.getLogger(__name__)
RATES = Rates(api=6.0, mail=2.0, visitors=3)
SETTLING_SECONDS, BREATH_SECONDS = 60.0, 0.5


async def _restart_each(one: Installed) -> None:
    for part in one.house.parts:
        _log.info("restarting %s", part)
        starts = one.house.starts[part]
        one.house.stop(part)
        async with asyncio.timeout(300):
            while one.house.starts[part] == starts:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            await one.house.ready()
        await asyncio.sleep(BREATH_SECONDS)


@pytest.mark.chaos
async def test_restarting_one_process_after_the_other_loses_no_request_and_no_desk(tmp_path: Path) -> None:
    tally = Tally()
    async with installed(tmp_path) as one:
        server = EmbeddedPostgres(tmp_path / "home" / "postgres")
        server.start()
        ledger = Ledger(server.url(database="careloom"))
        floor, crowd = Floor(one.at, tally), Crowd(one.at, tally)
        async with floor.staffed([ADMIN] * 4, await one.agents(2)):
            async with crowd.writing(RATES):
                await _restart_each(one)
            await floor.go_home()
            wrong = await settled(ledger, floor.watchers, SETTLING_SECONDS)
            _log.info("accepted %s, meanwhile %s", tally.counts(), dict(tally.refused))
        assert wrong == {}
        assert ledger.lost(tally.accepted) == set()
        assert ledger.unsaid(tally.answered) == set()
        assert ledger.doubled() == []
        assert min(tally.counts().values()) > 10
        assert [why for why in tally.refused if why.startswith(("HTTP 5", "SMTP 5"))] == []
        assert all(max(each.shown.values()) == 1 and each.resets == 0 for each in floor.watchers)
        assert all(count == 2 for count in one.house.starts.values())
