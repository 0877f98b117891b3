"""All chat sockets of one process: told of what happens by one tail of the log, for all of them together."""

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import structlog

from careloom.channels.commands.chat.presence import leave, read_upto, stay
from careloom.channels.core.chat.answers import Typing
from careloom.channels.events import VisitorMoved
from careloom.channels.http.chat.caller import Caller, encoded
from careloom.channels.http.chat.directory import Directory
from careloom.channels.http.chat.limits import Limits
from careloom.channels.http.chat.transcript import transcript
from careloom.conversations.core.phases import WAITING
from careloom.conversations.queries.customer_view import CustomerView, customer_views
from careloom.conversations.types import ConversationId, Phase
from careloom.platform.access import system_actor
from careloom.platform.clock import now
from careloom.platform.database.links import LOST
from careloom.platform.eventlog.event import LoggedEvent
from careloom.platform.eventlog.tail import LogTail
from careloom.platform.hub import Signal
from careloom.platform.loops import end_all
from careloom.platform.runtime import Runtime

log = structlog.get_logger()

_SYSTEM = system_actor("chat")
_BATCH = 100
_RETRY_SECONDS = 0.5
_SEEN_SECONDS = 20.0
_SEEN_BATCH = 500
_READ_SECONDS = 1.0


class Room:
    """The callers of this process who are shown one conversation."""

    def __init__(self, client_id: UUID, conversation_id: UUID) -> None:
        self.key = (client_id, conversation_id)
        self.callers: set[Caller] = set()
        self.version = 0
        self.phase: Phase | None = None


class ChatGateway:
    """Brings what happens in conversations to the widgets that show them."""

    def __init__(self, runtime: Runtime, tail: LogTail, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.directory = Directory(runtime.database)
        self._runtime = runtime
        self._tail = tail
        self._rooms: dict[UUID, Room] = {}
        self._callers: dict[UUID, set[Caller]] = defaultdict(set)
        self._addresses: Counter[str] = Counter()
        self._changed: dict[Room, None] = {}
        self._wake = asyncio.Event()
        self._reads: dict[tuple[UUID, Any, UUID], int] = {}

    async def run(self) -> None:
        """Passes on what happens, until cancelled."""
        with self._tail.subscribe(self._on_event, self._on_rewind), self._runtime.hub.listen(self.on_signal):
            parts = [asyncio.ensure_future(part()) for part in (self._pass_on, self._keep_seen, self._keep_read)]
            try:
                await asyncio.gather(*parts)
            finally:
                await end_all(parts)

    def open(self, caller: Caller) -> None:
        """A socket is open; raises TooManyRequestsError where its address has too many."""
        self.limits.check_sockets(caller.address, self._addresses[caller.address])
        self._addresses[caller.address] += 1

    async def close(self, caller: Caller) -> None:
        """A socket is gone; the visitor's last one leaves a note for the queue."""
        self._addresses[caller.address] -= 1
        if not self._addresses[caller.address]:
            del self._addresses[caller.address]
        visitor_id = caller.visitor_id
        if visitor_id is None:
            return
        room = self._leave_room(caller)
        self._forget(caller)
        if visitor_id in self._callers:
            return
        waiting = room is not None and (room.phase is None or room.phase in WAITING)
        client_id = caller.entry.widget.client_id
        with contextlib.suppress(*LOST):
            async with self._runtime.database.transaction(caller.entry.actor) as tx:
                await leave(tx, client_id, visitor_id, now(), waiting=waiting)

    def attach(self, caller: Caller, visitor_id: Any, conversation_id: UUID | None) -> int:
        """The caller is this visitor and is shown this conversation; answers the room's version as of now.

        To be called while the visitor's row is locked, so that no move of theirs is missed.
        """
        if caller.visitor_id != visitor_id:
            self._forget(caller)
            caller.visitor_id = visitor_id
        self._callers[visitor_id].add(caller)
        self._leave_room(caller)
        caller.ready = False
        caller.show(conversation_id)
        return self._join(caller).version if conversation_id is not None else 0

    def greeted(self, caller: Caller, version: int, view: CustomerView | None) -> None:
        """The caller has been sent everything up to `view`; what has happened since `version` follows."""
        room = None if caller.conversation_id is None else self._rooms.get(caller.conversation_id)
        if room is None:
            return
        if view is not None:
            room.phase = view.phase
        if room.version != version:
            self._mark(room)

    def moved(self, visitor_id: UUID, conversation_id: UUID) -> None:
        """The visitor's widgets show this conversation from now on."""
        for caller in self._callers.get(visitor_id, ()):
            if caller.conversation_id != conversation_id:
                self._leave_room(caller)
                caller.show(conversation_id)
                self._mark(self._join(caller))

    def read(self, caller: Caller, seq: int) -> None:
        """The visitor has read what was sent up to `seq`; stored a moment later, together with others'."""
        if caller.visitor_id is None or caller.conversation_id is None:
            return
        key = (caller.entry.widget.client_id, caller.visitor_id, caller.conversation_id)
        self._reads[key] = max(min(seq, caller.cursor), self._reads.get(key, 0))

    def on_signal(self, signal: Signal) -> None:
        """Tells widgets that an agent types."""
        if signal.get("kind") != "typing" or signal.get("who") != "agent":
            return
        room = self._rooms.get(UUID(signal["conversation_id"]))
        if room is not None:
            frame = encoded(Typing(bool(signal.get("typing")), str(signal.get("name") or "")))
            for caller in room.callers:
                if caller.ready:
                    caller.send_text(frame)

    def _join(self, caller: Caller) -> Room:
        conversation_id = caller.conversation_id
        if conversation_id is None:
            raise AssertionError("a caller joins the conversation that it shows")
        room = self._rooms.get(conversation_id)
        if room is None:
            room = self._rooms[conversation_id] = Room(caller.entry.widget.client_id, conversation_id)
        room.callers.add(caller)
        return room

    def _leave_room(self, caller: Caller) -> Room | None:
        room = None if caller.conversation_id is None else self._rooms.get(caller.conversation_id)
        if room is not None:
            room.callers.discard(caller)
            if not room.callers:
                del self._rooms[room.key[1]]
                self._changed.pop(room, None)
        return room

    def _forget(self, caller: Caller) -> None:
        if caller.visitor_id is None:
            return
        theirs = self._callers.get(caller.visitor_id)
        if theirs is not None:
            theirs.discard(caller)
            if not theirs:
                del self._callers[caller.visitor_id]

    def _mark(self, room: Room) -> None:
        self._changed[room] = None
        self._wake.set()

    def _on_event(self, event: LoggedEvent) -> None:
        if event.type == VisitorMoved.type_name():
            self.moved(UUID(event.data["visitor_id"]), UUID(event.data["conversation_id"]))
            return
        conversation_id = event.data.get("conversation_id")
        room = self._rooms.get(UUID(conversation_id)) if conversation_id else None
        if room is not None:
            room.version += 1
            self._mark(room)

    def _on_rewind(self) -> None:
        for room in self._rooms.values():
            self._mark(room)

    async def _pass_on(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._changed:
                rooms = [room for room, _ in zip(list(self._changed), range(_BATCH), strict=False)]
                for room in rooms:
                    del self._changed[room]
                try:
                    await self._bring(rooms)
                except LOST as error:
                    log.warning("chat_lost_database", error=type(error).__name__)
                    self._changed.update(dict.fromkeys(room for room in rooms if room.callers))
                    await asyncio.sleep(_RETRY_SECONDS)
                except Exception as error:
                    log.error("chat_not_passed_on", error=type(error).__name__, exc_info=error)

    async def _bring(self, rooms: Iterable[Room]) -> None:
        waiting = {room: min((one.cursor for one in room.callers if one.ready), default=None) for room in rooms}
        wanted = {room.key: cursor for room, cursor in waiting.items() if cursor is not None}
        async with self._runtime.database.transaction(_SYSTEM) as tx:
            views = await customer_views(tx, wanted)
        at = now()
        for room in waiting:
            view = views.get(ConversationId(room.key[1]))
            if view is not None:
                room.phase = view.phase
                self._tell(room, view, wanted[room.key], at)

    def _tell(self, room: Room, view: CustomerView, base_seq: int, at: Any) -> None:
        frames: dict[UUID, list[tuple[int, str]]] = {}
        for caller in room.callers:
            if not caller.ready:
                continue
            if caller.cursor < base_seq:
                self._mark(room)
                continue
            widget = caller.entry.widget
            if widget.id not in frames:
                said = transcript(self._runtime.secret, widget, view.messages, base_seq, at)
                frames[widget.id] = [(one.seq, encoded(one)) for one in said]
            caller.take(view, frames[widget.id])

    async def _keep_seen(self) -> None:
        while True:
            await asyncio.sleep(_SEEN_SECONDS)
            seen = [
                (next(iter(callers)).entry.widget.client_id, visitor_id)
                for visitor_id, callers in self._callers.items()
            ]
            with contextlib.suppress(*LOST):
                for start in range(0, len(seen), _SEEN_BATCH):
                    async with self._runtime.database.transaction(_SYSTEM) as tx:
                        await stay(tx, seen[start : start + _SEEN_BATCH])

    async def _keep_read(self) -> None:
        while True:
            await asyncio.sleep(_READ_SECONDS)
            reads, self._reads = self._reads, {}
            for (client_id, visitor_id, conversation_id), seq in reads.items():
                try:
                    async with self._runtime.database.transaction(system_actor("chat", client_id)) as tx:
                        await read_upto(tx, client_id, visitor_id, conversation_id, seq)
                except LOST:
                    key = (client_id, visitor_id, conversation_id)
                    self._reads[key] = max(seq, self._reads.get(key, 0))
