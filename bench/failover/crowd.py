"""Customers who write by API, mail and chat, and send the same again until it was accepted."""

import asyncio
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

import aiosmtplib
import httpx
from msgspec import Struct
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from bench.installation import Installation
from bench.steady import TEXT
from careloom.organizations.types import Channel

_PATIENCE_SECONDS = 60.0
_AGAIN_SECONDS = 1.0
_LOST = (OSError, ConnectionClosed, InvalidHandshake, TimeoutError)


class Rates(Struct, frozen=True):
    """Messages a second by API, mails a second, and visitors who each send one chat message a second."""

    api: float
    mail: float
    visitors: int


class Tally:
    """What was accepted, when, and what was answered instead meanwhile."""

    def __init__(self) -> None:
        self.accepted: set[tuple[Channel, str]] = set()
        self.answered: set[UUID] = set()
        self.refused: Counter[str] = Counter()
        self._moments: defaultdict[str, list[float]] = defaultdict(list)

    def accept(self, channel: Channel, key: str) -> None:
        """A 2xx, a 250 or an acknowledgement came for `key`."""
        if (channel, key) not in self.accepted:
            self.accepted.add((channel, key))
            self.happened(channel)

    def answer(self, message_id: UUID) -> None:
        """An agent's answer was taken, as the message of this id."""
        self.answered.add(message_id)

    def happened(self, what: str) -> None:
        """Something that goes on all the time went on."""
        self._moments[what].append(time.monotonic())

    def refuse(self, why: str) -> None:
        """Something else came; the same goes out again."""
        self.refused[why] += 1

    def resumed(self, what: str, since: float) -> float:
        """Seconds from `since` until the longest silence of `what` after it was over; infinite where it never was."""
        moments = [one for one in self._moments[what] if one >= since]
        silences = [(after - before, after) for before, after in zip([since, *moments], moments, strict=False)]
        return max(silences, default=(0.0, float("inf")))[1] - since

    def counts(self) -> dict[str, int]:
        """Accepted messages by channel."""
        found: defaultdict[str, int] = defaultdict(int)
        for channel, _ in self.accepted:
            found[channel] += 1
        return dict(found)


class Crowd:
    """All customers of one installation."""

    def __init__(self, installation: Installation, tally: Tally) -> None:
        self._at = installation
        self._tally = tally
        self._open: set[asyncio.Future[object]] = set()

    @asynccontextmanager
    async def writing(self, rates: Rates) -> AsyncGenerator[None]:
        """They write while the context lasts; at its end each waits until all of theirs was accepted."""
        over = asyncio.Event()
        async with self.calling() as http:
            parts = [
                asyncio.create_task(self._steadily(rates.api, lambda: self.write(http), over)),
                asyncio.create_task(self._steadily(rates.mail, self._mail, over)),
                *[asyncio.create_task(self._visit(http, over)) for _ in range(rates.visitors)],
            ]
            try:
                yield
            finally:
                over.set()
                await asyncio.gather(*parts, *self._open)

    @asynccontextmanager
    async def calling(self) -> AsyncGenerator[httpx.AsyncClient]:
        """The API with the installation's key."""
        async with httpx.AsyncClient(
            base_url=self._at.url,
            headers={"Authorization": f"Bearer {self._at.token}"},
            trust_env=False,
            timeout=_PATIENCE_SECONDS,
            limits=httpx.Limits(max_connections=400, max_keepalive_connections=50),
        ) as http:
            yield http

    async def write(self, http: httpx.AsyncClient, text: str = TEXT, telephone: str | None = None) -> str:
        """One message by API, of a new customer where no one's telephone is given, until it is accepted.

        Answers the conversation's id.
        """
        key = uuid4().hex
        body = {
            "program_id": self._at.program_id,
            "channel": "sms",
            "external_id": key,
            "identity_kind": "phone",
            "identity": telephone or f"+1555{random.randrange(10**8):08d}",
            "text": text,
            "language": "en",
        }
        while True:
            wait = _AGAIN_SECONDS
            try:
                answer = await http.post("/api/inbound", json=body)
                if answer.is_success:
                    self._tally.accept(Channel.SMS, key)
                    return str(answer.json()["conversation_id"])
                self._tally.refuse(f"HTTP {answer.status_code}")
                wait = float(answer.headers.get("Retry-After", wait))
            except httpx.TransportError as error:
                self._tally.refuse(type(error).__name__)
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))

    async def _steadily(self, rate: float, step: Callable[[], Awaitable[object]], over: asyncio.Event) -> None:
        while not over.is_set():
            one = asyncio.ensure_future(step())
            self._open.add(one)
            one.add_done_callback(self._open.discard)
            await asyncio.sleep(random.expovariate(rate))

    async def _mail(self) -> None:
        key = f"<{uuid4().hex}@customer.example>"
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"{key[1:9]}@customer.example", self._at.address, "Where is it?"
        mail["Message-ID"] = key
        mail.set_content(TEXT)
        while True:
            try:
                await aiosmtplib.send(mail, hostname="127.0.0.1", port=self._at.smtp_port, timeout=_PATIENCE_SECONDS)
                return self._tally.accept(Channel.EMAIL, key)
            except (aiosmtplib.SMTPException, OSError) as error:
                self._tally.refuse(f"SMTP {getattr(error, 'code', type(error).__name__)}")
            await asyncio.sleep(_AGAIN_SECONDS * random.uniform(0.5, 1.5))

    async def _visit(self, http: httpx.AsyncClient, over: asyncio.Event) -> None:
        """A visitor who sends a message a second, each until it is acknowledged, on as many sockets as it takes."""
        secret = await self._introduced(http)
        url = f"{self._at.url.replace('http', 'ws', 1)}/chat/{self._at.widget_key}/socket"
        waiting: list[str] = []
        while not over.is_set() or waiting:
            try:
                async with connect(url, proxy=None) as socket:
                    await _said(socket, {"type": "hello", "visitor_secret": secret}, "welcome")
                    while not over.is_set() or waiting:
                        await self._say(socket, waiting)
                        await asyncio.sleep(0.0 if over.is_set() else random.uniform(0.5, 1.5))
            except _LOST as error:
                self._tally.refuse(f"chat {type(error).__name__}")
                await asyncio.sleep(_AGAIN_SECONDS * random.uniform(0.5, 1.5))

    async def _introduced(self, http: httpx.AsyncClient) -> str:
        while True:
            with suppress(httpx.TransportError):
                answer = await http.post(f"/chat/{self._at.widget_key}/visitors", json={"page_url": self._at.url})
                if answer.is_success:
                    return str(answer.json()["visitor_secret"])
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _say(self, socket: ClientConnection, waiting: list[str]) -> None:
        if not waiting:
            waiting.append(str(uuid4()))
        async with asyncio.timeout(10):
            frame = {"type": "message", "client_id": waiting[0], "text": TEXT}
            while (await _said(socket, frame, "ack"))["client_id"] != waiting[0]:
                self._tally.refuse("chat, another's ack")
        self._tally.accept(Channel.CHAT, waiting.pop())


async def _said(socket: ClientConnection, frame: dict[str, Any], answer: str) -> dict[str, Any]:
    await socket.send(json.dumps(frame))
    while True:
        heard = json.loads(await socket.recv())
        if heard["type"] == "ping":
            with suppress(ConnectionClosed):
                await socket.send('{"type":"pong"}')
        if heard["type"] == answer:
            return heard
        if heard["type"] == "error":
            raise TimeoutError(str(heard))
