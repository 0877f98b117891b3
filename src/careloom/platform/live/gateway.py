"""All desks of one process: hands them the events that they may see, and the signals of what they look at."""

import asyncio
from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from careloom.platform.access import Actor
from careloom.platform.eventlog.event import LoggedEvent
from careloom.platform.eventlog.purge import PURGED
from careloom.platform.eventlog.tail import LogTail
from careloom.platform.hub import ACCESS_CHANGED, Hub, Signal
from careloom.platform.live.desk import Desk, event_frame, visible
from careloom.platform.live.viewers import Viewer, Viewers
from careloom.platform.wire import json_text, to_plain

_MAX_REPLAY = 5_000
_SWEEP_SECONDS = 10.0
_CATCH_UP_SECONDS = 2.0


class Gateway:
    """Connects desks to the tail of the log and to signals."""

    def __init__(self, tail: LogTail, hub: Hub) -> None:
        self._tail = tail
        self._hub = hub
        self._desks: set[Desk] = set()
        self._by_owner: dict[UUID | None, set[Desk]] = defaultdict(set)
        self._viewing: dict[UUID, set[Desk]] = defaultdict(set)
        self._viewers = Viewers()

    async def run(self) -> None:
        """Passes events and signals on until cancelled."""
        with self._tail.subscribe(self._on_event, self._on_rewind), self._hub.listen(self._on_signal):
            while True:
                await asyncio.sleep(_SWEEP_SECONDS)
                for conversation_id in self._viewers.forget_silent():
                    self._tell_viewers(conversation_id)

    @contextmanager
    def connect(self, desk: Desk) -> Generator[None]:
        """Adds a desk for as long as the context lasts."""
        owners = self._owners(desk.actor)
        self._desks.add(desk)
        for owner in owners:
            self._by_owner[owner].add(desk)
        try:
            yield
        finally:
            self._desks.discard(desk)
            for owner in owners:
                self._by_owner[owner].discard(desk)
            self.look(desk, None)

    async def greet(self, desk: Desk, after: int | None) -> None:
        """Says hello, and replays what the desk missed since event `after`; `reset` where that is too much, or gone."""
        await self._tail.ready.wait()
        if after is not None:
            await self._tail.reach(after, _CATCH_UP_SECONDS)
        upto = self._tail.position
        desk.forget_early()
        desk.open([json_text({"type": "hello", "id": upto}), *await self._missed(desk, after, upto)])

    async def _missed(self, desk: Desk, after: int | None, upto: int) -> list[str]:
        if after is None or after == upto:
            return []
        if after > upto:
            # Another process told it of events that the log does not hold any more.
            return [json_text({"type": "reset", "id": upto})]
        events = self._tail.missed(after)
        if events is None:
            events = await self._tail.missed_from_log(desk.actor, after, _MAX_REPLAY + 1)
            if events is None or len(events) > _MAX_REPLAY:
                return [json_text({"type": "reset", "id": upto})]
        frames = visible(desk, (event for event in events if event.id <= upto))
        return frames if len(frames) <= _MAX_REPLAY else [json_text({"type": "reset", "id": upto})]

    def look(self, desk: Desk, conversation_id: UUID | None) -> None:
        """Notes what a desk looks at, so that it is told of typing and of others who look."""
        if desk.viewing is not None:
            self._viewing[desk.viewing].discard(desk)
            if not self._viewing[desk.viewing]:
                del self._viewing[desk.viewing]
        desk.viewing = conversation_id
        if conversation_id is not None:
            self._viewing[conversation_id].add(desk)
            self._tell_viewers(conversation_id)

    def _owners(self, actor: Actor) -> set[UUID | None]:
        clients, providers = actor.client_ids, actor.provider_ids
        if clients is None or providers is None:
            return {None}
        return {*clients, *providers}

    def _on_event(self, event: LoggedEvent) -> None:
        desks = self._by_owner[None] | self._by_owner.get(event.client_id or event.provider_id, set())
        frame: str | None = None
        for desk in desks:
            if desk.sees(event):
                frame = frame or event_frame(event)
                desk.send(frame)

    def _on_rewind(self) -> None:
        for desk in self._desks:
            desk.send_value({"type": "reset", "id": self._tail.position})

    def _on_signal(self, signal: Signal) -> None:
        kind = signal.get("kind")
        if kind == "viewing":
            self._on_viewing(signal)
        elif kind == "typing":
            self._on_typing(signal)
        elif kind == ACCESS_CHANGED:
            self._send_away(UUID(signal["person_id"]))
        elif kind == PURGED:
            self._tail.forget(UUID(signal["client_id"]), int(signal["upto"]))

    def _send_away(self, person_id: UUID) -> None:
        """Lets a person's desks come back, to see what each may see now."""
        for desk in self._desks:
            if desk.actor.person_id == person_id:
                desk.overrun.set()

    def _on_viewing(self, signal: Signal) -> None:
        conversation_id, person_id = UUID(signal["conversation_id"]), UUID(signal["person_id"])
        if signal["viewing"]:
            viewer = Viewer(person_id, signal["name"], bool(signal.get("typing")))
            changed = self._viewers.see(conversation_id, viewer)
        else:
            changed = self._viewers.leave(conversation_id, person_id)
        if changed:
            self._tell_viewers(conversation_id)

    def _on_typing(self, signal: Signal) -> None:
        data = {key: signal.get(key) for key in ("conversation_id", "who", "name", "typing")}
        frame = json_text({"type": "typing", "data": data})
        for desk in self._viewing.get(UUID(signal["conversation_id"]), ()):
            if str(desk.actor.person_id) != signal.get("person_id"):
                desk.send(frame)

    def _tell_viewers(self, conversation_id: UUID) -> None:
        viewers: Any = to_plain(self._viewers.of(conversation_id))
        frame = json_text({"type": "viewers", "data": {"conversation_id": conversation_id, "viewers": viewers}})
        for desk in self._viewing.get(conversation_id, ()):
            desk.send(frame)
