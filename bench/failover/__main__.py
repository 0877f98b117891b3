"""`python -m bench.failover`: runs everything, strikes, judges, reports; status 1 where something is wrong."""

import argparse
import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from bench.failover.browser import Desk, desk
from bench.failover.cluster import Cluster
from bench.failover.crowd import Crowd, Rates, Tally
from bench.failover.desks import Floor
from bench.failover.evidence import Verdict, written
from bench.failover.installed import ADMIN, Installed, installed
from bench.failover.strikes import Outcome, Strikes
from bench.failover.tools import MissingToolError, find_tools
from bench.installation import report
from tests.chaos.verdict import Ledger, settled

_CALM_SECONDS, _PATIENCE_SECONDS = 15.0, 120.0

_TELEPHONE = "+15550000000"


class Run:
    """One run, from the first process to the verdict."""

    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        self._options = options
        self._rates = Rates(options.api, options.mail, options.visitors)
        self._cluster = Cluster(folder, find_tools(folder))
        self._folder = folder
        self._tally = Tally()
        self._ledger = Ledger(self._cluster.superuser_url)

    @property
    def load(self) -> str:
        """Who was there, in words."""
        rates, options = self._rates, self._options
        return (
            f"{rates.api:.0f} messages/s by API, {rates.mail:.0f} mails/s, {rates.visitors} chat visitors with "
            f"a message a second each, {options.desks} desktops and {options.agents} agents at work on live sockets, "
            "one desk in Chromium"
        )

    async def whole(self) -> tuple[list[Outcome], Verdict]:
        """Everything that happened, and what was found."""
        async with self._cluster.running(), self._installed() as one:
            self._floor = Floor(one.at, self._tally)
            agents = await one.agents(self._options.agents)
            crowd = Crowd(one.at, self._tally)
            async with AsyncExitStack() as stack:
                http = await stack.enter_async_context(crowd.calling())
                await stack.enter_async_context(self._floor.staffed([ADMIN] * self._options.desks, agents))
                known = await crowd.write(http, "Before all strikes", _TELEPHONE)
                screen = await stack.enter_async_context(desk(one.at.url, known))
                await screen.shows("Before all strikes")
                _say("everyone is at work")
                async with crowd.writing(self._rates):
                    await asyncio.sleep(_CALM_SECONDS)
                    outcomes = await self._struck(crowd, http, screen)
                await self._floor.go_home()
                violations = await settled(self._ledger, self._floor.watchers, _PATIENCE_SECONDS)
                reloaded = not await screen.never_reloaded()
                return outcomes, self._verdict(violations, reloaded, await asyncio.to_thread(_audit, one))

    def _installed(self) -> AbstractAsyncContextManager[Installed]:
        return installed(self._folder, self._cluster.url("app"), self._cluster.url("owner"))

    async def _struck(self, crowd: Crowd, http: httpx.AsyncClient, screen: Desk) -> list[Outcome]:
        async def painted(words: str) -> None:
            text = f"After strike {len(outcomes) + 1}, {words}"
            await crowd.write(http, text, _TELEPHONE)
            await screen.shows(text)

        strikes = Strikes(self._cluster, self._tally, self._shown, painted)
        outcomes: list[Outcome] = []
        for strike in [*[strikes.kill_primary] * self._options.kills, strikes.kill_replica, strikes.switch_over]:
            outcomes.append(await strike())
            _say(str(outcomes[-1]))
        return outcomes

    async def _shown(self) -> None:
        """Until every desk was shown all messages that are stored now."""
        stored = await asyncio.to_thread(self._ledger.messages)
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while any(stored - one.messages for one in self._floor.watchers):  # noqa: ASYNC110
                await asyncio.sleep(0.2)

    def _verdict(self, violations: dict[str, Any], reloaded: bool, audit: tuple[bool, str]) -> Verdict:
        stored, watchers = self._ledger.messages(), self._floor.watchers
        return Verdict(
            accepted={**self._tally.counts(), "answers": len(self._tally.answered)},
            refused=self._tally.refused,
            lost=sorted(self._ledger.lost(self._tally.accepted)),
            unsaid=sorted(self._ledger.unsaid(self._tally.answered)),
            doubled=self._ledger.doubled(),
            violations=violations,
            missed=[len(stored - one.messages) for one in watchers],
            shown_twice=sum(count - 1 for one in watchers for count in one.shown.values()),
            resets=sum(one.resets for one in watchers),
            connections=[one.connections for one in watchers],
            reloaded=reloaded,
            audit_holds=audit[0],
            audit=audit[1],
        )


def _audit(one: Installed) -> tuple[bool, str]:
    """Whether the chains hold, and what `careloom audit verify` says."""
    try:
        said = one.careloom("audit", "verify").splitlines()
        return True, "; ".join(line for line in said if line.startswith("ok"))
    except subprocess.CalledProcessError as error:
        return False, f"failed: {error.stdout}{error.stderr}"


def _say(words: str) -> None:
    print(f"[{datetime.now(UTC):%H:%M:%S}] {words}", flush=True)


def _measured(outcomes: Sequence[Outcome], verdict: Verdict) -> None:
    killed = [one for one in outcomes if one.promoted is not None and one.what.startswith("primary")]
    worst = max((one.accepting for one in killed), default=0.0)
    for measure, unit, value, target in (
        ("primary killed until messages are accepted again by API, mail and chat, worst", "s", worst, 30.0),
        ("accepted and lost", "messages", len(verdict.lost) + len(verdict.unsaid), 0.0),
        ("stored twice", "messages", len(verdict.doubled), 0.0),
    ):
        report(measure, unit, value, None, None, target, "failover")


def main() -> int:
    """Answers the status of the process."""
    parser = argparse.ArgumentParser(prog="python -m bench.failover", description=__doc__)
    parser.add_argument("--kills", type=int, default=3, help="how often the primary is killed")
    parser.add_argument("--api", type=float, default=12.0, help="messages a second by API")
    parser.add_argument("--mail", type=float, default=4.0, help="mails a second")
    parser.add_argument("--visitors", type=int, default=8, help="chat visitors, a message a second each")
    parser.add_argument("--desks", type=int, default=12, help="desktops on live sockets")
    parser.add_argument("--agents", type=int, default=3, help="agents who take contacts")
    parser.add_argument("--out", type=Path, help="folder for the report failover.md")
    parser.add_argument("--keep", action="store_true", help="keep the logs of all processes")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="careloom-failover-"))
    folder.chmod(0o755)
    began = datetime.now(UTC)
    try:
        run = Run(folder, options)
        outcomes, verdict = asyncio.run(run.whole())
    except MissingToolError as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        print(f"logs: {folder}") if options.keep else shutil.rmtree(folder, ignore_errors=True)
    words = " ".join(["make failover", *([f'ARGS="{" ".join(sys.argv[1:])}"'] if sys.argv[1:] else [])])
    text = written(words, began, run.load, outcomes, verdict)
    print(text)
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "failover.md").write_text(text)
    wrong = {"lost": [*verdict.lost, *verdict.unsaid], "stored twice": verdict.doubled, "broken": verdict.violations}
    for what, found in wrong.items():
        if found:
            print(f"{what}: {found}")
    _measured(outcomes, verdict)
    return 1 if verdict.wrong(outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
