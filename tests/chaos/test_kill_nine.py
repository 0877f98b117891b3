"""kill -9 of each role and of PostgreSQL in the middle of the demo at 20 times pace: nothing is lost or doubled."""

import asyncio
import logging
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from careloom.cli.store import Store
from careloom.demo.core.policy import AgentPolicy
from careloom.demo.generator import Generator
from careloom.demo.journal import Journal
from careloom.demo.library import load_catalogue, load_macros
from careloom.demo.mailbox import Mailbox
from careloom.demo.traffic import set_up, targets_of
from careloom.platform.database.embedded import EmbeddedPostgres
from careloom.platform.database.transactions import Database
from careloom.platform.ids import new_id
from tests.chaos.house import ROLES, House, settings_in
from tests.chaos.verdict import Ledger, settled, wanted
from tests.chaos.watcher import Watcher, persona_cookie
from tests.effort import SEED

_log = logging.getLogger(__name__)
PACE = 20.0
KILLS: tuple[str, ...] = (*ROLES, "postgres")
MESSAGES_BETWEEN = 4
PATIENCE_SECONDS, SETTLING_SECONDS = 90.0, 90.0
EVERY_NTH_AGENT = 2
LOOKS = 15


class Chaos:
    """A running demo, its ledger and a desk that watches."""

    def __init__(self, house: House, generator: Generator, ledger: Ledger, database: Database) -> None:
        self.house = house
        self.generator = generator
        self.journal: Journal = generator.journal
        self.ledger = ledger
        self.database = database

    async def strike(self, chance: Random) -> list[str]:
        """Kills everything once, in any order, each time when customers are being served."""
        order: list[str] = list(KILLS)
        chance.shuffle(order)
        for victim in order:
            await self._busy()
            await asyncio.sleep(chance.uniform(0.0, 1.5))
            _log.info("killing %s after %d messages", victim, len(self.journal.accepted))
            if victim == "postgres":
                self.house.kill_postgres()
            else:
                self.house.kill(victim)
        await self._busy()
        return order

    async def _busy(self) -> None:
        """Until more messages were accepted by mail and by chat."""
        wanted = {name: self.journal.counts[name] + MESSAGES_BETWEEN for name in ("chat_messages", "email_messages")}
        async with asyncio.timeout(PATIENCE_SECONDS):
            while any(self.journal.counts[name] < count for name, count in wanted.items()):  # noqa: ASYNC110
                await asyncio.sleep(0.1)


@asynccontextmanager
async def _demo(tmp_path: Path) -> AsyncGenerator[Chaos]:
    settings = settings_in(tmp_path / "home")
    house = House(settings)
    async with house.running():
        store = Store(settings)
        store.open()
        database = Database(store.url, pool_size=2)
        try:
            state = await set_up(settings, database, lambda _line: None, past=False)
            async with Mailbox(settings.relay_host, settings.relay_port) as mailbox:
                catalogue = load_catalogue()
                state = replace(state, tokens=dict(list(state.tokens.items())[::EVERY_NTH_AGENT]))
                generator = Generator(
                    targets_of(settings, state),
                    catalogue,
                    AgentPolicy(catalogue, load_macros()),
                    mailbox,
                    run=new_id().hex[-8:],
                    pace=PACE,
                    journal=Journal(keep_messages=True),
                )
                assert isinstance(store.embedded, EmbeddedPostgres)
                _log.info("set up")
                yield Chaos(house, generator, Ledger(store.embedded.url(database="careloom")), database)
        finally:
            await database.close()
            _log.info("what the house said: %s", house.log[-20_000:])


@pytest.mark.chaos
async def test_kill_nine_of_anything_in_the_middle_of_the_demo_loses_and_doubles_nothing(tmp_path: Path) -> None:
    seed = int(os.environ.get("CHAOS_SEED", "") or SEED)
    _log.info("CHAOS_SEED=%d", seed)
    async with _demo(tmp_path) as chaos:
        house, ledger, journal = chaos.house, chaos.ledger, chaos.journal
        url = house.settings.base_url
        watcher = Watcher(url, await persona_cookie(url, "admin"))
        watching = asyncio.create_task(watcher.watch())
        await watcher.ready.wait()
        async with chaos.generator.staffed() as http:
            customers = asyncio.create_task(chaos.generator.send_customers(http))
            order = await chaos.strike(Random(seed))
            await _stop(customers)
            _log.info("killed %s", order)
            await chaos.database.engine.dispose()
            left = await _waiting_in_vain(chaos)
        wrong = await settled(ledger, [watcher], SETTLING_SECONDS)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        _log.info("killed %s; %s; the desk connected %d times", order, journal.counts, watcher.connections)
        assert wrong == {}, f"seed {seed}, killed {order}"
        assert left == [], f"seed {seed}, killed {order}"
        assert ledger.lost((one.channel, one.external_id) for one in journal.accepted) == set()
        assert journal.counts["failed"] == 0
        assert len(journal.accepted) > 50
        assert all(count >= 2 for count in house.starts.values())
        assert max(watcher.shown.values()) == 1
        assert watcher.resets == 0
        assert watcher.connections >= 2
    assert house.postgres() == []


async def _waiting_in_vain(chaos: Chaos) -> list[Any]:
    """Contacts that the engine would offer and the dispatcher does not, again and again."""
    left: set[Any] = set()
    for _ in range(LOOKS):
        now_wanted = {one.work_id for one in await wanted(chaos.database)}
        left = left & now_wanted if left else now_wanted
        if not left:
            return []
        await asyncio.sleep(1.0)
    return sorted(left)


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
