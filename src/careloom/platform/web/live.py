"""The desk's WebSocket: durable events with replay, who else looks, typing."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from random import SystemRandom
from typing import Any
from urllib.parse import urlparse
from uuid import UUID

import msgspec
from litestar import WebSocket, websocket
from litestar.datastructures import State
from litestar.exceptions import WebSocketDisconnect
from litestar.params import FromQuery
from msgspec import Struct

from careloom.platform.access import Actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import CareloomError, NotSignedInError
from careloom.platform.hub import send_signal
from careloom.platform.live.desk import Desk
from careloom.platform.live.gateway import Gateway
from careloom.platform.loops import end_all, pause
from careloom.platform.reads import request_of
from careloom.platform.runtime import Runtime

Socket = WebSocket[Any, Any, State]
MayAnswer = Callable[[Tx, Actor, UUID], Awaitable[bool]]
"""Whether the actor may answer in a conversation that they may read; raises NotFoundError."""

_PING_SECONDS = 20.0
_chance = SystemRandom()
_DEAD_SECONDS = 60.0
_MAX_FRAME = 4_000
_UNAUTHORIZED, _POLICY, _TRY_AGAIN = 4401, 1008, 1013


class Viewing(Struct, tag_field="type", tag="viewing", frozen=True):
    """The person opened a conversation, or none."""

    conversation_id: UUID | None = None


class Typing(Struct, tag_field="type", tag="typing", frozen=True):
    """The person types, or stopped."""

    conversation_id: UUID
    typing: bool


class Pong(Struct, tag_field="type", tag="pong", frozen=True):
    """The answer to a ping."""


_frame = msgspec.json.Decoder(Viewing | Typing | Pong)


@websocket("/api/live/socket")
async def live_socket(socket: Socket, after: FromQuery[int | None] = None) -> None:
    """Streams events that the person may see; `after` replays what was missed since that event."""
    state = socket.app.state
    runtime: Runtime = state.runtime
    if not _same_origin(runtime, socket):
        await socket.close(code=_POLICY, reason="origin")
        return
    try:
        actor: Actor = await state.authenticate(runtime, socket)
    except CareloomError:
        await socket.accept()
        await socket.close(code=_UNAUTHORIZED, reason="sign in")
        return
    await runtime.reads.note(runtime.database, runtime.secret, actor, request_of(actor, "GET", socket.scope["path"]))
    await socket.accept()
    desk = Desk(actor)
    gateway: Gateway = state.gateway
    with gateway.connect(desk):
        await gateway.greet(desk, after)
        await DeskConnection(socket, runtime, gateway, desk, state.may_answer).run()


class DeskConnection:
    """One open socket: sends queued frames, reads the person's, notices when either end is gone."""

    def __init__(self, socket: Socket, runtime: Runtime, gateway: Gateway, desk: Desk, may_answer: MayAnswer) -> None:
        self._socket = socket
        self._runtime = runtime
        self._gateway = gateway
        self._desk = desk
        self._may_answer = may_answer
        self._answers = False
        self._heard = asyncio.get_running_loop().time()
        self._typing = False

    async def run(self) -> None:
        """Until either end closes, frames pile up, or the person may no longer be here."""
        parts = [asyncio.create_task(part()) for part in (self._send, self._receive, self._watch)]
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            code = next((one.result() for one in done if one.exception() is None), _TRY_AGAIN)
        finally:
            await end_all(parts)
            await self._look_away()
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await self._socket.close(code=code)

    async def _send(self) -> int:
        while True:
            frame = await self._desk.frames.get()
            await self._socket.send_text(frame)

    async def _receive(self) -> int:
        while True:
            text = await self._socket.receive_text()
            self._heard = asyncio.get_running_loop().time()
            if len(text) > _MAX_FRAME:
                return _POLICY
            try:
                frame = _frame.decode(text)
            except msgspec.DecodeError:
                return _POLICY
            with contextlib.suppress(CareloomError):
                await self._handle(frame)

    async def _handle(self, frame: Viewing | Typing | Pong) -> None:
        if isinstance(frame, Viewing):
            await self._look(frame.conversation_id)
        elif isinstance(frame, Typing) and frame.conversation_id == self._desk.viewing:
            self._typing = frame.typing
            await self._signal(frame.conversation_id, viewing=True)

    async def _watch(self) -> int:
        await self._still_here()
        while True:
            await pause(self._desk.overrun, self._until_next_look())
            if self._desk.overrun.is_set():
                return _TRY_AGAIN
            if asyncio.get_running_loop().time() - self._heard > _DEAD_SECONDS:
                return _TRY_AGAIN
            try:
                actor: Actor = await self._socket.app.state.authenticate(self._runtime, self._socket)
            except NotSignedInError:
                return _UNAUTHORIZED
            if frozenset(actor.reaches) != frozenset(self._desk.actor.reaches):
                # What the person may see has changed: the desk comes back and sees just that.
                return _TRY_AGAIN
            self._desk.send_value({"type": "ping"})
            await self._still_here()

    def _until_next_look(self) -> float:
        """Seconds; desks that came together, as after a restart, are looked at one by one. An emergency access is
        looked at the moment it is over.
        """
        seconds = _chance.uniform(_PING_SECONDS / 2, _PING_SECONDS)
        glass = self._desk.actor.glass
        if glass is None:
            return seconds
        return min(seconds, max(0.0, (glass.until - now()).total_seconds()))

    async def _look(self, conversation_id: UUID | None) -> None:
        await self._look_away()
        if conversation_id is None:
            return
        async with self._runtime.database.transaction(self._desk.actor) as tx:
            self._answers = await self._may_answer(tx, self._desk.actor, conversation_id)
        self._gateway.look(self._desk, conversation_id)
        await self._signal(conversation_id, viewing=True)

    async def _look_away(self) -> None:
        before, self._typing = self._desk.viewing, False
        if before is not None:
            self._gateway.look(self._desk, None)
            with contextlib.suppress(Exception):
                await self._signal(before, viewing=False)

    async def _still_here(self) -> None:
        async with self._runtime.database.transaction(self._desk.actor) as tx:
            await send_signal(tx, {"kind": "seen", "person_id": str(self._desk.actor.person_id)})
        if self._desk.viewing is not None:
            await self._signal(self._desk.viewing, viewing=True)

    async def _signal(self, conversation_id: UUID, *, viewing: bool) -> None:
        actor = self._desk.actor
        who = {"conversation_id": str(conversation_id), "person_id": str(actor.person_id), "name": actor.name}
        async with self._runtime.database.transaction(actor) as tx:
            await send_signal(tx, {"kind": "viewing", "viewing": viewing, "typing": self._typing, **who})
            if viewing and self._answers:
                # The customer hears of this one; whoever only reads, or writes notes, types for colleagues.
                await send_signal(tx, {"kind": "typing", "who": "agent", "typing": self._typing, **who})


def _same_origin(runtime: Runtime, socket: Socket) -> bool:
    origin = socket.headers.get("origin")
    if origin is None:
        return True
    # Strangers write it, so it is compared as it is: a parser would raise for some.
    host = origin.partition("://")[2]
    return host in (socket.headers.get("host"), urlparse(runtime.settings.base_url).netloc)
