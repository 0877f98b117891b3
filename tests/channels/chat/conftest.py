"""A real server with a chat widget on a real port, and visitors who use its public endpoints and socket."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import httpx
import jwt
import msgspec
import pytest
from sqlalchemy import text
from websockets.asyncio.client import ClientConnection, connect

from careloom.channels.commands.chat_widgets import create_widget, renew_secret
from careloom.channels.http.chat.gateway import ChatGateway
from careloom.channels.types import ChatWidget, NewChatWidget
from careloom.platform.access import system_actor
from careloom.platform.database.transactions import Database
from careloom.platform.ids import new_id
from careloom.platform.runtime import Runtime
from tests.conversations.desk import Desk, make_desk
from tests.server import Server, running_server

PAGE = "https://shop.example"
SYSTEM = system_actor("test")


class Socket:
    """A widget's socket; frames are read in order, pings are answered."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.seen: list[dict[str, Any]] = []

    async def send(self, **frame: Any) -> None:
        await self.connection.send(msgspec.json.encode(frame).decode())

    async def next(self, seconds: float = 60.0) -> dict[str, Any]:
        async with asyncio.timeout(seconds):
            frame: dict[str, Any] = msgspec.json.decode(await self.connection.recv())
        self.seen.append(frame)
        return frame

    async def until(self, frame_type: str, /, seconds: float = 60.0, **fields: Any) -> dict[str, Any]:
        """The next frame of this type with these fields; what comes before stays in `seen`."""
        while True:
            frame = await self.next(seconds)
            if frame["type"] == frame_type and all(frame.get(name) == value for name, value in fields.items()):
                return frame

    async def heard(self, frame_type: str, /, **fields: Any) -> dict[str, Any]:
        """A frame of this type with these fields that has come already, or the next one."""
        for frame in self.seen:
            if {"type": frame_type, **fields}.items() <= frame.items():
                return frame
        return await self.until(frame_type, **fields)

    async def silence(self, seconds: float = 0.4) -> list[dict[str, Any]]:
        """What comes within some time."""
        got: list[dict[str, Any]] = []
        with contextlib.suppress(TimeoutError):
            while True:
                got.append(await self.next(seconds))
        return got

    async def hello(self, secret: str, after_seq: int = 0, conversation_id: str | None = None) -> dict[str, Any]:
        await self.send(
            type="hello", visitor_secret=secret, after_seq=after_seq, conversation_id=conversation_id, page_url=PAGE
        )
        return await self.until("welcome")

    async def say(self, message: str, client_id: str | None = None, **more: Any) -> dict[str, Any]:
        """Sends a message and waits for its acknowledgement, before which the message itself may be `heard`."""
        key = client_id or str(new_id())
        await self.send(type="message", client_id=key, text=message, **{"file_ids": [], **more})
        return await self.until("ack", client_id=key)


class Chat:
    """A server that runs, a desk behind it, and one widget on it."""

    def __init__(self, desk: Desk, runtime: Runtime, server: Server) -> None:
        self.desk = desk
        self.runtime = runtime
        self.app = server.app
        self.gateway: ChatGateway = server.app.state.chat
        self.base = server.http

    widget: ChatWidget
    http: httpx.AsyncClient

    async def make_widget(self, **more: Any) -> ChatWidget:
        values: dict[str, Any] = {"program_id": self.desk.program.id, "name": "Shop", "origins": (PAGE,), **more}
        new = NewChatWidget(**values)
        async with self.desk.database.transaction(SYSTEM) as tx:
            return await create_widget(tx, SYSTEM, new)

    async def token_key(self) -> str:
        async with self.desk.database.transaction(SYSTEM) as tx:
            made = await renew_secret(tx, SYSTEM, self.widget.id, self.runtime.secret)
        self.gateway.directory.forget()
        return made.secret

    def url(self, path: str, widget: ChatWidget | None = None) -> str:
        return f"{self.base}/chat/{(widget or self.widget).key}/{path}"

    async def visitor(self, widget: ChatWidget | None = None, **body: Any) -> dict[str, Any]:
        response = await self.http.post(self.url("visitors", widget), json={"page_url": PAGE, **body})
        assert response.status_code == 200, response.text
        return response.json()

    @contextlib.asynccontextmanager
    async def socket(
        self, secret: str | None = None, *, widget: ChatWidget | None = None, origin: str | None = PAGE, **hello: Any
    ) -> AsyncGenerator[Socket]:
        """An open socket; with `secret`, welcomed already."""
        url = self.url("socket", widget).replace("http", "ws", 1)
        async with connect(url, origin=origin, proxy=None) as connection:  # pyright: ignore[reportArgumentType]
            socket = Socket(connection)
            if secret is not None:
                await socket.hello(secret, **hello)
            yield socket

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        async with self.desk.database.transaction(SYSTEM) as tx:
            return list((await tx.execute(text(statement), values)).all())


def token(key: str, subject: str, expires: float, **claims: Any) -> str:
    return jwt.encode({"sub": subject, "exp": expires, **claims}, key, algorithm="HS256")


@pytest.fixture
async def chat(runtime: Runtime, database: Database) -> AsyncIterator[Chat]:
    """The whole application on a port of its own, with the hub listening."""
    async with running_server(runtime) as server:
        one = Chat(await make_desk(database), runtime, server)
        one.widget = await one.make_widget()
        async with httpx.AsyncClient(headers={"Origin": PAGE}, trust_env=False, verify=False, timeout=30) as http:
            one.http = http
            yield one
