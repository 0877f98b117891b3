"""Desktops: live sockets that stay connected as the real one does, and agents who take what they are offered."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from uuid import UUID

import httpx

from bench.failover.crowd import Tally
from bench.installation import PASSWORD, Installation
from careloom.demo.desk_api import DeskApi, RefusedError
from tests.chaos.watcher import Watcher

_LOOK_SECONDS = 0.5
_AGAIN_SECONDS = (0.5,) * 120


class Floor:
    """The people of one installation at their desks: `watchers` are their sockets."""

    def __init__(self, installation: Installation, tally: Tally) -> None:
        self._at = installation
        self._tally = tally
        self.watchers: list[Watcher] = []
        self._agents: list[asyncio.Task[None]] = []

    @asynccontextmanager
    async def staffed(self, emails: Sequence[str], agents: Sequence[str]) -> AsyncGenerator[None]:
        """While the context lasts everyone of `emails` and `agents` watches, and `agents` work."""
        async with AsyncExitStack() as stack:
            http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=60))
            tasks: list[asyncio.Task[None]] = []
            for email in (*emails, *agents):
                cookie, token = await self._signed_in(email)
                watcher = Watcher(self._at.url, cookie)
                self.watchers.append(watcher)
                tasks.append(asyncio.create_task(watcher.watch()))
                await watcher.ready.wait()
                if email in agents:
                    api = DeskApi(http, self._at.url, "", _AGAIN_SECONDS)
                    api.headers = {"Cookie": cookie, "X-CSRF-Token": token}
                    self._agents.append(asyncio.create_task(self._work(api)))
            try:
                yield
            finally:
                await self.go_home()
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def go_home(self) -> None:
        """The agents stop working; everyone goes on watching."""
        for agent in self._agents:
            agent.cancel()
        await asyncio.gather(*self._agents, return_exceptions=True)

    async def _signed_in(self, email: str) -> tuple[str, str]:
        async with httpx.AsyncClient(base_url=self._at.url, trust_env=False, timeout=60) as http:
            answer = await http.post("/api/session", json={"email": email, "password": PASSWORD})
            answer.raise_for_status()
            return f"careloom_session={answer.cookies['careloom_session']}", answer.json()["csrf_token"]

    async def _work(self, api: DeskApi) -> None:
        """Takes each offer, answers, ends and resolves it; what is refused is somebody else's by now."""
        outcome: UUID | None = None
        while True:
            with suppress(RefusedError):
                if outcome is None:
                    clients = (await api.me()).clients
                    outcome = (await api.dispositions(clients[0].id))[0].id
                await api.set_presence("available")
                for offer in await api.offers():
                    await api.accept(offer.id)
                    self._tally.happened("offers")
                    await self._answer(api, offer.conversation_id)
                    await api.end(offer.conversation_id)
                    await api.wrap_up(offer.conversation_id, outcome)
            await asyncio.sleep(_LOOK_SECONDS)

    async def _answer(self, api: DeskApi, conversation_id: UUID) -> None:
        taken = await api.reply(conversation_id, "Thank you, I have seen to it.")
        one = taken.message or taken.pending
        assert one is not None
        self._tally.answer(one.id)
