"""One desk's connection: what may be sent to it, and the queue of frames on their way."""

import asyncio
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from careloom.platform.access import Actor, Permission
from careloom.platform.eventlog.event import LoggedEvent
from careloom.platform.wire import json_text

_MAX_WAITING = 2_000


class Desk:
    """A connected person. `overrun` is set when frames pile up, or when what they may see has changed; the connection
    is then closed and comes back.

    Until `open` is called, frames wait, so that what the desk missed goes out before what happens meanwhile.
    """

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.frames: asyncio.Queue[str] = asyncio.Queue()
        self.overrun = asyncio.Event()
        self.viewing: UUID | None = None
        self._early: list[str] | None = []
        self._most = _MAX_WAITING

    def forget_early(self) -> None:
        """Drops what waits for `open`: it is among what the desk missed."""
        self._early = []

    def open(self, missed: list[str]) -> None:
        """Queues the frames that the desk missed, however many, then those that came meanwhile, and all to come."""
        early, self._early = self._early or [], None
        self._most = len(missed) + _MAX_WAITING
        for frame in (*missed, *early):
            self.send(frame)

    def sees(self, event: LoggedEvent) -> bool:
        """Whether the person may know of `event`."""
        if event.audience_id is not None and event.audience_id != self.actor.person_id:
            return False
        if event.client_id is not None:
            return self._sees_of_client(event, event.client_id)
        if event.audience_id is not None:
            return True
        if event.provider_id is not None:
            return self.actor.may(Permission.PEOPLE_READ, provider_id=event.provider_id)
        return False

    def _sees_of_client(self, event: LoggedEvent, client_id: UUID) -> bool:
        program, needs = event.data.get("program_id"), event.data.get("needs")
        needed = Permission(needs or Permission.CONVERSATIONS_READ)
        if program or needs:
            return self.actor.may(needed, client_id=client_id, program_id=UUID(program) if program else None)
        return self.actor.may_somewhere(needed, client_id)

    def send(self, frame: str) -> None:
        """Queues a frame; never waits."""
        if self._early is not None:
            self._early.append(frame)
        elif self.frames.qsize() < self._most:
            self.frames.put_nowait(frame)
        else:
            self.overrun.set()

    def send_value(self, value: dict[str, Any]) -> None:
        """Queues a frame of plain values."""
        self.send(json_text(value))


def event_frame(event: LoggedEvent) -> str:
    """An event as desks read it."""
    value = {"id": event.id, "type": event.type, "at": event.at, "client_id": event.client_id, "data": event.data}
    return json_text(value)


def visible(desk: Desk, events: Iterable[LoggedEvent]) -> list[str]:
    """The frames of those `events` that the desk may see."""
    return [event_frame(event) for event in events if desk.sees(event)]
