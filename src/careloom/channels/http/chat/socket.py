"""The widget's socket: one visitor's frames in order, answers and what happens in their conversation."""

import asyncio
import contextlib
import time
from typing import Any
from uuid import UUID

from litestar import WebSocket, websocket
from litestar.datastructures import State
from litestar.exceptions import WebSocketDisconnect
from litestar.params import FromPath
from msgspec import UNSET

from careloom.channels.commands.chat.contact import introduce
from careloom.channels.commands.chat.presence import arrive, end
from careloom.channels.commands.chat.say import UNNAMED, say
from careloom.channels.core.chat import frames
from careloom.channels.core.chat.answers import Ack, Ping, Pong, Refused, Welcome
from careloom.channels.core.chat.frames import End, Frame, Hello, Introduce, ReadUpto, Refusal, Say, Type
from careloom.channels.http.chat.caller import Caller, agent_of
from careloom.channels.http.chat.door import enter, gateway_of, visitor_by
from careloom.channels.http.chat.gateway import ChatGateway
from careloom.channels.http.chat.transcript import transcript
from careloom.channels.types import Visitor, VisitorId
from careloom.conversations.queries.customer_view import CustomerView, customer_views
from careloom.platform.clock import now
from careloom.platform.counters import ACCEPTED
from careloom.platform.database.links import LOST
from careloom.platform.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    TooManyRequestsError,
)
from careloom.platform.hub import send_signal
from careloom.platform.loops import end_all
from careloom.platform.runtime import Runtime
from careloom.platform.web.provide import client_ip

Socket = WebSocket[Any, Any, State]

GONE, POLICY, TOO_BIG, TRY_AGAIN = 1001, 1008, 1009, 1013
UNKNOWN_VISITOR, REFUSED, TOO_MANY = 4401, 4403, 4429
_PING_SECONDS = 20.0
_DEAD_SECONDS = 45.0
_GREETING_SECONDS = 15.0
_STUCK_SECONDS = 20.0
_TYPING_SECONDS = 1.0
_REPLAY = 200


@websocket("/socket")
async def chat_socket(socket: Socket, key: FromPath[str]) -> None:
    """Says and hears what the widget and the house have to say; refusals come as close codes that browsers show."""
    runtime: Runtime = socket.app.state.runtime
    gateway = gateway_of(socket)
    await socket.accept()
    try:
        entry = await enter(runtime, socket, key, gateway.limits.requests)
        caller = Caller(entry, client_ip(runtime, socket))
        gateway.open(caller)
    except TooManyRequestsError:
        await socket.close(code=TOO_MANY)
        return
    except (ForbiddenError, NotFoundError):
        await socket.close(code=REFUSED)
        return
    except LOST:
        await socket.close(code=TRY_AGAIN)
        return
    try:
        code = await ChatSocket(socket, runtime, gateway, caller).run()
    finally:
        await gateway.close(caller)
    with contextlib.suppress(RuntimeError, WebSocketDisconnect):
        await socket.close(code=code)


class ChatSocket:
    """One open socket, until either end closes it, is silent for too long, or does not keep up."""

    def __init__(self, socket: Socket, runtime: Runtime, gateway: ChatGateway, caller: Caller) -> None:
        self._socket = socket
        self._runtime = runtime
        self._gateway = gateway
        self._caller = caller
        self._entry = caller.entry
        self._key = socket.path_params["key"]
        self._heard = time.monotonic()
        self._typing_at = 0.0
        self._typing = False
        self._name: str | None = None

    async def run(self) -> int:
        """The code to close with."""
        parts = [asyncio.create_task(part()) for part in (self._send, self._receive, self._watch)]
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end_all(parts)
        code = TRY_AGAIN
        for one in done:
            error = one.exception()
            if error is None:
                code = one.result()
            elif not isinstance(error, (*LOST, RuntimeError, WebSocketDisconnect)):
                raise error
        await self._flush()
        return code

    async def _flush(self) -> None:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect, TimeoutError, OSError):
            async with asyncio.timeout(1.0):
                while not self._caller.frames.empty() and not self._caller.overrun.is_set():
                    await self._socket.send_text(self._caller.frames.get_nowait())

    async def _send(self) -> int:
        while True:
            frame = await self._caller.frames.get()
            try:
                async with asyncio.timeout(_STUCK_SECONDS):
                    await self._socket.send_text(frame)
            except TimeoutError:
                return TRY_AGAIN

    async def _watch(self) -> int:
        started = time.monotonic()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_GREETING_SECONDS if self._caller.visitor_id is None else _PING_SECONDS):
                    await self._caller.overrun.wait()
                return TRY_AGAIN
            moment = time.monotonic()
            if moment - self._heard > _DEAD_SECONDS:
                return GONE
            if self._caller.visitor_id is None and moment - started >= _GREETING_SECONDS:
                return POLICY
            self._caller.send(Ping())

    async def _receive(self) -> int:
        while True:
            message: Any = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return GONE
            self._heard = time.monotonic()
            raw = message.get("text") or message.get("bytes") or b""
            code = await self._hear(raw)
            if code is not None:
                return code

    async def _hear(self, raw: str | bytes) -> int | None:
        """Handles one frame; answers the code to close with, or None to go on."""
        frame = frames.parse(raw)
        if isinstance(frame, Refusal):
            self._refuse(frame.code, frame.message, frame.client_id)
            return TOO_BIG if len(raw) > frames.MAX_FRAME else None
        if self._gateway.limits.frames.wait(str(id(self._caller))) > 0:
            return POLICY
        if isinstance(frame, frames.Ping):
            self._caller.send(Pong())
            return None
        if isinstance(frame, Hello):
            return await self._hello(frame)
        visitor_id = self._caller.visitor_id
        if visitor_id is None:
            return POLICY
        try:
            return await self._handle(visitor_id, frame)
        except TooManyRequestsError as error:
            self._refuse("rate_limited", "Too fast; wait a moment.", _client_id(frame), error.retry_after)
        except NotFoundError:
            self._refuse("bad_file", "A file is not there, not yours or was sent before.", _client_id(frame))
        except (InvalidInputError, ConflictError, ForbiddenError) as error:
            self._refuse("invalid", error.detail, _client_id(frame))
        return None

    async def _handle(self, visitor_id: VisitorId, frame: Frame) -> int | None:
        if isinstance(frame, Say):
            return await self._say(visitor_id, frame)
        if isinstance(frame, Type):
            await self._type(typing=frame.typing)
        elif isinstance(frame, ReadUpto):
            self._gateway.read(self._caller, frame.seq)
        elif isinstance(frame, Introduce):
            await self._introduce(visitor_id, frame)
        elif isinstance(frame, End):
            await self._end(visitor_id, frame)
        return None

    async def _hello(self, hello: Hello) -> int | None:
        entry = await self._gateway.directory.find(self._key)
        if entry is None:
            return REFUSED
        visitor_id = visitor_by(self._runtime, entry, hello.visitor_secret)
        if visitor_id is None:
            return UNKNOWN_VISITOR
        view: CustomerView | None = None
        after_seq = version = 0
        async with self._runtime.database.transaction(entry.actor) as tx:
            visitor = await arrive(tx, entry, visitor_id, hello)
            if visitor is None:
                return UNKNOWN_VISITOR
            version = self._gateway.attach(self._caller, visitor_id, visitor.conversation_id)
            if visitor.conversation_id is not None:
                after_seq = hello.after_seq if _names(hello, visitor.conversation_id) else 0
                view, after_seq = await self._look(tx, visitor, after_seq)
        self._name = visitor.name
        if self._caller.conversation_id == visitor.conversation_id:
            self._greet(visitor, view, after_seq)
            self._gateway.greeted(self._caller, version, view)
        return None

    async def _look(self, tx: Any, visitor: Visitor, after_seq: int) -> tuple[CustomerView | None, int]:
        key = (visitor.client_id, UUID(str(visitor.conversation_id)))
        view = next(iter((await customer_views(tx, {key: after_seq}, _REPLAY + 1)).values()), None)
        if view is not None and after_seq > view.last_seq:
            after_seq = 0
            view = next(iter((await customer_views(tx, {key: 0}, _REPLAY + 1)).values()), None)
        return view, after_seq

    def _greet(self, visitor: Visitor, view: CustomerView | None, after_seq: int) -> None:
        email_known = visitor.email is not None
        if view is None:
            self._caller.greet(Welcome(email_known=email_known), (), None)
            return
        messages, base_seq = view.messages, after_seq
        if len(messages) > _REPLAY:
            base_seq, messages = messages[-_REPLAY - 1].seq, messages[-_REPLAY:]
        said = transcript(self._runtime.secret, self._entry.widget, messages, base_seq, now())
        welcome = Welcome(
            conversation_id=view.conversation_id,
            last_seq=messages[-1].seq if messages else base_seq,
            status=view.status,
            ended=view.ended,
            agent=agent_of(view),
            base_seq=base_seq,
            read_seq=view.read_seq,
            own_read_seq=visitor.read_seq,
            email_known=email_known,
        )
        self._caller.greet(welcome, said, view)

    async def _say(self, visitor_id: VisitorId, frame: Say) -> int | None:
        self._gateway.limits.messages.take(str(visitor_id))
        entry = await self._gateway.directory.find(self._key)
        if entry is None:
            return REFUSED
        async with self._runtime.database.transaction(entry.actor) as tx:
            heard = await say(tx, entry, visitor_id, frame, now())
        if heard.moved:
            self._gateway.moved(visitor_id, heard.conversation_id)
        ACCEPTED.labels("chat").inc()
        self._typing = False
        self._caller.send(
            Ack(
                client_id=frame.client_id,
                conversation_id=heard.conversation_id,
                seq=heard.seq,
                previous=heard.previous,
                at=heard.at,
            )
        )
        return None

    async def _introduce(self, visitor_id: VisitorId, frame: Introduce) -> None:
        async with self._runtime.database.transaction(self._entry.actor) as tx:
            await introduce(tx, self._entry, visitor_id, frame)
        self._name = frame.name or self._name
        self._acknowledge(frame.client_id)

    async def _end(self, visitor_id: VisitorId, frame: End) -> None:
        async with self._runtime.database.transaction(self._entry.actor) as tx:
            await end(tx, self._entry, visitor_id, frame)
        self._acknowledge(frame.client_id)

    async def _type(self, *, typing: bool) -> None:
        conversation_id, moment = self._caller.conversation_id, time.monotonic()
        repeated = typing == self._typing and moment - self._typing_at < _TYPING_SECONDS
        if conversation_id is None or repeated or (not typing and not self._typing):
            return
        self._typing, self._typing_at = typing, moment
        signal = {
            "kind": "typing",
            "who": "customer",
            "conversation_id": str(conversation_id),
            "name": self._name or UNNAMED,
            "typing": typing,
        }
        async with self._runtime.database.transaction(self._entry.actor) as tx:
            await send_signal(tx, signal)

    def _acknowledge(self, client_id: str | None) -> None:
        if client_id is not None:
            self._caller.send(Ack(client_id=client_id, conversation_id=self._caller.conversation_id))

    def _refuse(self, code: str, message: str, client_id: str | None, retry_after: int | None = None) -> None:
        self._caller.send(Refused(code, message, client_id or UNSET, retry_after or UNSET))


def _client_id(frame: Frame) -> str | None:
    return getattr(frame, "client_id", None)


def _names(hello: Hello, conversation_id: UUID) -> bool:
    return (hello.conversation_id or "").replace("-", "").lower() == conversation_id.hex
