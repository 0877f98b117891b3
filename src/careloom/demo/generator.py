"""The traffic generator: customers by mail and chat, and the agents who serve them, at an adjustable pace."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from time import monotonic

import aiosmtplib
import httpx
from msgspec import Struct

from careloom.demo.agent import SimulatedAgent
from careloom.demo.chat_customer import ChatClosedError, ChatCustomer
from careloom.demo.core.catalogue import Catalogue
from careloom.demo.core.policy import AgentPolicy
from careloom.demo.core.traffic import CONTACTS_PER_MINUTE, plan
from careloom.demo.desk_api import DeskApi, RefusedError
from careloom.demo.journal import Journal
from careloom.demo.mailbox import Mailbox
from careloom.demo.smtp_customer import MailRoute, SmtpCustomer
from careloom.demo.types import Arrival
from careloom.organizations.types import Channel

_log = logging.getLogger(__name__)


class Targets(Struct, frozen=True):
    """Where the demo's traffic goes.

    `routes` and `widgets` give a program's mail route and widget key, `tokens` a simulated agent's API key,
    `client_keys` a client's key by its name.
    """

    base_url: str
    routes: Mapping[str, MailRoute]
    widgets: Mapping[str, str]
    tokens: Mapping[str, str]
    client_keys: Mapping[str, str]


class Generator:
    """Runs until it is cancelled, or until `most` contacts were played."""

    def __init__(
        self,
        targets: Targets,
        catalogue: Catalogue,
        policy: AgentPolicy,
        mailbox: Mailbox,
        *,
        run: str,
        pace: float = 1.0,
        per_minute: float = CONTACTS_PER_MINUTE,
        seed: int = 1,
        most_open: int = 150,
        journal: Journal | None = None,
    ) -> None:
        """`run` sets this run's message ids apart from those of other runs."""
        self._targets = targets
        self._catalogue = catalogue
        self._policy = policy
        self._mailbox = mailbox
        self._run_name = run
        self._pace = pace
        self._per_minute = per_minute
        self._seed = seed
        self._room = asyncio.Semaphore(most_open)
        self._visitors: dict[str, str] = {}
        self._chatting: set[str] = set()
        self.journal = journal or Journal()

    async def run(self, most: int | None = None) -> None:
        """Play the traffic; the mailbox must be open."""
        async with self.staffed() as http:
            await self.send_customers(http, most)

    @asynccontextmanager
    async def staffed(self) -> AsyncGenerator[httpx.AsyncClient]:
        """All agents are at work inside; gives the client by which customers reach the widgets."""
        limits = httpx.Limits(max_connections=100, max_keepalive_connections=50)
        async with httpx.AsyncClient(timeout=30, limits=limits, trust_env=False) as http:
            agents = [
                asyncio.create_task(self._employ(http, person, token)) for person, token in self._targets.tokens.items()
            ]
            try:
                yield http
            finally:
                for agent in agents:
                    agent.cancel()
                await asyncio.gather(*agents, return_exceptions=True)

    async def _employ(self, http: httpx.AsyncClient, person: str, token: str) -> None:
        """Keep one agent at work; who was thrown out by an error comes back."""
        while True:
            api = DeskApi(http, self._targets.base_url, token)
            agent = SimulatedAgent(
                api, self._policy, self._targets.client_keys, pace=self._pace, seed=f"{self._seed}/{person}"
            )
            try:
                await agent.run()
            except RefusedError as error:
                _log.warning("a simulated agent was refused: %s", error)
            except Exception:
                _log.exception("a simulated agent failed")
            await asyncio.sleep(5.0)

    async def send_customers(self, http: httpx.AsyncClient, most: int | None = None) -> None:
        """Let `most` customers come, or customers without end, each until the contact is over."""
        began = monotonic()
        async with asyncio.TaskGroup() as group:
            for arrival in plan(self._catalogue, self._seed, self._pace, self._per_minute):
                if most is not None and arrival.number >= most:
                    break
                await asyncio.sleep(max(began + arrival.at - monotonic(), 0.0))
                await self._room.acquire()
                group.create_task(self._play(http, arrival))

    async def _play(self, http: httpx.AsyncClient, arrival: Arrival) -> None:
        self.journal.count("arrived")
        try:
            busy = arrival.customer.key in self._chatting
            if arrival.channel is not Channel.CHAT or busy or not await self._chat(http, arrival):
                await self._write(arrival)
        except (aiosmtplib.SMTPException, OSError) as error:
            self.journal.count("failed")
            _log.warning("a contact of the demo failed: %s", type(error).__name__)
        except Exception:
            self.journal.count("failed")
            _log.exception("a contact of the demo failed")
        finally:
            self._room.release()

    async def _chat(self, http: httpx.AsyncClient, arrival: Arrival) -> bool:
        """Chat; False where the widget is closed now, so that the customer writes instead."""
        key = arrival.customer.key
        self._chatting.add(key)
        customer = ChatCustomer(
            arrival,
            self._targets.base_url,
            self._targets.widgets[arrival.program],
            self.journal,
            pace=self._pace,
            run=self._run_name,
        )
        try:
            turns = self._catalogue.turns(arrival.dialogue_id, Channel.CHAT)
            self._visitors[key] = await customer.play(http, turns, self._visitors.get(key))
        except ChatClosedError:
            return False
        finally:
            self._chatting.discard(key)
        return True

    async def _write(self, arrival: Arrival) -> None:
        route = self._targets.routes[arrival.program]
        customer = SmtpCustomer(arrival, route, self._mailbox, self.journal, pace=self._pace, run=self._run_name)
        turns = self._catalogue.turns(arrival.dialogue_id, Channel.EMAIL)
        await customer.play(self._catalogue.get(arrival.dialogue_id), turns)
