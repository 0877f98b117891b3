"""A customer who chats through the widget's public endpoints and its real WebSocket."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx
import msgspec
from msgspec import UNSET, Struct, UnsetType
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from careloom.demo.journal import Journal
from careloom.demo.types import Arrival, Turn
from careloom.organizations.types import Channel

_LONGEST_SILENCE = 900.0
_RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0)
_TYPING_SECONDS = 2.0
_LOST = (OSError, ConnectionClosed, InvalidHandshake, TimeoutError)


class ChatClosedError(Exception):
    """The widget is offline or cannot be reached."""


class _Frame(Struct, frozen=True):
    type: str
    seq: int | UnsetType = UNSET
    kind: str | UnsetType = UNSET
    text: str | UnsetType = UNSET
    status: str | UnsetType | None = UNSET
    conversation_id: str | UnsetType | None = UNSET
    client_id: str | UnsetType | None = UNSET
    code: str | UnsetType = UNSET


class ChatCustomer:
    """One visitor with one issue, from opening the widget to leaving the page.

    A lost connection is made again and what was not acknowledged is sent again under the same id.
    """

    def __init__(
        self, arrival: Arrival, base_url: str, widget_key: str, journal: Journal, *, pace: float, run: str
    ) -> None:
        self._arrival = arrival
        self._base = base_url.rstrip("/")
        self._key = widget_key
        self._journal = journal
        self._pace = pace
        self._run = run
        self._frames = msgspec.json.Decoder(_Frame)
        self._socket: ClientConnection | None = None
        self._secret = ""
        self._conversation: str | None = None
        self._seen = 0
        self._unacknowledged: dict[str, str] = {}
        self._answered = asyncio.Event()
        self._over = False

    async def play(self, http: httpx.AsyncClient, turns: Sequence[Turn], visitor_secret: str | None) -> str:
        """Chat through all turns; returns the visitor's secret, by which the next visit is recognised.

        ChatClosedError where the widget takes no chats now.
        """
        await self._enter(http, visitor_secret)
        reader = asyncio.create_task(self._stay_connected())
        try:
            await self._talk(turns)
        finally:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)
        return self._secret

    async def _enter(self, http: httpx.AsyncClient, visitor_secret: str | None) -> None:
        config = await self._public(http, "GET", "config")
        if not config.get("online", True):
            raise ChatClosedError
        body = {"page_url": f"{self._base}/demo/{self._arrival.client}"}
        if visitor_secret:
            body["visitor_secret"] = visitor_secret
        visitor = await self._public(http, "POST", "visitors", body)
        self._secret = visitor["visitor_secret"]
        conversation = visitor.get("conversation")
        if conversation:
            self._conversation, self._seen = conversation["id"], conversation["last_seq"]

    async def _public(
        self, http: httpx.AsyncClient, method: str, path: str, body: dict[str, str] | None = None
    ) -> dict[str, Any]:
        for wait in (*_RETRY_SECONDS, None):
            try:
                response = await http.request(
                    method, f"{self._base}/chat/{self._key}/{path}", json=body, headers={"Origin": self._base}
                )
                if response.status_code < 400:
                    return response.json()
                if response.status_code < 500 and response.status_code != 429:
                    break
            except httpx.TransportError:
                pass
            if wait is not None:
                await asyncio.sleep(wait)
        raise ChatClosedError

    async def _talk(self, turns: Sequence[Turn]) -> None:
        for number, turn in enumerate(turns):
            if number:
                await asyncio.sleep(max(turn.after_seconds - _TYPING_SECONDS, 0.0) / self._pace)
                await self._say({"type": "typing", "typing": True})
                await asyncio.sleep(_TYPING_SECONDS / self._pace)
            if self._over:
                break
            self._answered.clear()
            await self._send(turn.text, number)
            if not turn.reply:
                break
            patience = _LONGEST_SILENCE if number else self._arrival.patience
            try:
                async with asyncio.timeout(max(patience / self._pace, 5.0)):
                    await self._answered.wait()
            except TimeoutError:
                await self._leave("unanswered" if number else "abandoned")
                return
        await self._leave("finished")

    async def _send(self, text: str, number: int) -> None:
        client_id = str(uuid5(NAMESPACE_URL, f"{self._run}/{self._arrival.number}/{number}"))
        self._unacknowledged[client_id] = text
        await self._say({"type": "message", "client_id": client_id, "text": text, "file_ids": []})

    async def _leave(self, how: str) -> None:
        for _ in range(100):
            if not self._unacknowledged:
                break
            await asyncio.sleep(0.1)
        await asyncio.sleep(_TYPING_SECONDS / self._pace)
        await self._say({"type": "end"})
        self._journal.count(how)

    async def _say(self, frame: dict[str, Any]) -> None:
        """Send a frame if there is a connection; a message that is lost goes out again on the next one."""
        if self._socket is not None:
            try:
                await self._socket.send(msgspec.json.encode(frame).decode())
            except _LOST:
                return

    async def _stay_connected(self) -> None:
        url = f"{self._base.replace('http', 'ws', 1)}/chat/{self._key}/socket"
        failures = 0
        while True:
            try:
                async with connect(url, origin=None, additional_headers={"Origin": self._base}, proxy=None) as socket:
                    failures = 0
                    await self._converse(socket)
            except _LOST:
                failures += 1
            finally:
                self._socket = None
            await asyncio.sleep(_RETRY_SECONDS[min(failures, len(_RETRY_SECONDS) - 1)])

    async def _converse(self, socket: ClientConnection) -> None:
        hello = {
            "type": "hello",
            "visitor_secret": self._secret,
            "after_seq": self._seen,
            "conversation_id": self._conversation,
        }
        await socket.send(msgspec.json.encode(hello).decode())
        async for raw in socket:
            frame = self._frames.decode(raw)
            if frame.type == "welcome":
                self._socket = socket
                await self._introduce()
            elif frame.type == "ping":
                await self._say({"type": "pong"})
            else:
                await self._take(frame)

    async def _introduce(self) -> None:
        customer = self._arrival.customer
        if not customer.anonymous:
            await self._say({"type": "profile", "name": customer.name, "email": customer.email})
        for client_id, text in list(self._unacknowledged.items()):
            await self._say({"type": "message", "client_id": client_id, "text": text, "file_ids": []})

    async def _take(self, frame: _Frame) -> None:
        if frame.type == "ack" and isinstance(frame.client_id, str):
            if isinstance(frame.conversation_id, str):
                self._conversation = frame.conversation_id
            if self._unacknowledged.pop(frame.client_id, None) is not None:
                self._journal.accept(self._arrival.client, Channel.CHAT, frame.client_id)
        elif frame.type == "message" and isinstance(frame.seq, int):
            fresh = frame.seq > self._seen
            self._seen = max(self._seen, frame.seq)
            if fresh and frame.kind == "outbound":
                self._answered.set()
                await self._say({"type": "read", "seq": frame.seq})
        elif frame.type == "status" and frame.status == "resolved":
            self._over = True
            self._answered.set()
