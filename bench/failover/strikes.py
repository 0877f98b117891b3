"""What is done to the database while everyone works, and how long each went without an answer."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

import httpx
from msgspec import Struct

from bench.failover.cluster import Cluster, Node
from bench.failover.crowd import Tally
from careloom.organizations.types import Channel

WAYS_IN: Final = (Channel.SMS, Channel.EMAIL, Channel.CHAT)
"""How messages come in: by API, mail and chat."""

WAITED_FOR: Final = (*WAYS_IN, "offers")
"""What has to go on: messages that come in, and contacts that are offered to agents and taken."""

_REST_SECONDS = 10.0
_LONGEST_SECONDS = 120.0


class Outcome(Struct, frozen=True):
    """What came of one strike, in seconds since it."""

    what: str
    promoted: float | None
    resumed: dict[str, float]
    in_step: float
    desks: float
    browser: float

    @property
    def accepting(self) -> float:
        """Until messages were accepted again by all ways in."""
        return max(self.resumed[one] for one in WAYS_IN)


class Strikes:
    """Strikes against `cluster`; `shown` waits for all desks, `painted` for the browser, to show what is stored now."""

    def __init__(
        self,
        cluster: Cluster,
        tally: Tally,
        shown: Callable[[], Awaitable[None]],
        painted: Callable[[str], Awaitable[None]],
    ) -> None:
        self._cluster = cluster
        self._tally = tally
        self._shown = shown
        self._painted = painted

    async def kill_primary(self) -> Outcome:
        """kill -9 of the primary and its Patroni; it comes back as a replica when writes are taken again."""
        victim = await self._cluster.primary()
        return await self._strike(f"primary {victim.name} killed", victim, lost_primary=True)

    async def kill_replica(self) -> Outcome:
        """kill -9 of the replica that confirms commits, and its Patroni."""
        return await self._strike("replica killed", await self._replica(), lost_primary=False)

    async def switch_over(self) -> Outcome:
        """The planned change of primary, as for an update of its machine."""
        primary, replica = await self._cluster.primary(), await self._replica()
        began = time.monotonic()
        async with httpx.AsyncClient(trust_env=False, timeout=60) as http:
            body = {"leader": primary.name, "candidate": replica.name}
            (await http.post(f"http://127.0.0.1:{primary.rest_port}/switchover", json=body)).raise_for_status()
        await self._cluster.primary(other_than=primary.name)
        return await self._outcome("planned switch-over", began, time.monotonic() - began)

    async def _strike(self, what: str, victim: Node, *, lost_primary: bool) -> Outcome:
        began = time.monotonic()
        victim.kill()
        promoted = None
        if lost_primary:
            await self._cluster.primary(other_than=victim.name)
            promoted = time.monotonic() - began
        await asyncio.sleep(_REST_SECONDS)
        self._cluster.start(victim)
        return await self._outcome(what, began, promoted)

    async def _outcome(self, what: str, began: float, promoted: float | None) -> Outcome:
        await self._cluster.in_step()
        in_step = time.monotonic() - began
        await self._shown()
        desks = time.monotonic() - began
        await self._painted(what)
        browser = time.monotonic() - began
        async with asyncio.timeout(_LONGEST_SECONDS):
            while float("inf") in (resumed := self._resumed(began)).values():  # noqa: ASYNC110
                await asyncio.sleep(0.5)
        await asyncio.sleep(_REST_SECONDS)
        return Outcome(what, promoted, resumed, in_step, desks, browser)

    def _resumed(self, began: float) -> dict[str, float]:
        return {one: self._tally.resumed(one, began) for one in WAITED_FOR}

    async def _replica(self) -> Node:
        primary = await self._cluster.primary()
        return next(one for one in self._cluster.nodes.values() if one is not primary)
